"use client";

import { deadlineFault, fromLocalInput, toLocalInput } from "@/lib/deadline";
import { Moment } from "@/ui/Time";
import { Conflict } from "./Conflict";
import { FormWindow } from "./FormWindow";
import { DeadlineField } from "./InterviewFields";
import { useInterviewEdit } from "./interview/useInterviewEdit";
import type { Interview } from "./queries";

type Edited = Pick<Interview, "id" | "deadline" | "updated_at">;

interface DeadlineWindowProps {
  interview: Edited;
  onClose: () => void;
  /** Takes over what was saved, or what is there now. */
  onChange?: (interview: Interview) => void;
}

// As the field has it: what is left as it was is the same moment, also in an hour that comes twice.
const fieldsOf = ({ deadline }: Edited) => ({ deadline: toLocalInput(deadline) });

function told(value: string) {
  const time = fromLocalInput(value);
  return time ? <Moment at={time} /> : "No deadline";
}

/** Sets, moves or removes the deadline of an interview. */
export function DeadlineWindow({ interview, onClose, onChange }: DeadlineWindowProps) {
  const edit = useInterviewEdit({
    interview,
    fieldsOf,
    columnsOf: ({ deadline = "" }) => ({ deadline: fromLocalInput(deadline) }),
    onChange,
    saved: ({ deadline }) => (deadline ? "Deadline saved." : "Deadline removed."),
  });
  const { deadline } = edit.values;
  return (
    <FormWindow
      title={interview.deadline ? "Change the deadline" : "Set a deadline"}
      faulty={Boolean(deadlineFault(deadline))}
      onClose={onClose}
      onSave={() => edit.save(edit.values)}
    >
      {(checked) => (
        <>
          <Conflict edit={edit} fields={{ deadline: { name: "Deadline", told } }} />
          <DeadlineField
            value={deadline}
            onChange={(value) => edit.change({ deadline: value })}
            checked={checked}
          />
          <p className="soft small">
            To end the interview for everyone now, complete it. Closing it only keeps new candidates
            from joining.
          </p>
        </>
      )}
    </FormWindow>
  );
}

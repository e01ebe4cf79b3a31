"use client";

import { useState } from "react";
import { deadlineFault, fromLocalInput, toLocalInput } from "@/lib/deadline";
import { FormWindow } from "./FormWindow";
import { DeadlineField } from "./InterviewFields";
import type { Interview } from "./queries";

interface DeadlineWindowProps {
  interview: Pick<Interview, "deadline">;
  onClose: () => void;
  onSave: (deadline: string | null) => Promise<void>;
}

/** Sets, moves or removes the deadline of an interview. */
export function DeadlineWindow({ interview, onClose, onSave }: DeadlineWindowProps) {
  const [value, setValue] = useState(toLocalInput(interview.deadline));
  return (
    <FormWindow
      title={interview.deadline ? "Change the deadline" : "Set a deadline"}
      faulty={Boolean(deadlineFault(value))}
      onClose={onClose}
      onSave={() => onSave(fromLocalInput(value))}
    >
      {(checked) => (
        <>
          <DeadlineField value={value} onChange={setValue} checked={checked} />
          <p className="soft small">
            To end the interview for everyone now, complete it. Closing it only keeps new candidates
            from joining.
          </p>
        </>
      )}
    </FormWindow>
  );
}

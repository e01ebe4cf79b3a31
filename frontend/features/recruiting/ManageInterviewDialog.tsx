"use client";

import { useSWRConfig } from "swr";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { Button, ButtonLink } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Loaded } from "@/ui/Loaded";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import DuplicateWindow from "./DuplicateWindow";
import styles from "./ManageInterviewDialog.module.css";
import { archived, overviewRead } from "./queries";
import SaveTemplateWindow from "./templates/SaveTemplateWindow";

interface ManageInterviewDialogProps {
  /** The interview's id, and after a blank what is asked about it. */
  about: string;
  onAsk: (about: string) => void;
  onBack: () => void;
  onClose: () => void;
}

/** One interview of the list, and what can be done with it as a whole. */
export default function ManageInterviewDialog(props: ManageInterviewDialogProps) {
  const { about, onAsk, onBack, onClose } = props;
  const [id = "", asked] = about.split(" ");
  const { supabase } = useSignedIn();
  const { mutate } = useSWRConfig();
  const toast = useToast();
  const { run, busy, refusal } = useAction();
  const answer = useRead(overviewRead(id));
  const interview = answer.data?.interview;

  if (interview && asked === "duplicate") {
    return <DuplicateWindow interviewId={id} title={interview.title} onClose={onBack} />;
  }
  if (interview && asked === "template") {
    return <SaveTemplateWindow interviewId={id} title={interview.title} onClose={onBack} />;
  }
  const archive = (is: boolean) =>
    run(async () => {
      await archived(supabase, id, is);
      onClose();
      toast(is ? "Archived." : "Taken out of the archive.");
      await mutate((key) => Array.isArray(key) && LISTS.includes(key[0]));
    });
  return (
    <Dialog
      title={interview ? <bdi>{interview.title}</bdi> : "Manage an interview"}
      onClose={onClose}
    >
      <Loaded
        answer={answer}
        of="the interview"
        isEmpty={(data) => data === null}
        empty={<p>This interview does not exist any more, or it is not yours.</p>}
      >
        {() => (
          <div className={styles.actions}>
            <ButtonLink variant="secondary" href={`/recruiters/${id}`}>
              Open
            </ButtonLink>
            <Button variant="secondary" onClick={() => onAsk(`${id} duplicate`)}>
              Duplicate
            </Button>
            <Button variant="secondary" onClick={() => onAsk(`${id} template`)}>
              Save as a template
            </Button>
            <Button
              variant="secondary"
              busy={busy}
              onClick={() => archive(!interview?.archived_at)}
            >
              {interview?.archived_at ? "Take out of the archive" : "Archive"}
            </Button>
            <p className="soft small">
              The archive only tidies your list. Candidates can still join and finish an archived
              interview; to stop that, close or complete it.
            </p>
            {refusal && <ProblemNotice problem={refusal} />}
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}

const LISTS: unknown[] = ["interviews", "interview-counts"];

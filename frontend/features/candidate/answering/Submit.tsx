"use client";

import { currentTake, listed, missingNumbers } from "@/lib/answers";
import { plural } from "@/lib/format";
import { Button } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Notice } from "@/ui/Notice";
import { useToast } from "@/ui/Toast";
import { useDialog } from "@/ui/useDialog";
import type { Answers } from "./Answering";
import { useAnswerStore } from "./answerStore";

/** The way to the end, and what stands in it. */
export function Submit(answers: Answers) {
  const { participation, questions, responses, pending, known, change, refresh } = answers;
  const store = useAnswerStore();
  const toast = useToast();
  const { about: asking, open: ask, close } = useDialog("submit");
  if (participation.phase === "over") return null;
  const answered = questions.filter(({ id }) => currentTake(id, responses)).length;
  const missing = missingNumbers(questions, responses, pending);
  const unsent = known.recordings.length;
  // Interviews that ask for no answers are finished without any.
  const submits = answered > 0 || unsent > 0 || questions.some(({ required }) => required);
  const action = submits ? "Submit my answers" : "Finish the interview";

  const finish = async () => {
    try {
      const { status, completed_at } = await store.complete();
      await change(({ participation }) => ({
        participation: { ...participation, status, completed_at },
      }));
    } catch (error) {
      // The recruiter may have changed what is asked.
      void refresh();
      throw error;
    }
    const done = submits ? "Submitted." : "Finished. The recruiter can see it now.";
    toast(store.receiptTo ? `${done} A receipt is on its way to ${store.receiptTo}.` : done);
  };

  return (
    <div className="stack">
      {unsent > 0 && (
        <Notice
          tone="warn"
          title={`${plural(unsent, "recording is", "recordings are")} not sent yet.`}
        >
          {unsent === 1
            ? "It is kept on this device. Submit once it has been sent."
            : "They are kept on this device. Submit once they have been sent."}
        </Notice>
      )}
      {missing.length > 0 && (
        <p>
          Before you can submit, answer {missing.length === 1 ? "question" : "questions"}{" "}
          {listed(missing)}.
        </p>
      )}
      <div>
        <Button
          variant={submits && missing.length === 0 && unsent === 0 ? "primary" : "secondary"}
          aria-disabled={missing.length > 0 || unsent > 0}
          onClick={() => missing.length === 0 && unsent === 0 && ask()}
        >
          {action}
        </Button>
      </div>
      {asking !== null && (
        <ConfirmDialog
          title={submits ? "Submit your answers?" : "Finish the interview?"}
          action={submits ? "Submit" : "Finish"}
          onClose={close}
          onConfirm={finish}
        >
          {submits
            ? `You have answered ${answered} of ${plural(questions.length, "question")}. The recruiter will see your answers, and you can no longer change them.`
            : "The recruiter will see that you have finished. You can’t undo this."}
        </ConfirmDialog>
      )}
    </div>
  );
}

"use client";

import { useId, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import type { TablesInsert } from "@/lib/database.types";
import { dataOf, type Problem, problemOf } from "@/lib/errors";
import { count } from "@/lib/format";
import { Button } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { TextArea } from "@/ui/Field";
import { useToast } from "@/ui/Toast";
import { moved, questionFault } from "../new-interview/DraftQuestions";
import list from "../Questions.module.css";
import type { Interview, Question } from "../queries";
import { MoveButtons, useReorder } from "../Reorder";
import { FormWindow } from "./InterviewHeading";
import styles from "./RecruiterInterviewPage.module.css";

interface QuestionsSectionProps {
  interview: Interview;
  questions: Question[];
  onChanged: () => Promise<unknown>;
}

/** The questions in their order; each change is saved at once. */
export function QuestionsSection({ interview, questions, onChanged }: QuestionsSectionProps) {
  const { supabase } = useSignedIn();
  const toast = useToast();
  const heading = useId();
  const { shown, reorder, refusal } = useSavedOrder(interview.id, questions, onChanged);
  const [editing, setEditing] = useState<Question | "new" | null>(null);
  const [removing, setRemoving] = useState<Question | null>(null);
  const {
    list: element,
    announcement,
    move,
  } = useReorder(shown.length, (from, to) => reorder(moved(shown, from, to)));

  const save = async (text: string) => {
    if (editing === "new") {
      const last = questions.reduce((most, { order_index }) => Math.max(most, order_index), 0);
      // Its recruiter_id is filled in by the database.
      await dataOf(
        supabase.from("interview_questions").insert({
          interview_id: interview.id,
          question: text,
          order_index: last + 1,
        } as TablesInsert<"interview_questions">),
      );
    } else if (editing) {
      const rows = await dataOf(
        supabase
          .from("interview_questions")
          .update({ question: text })
          .eq("id", editing.id)
          .select("id"),
      );
      if (rows.length === 0) throw { code: "PGRST116" };
    }
    await onChanged();
    toast(editing === "new" ? "The question is added." : "The question is saved.");
  };
  const remove = async () => {
    if (!removing) return;
    await dataOf(supabase.from("interview_questions").delete().eq("id", removing.id));
    await onChanged();
    toast("The question is removed.");
  };

  return (
    <section className={styles.section} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>
          Questions <span className={styles.count}>{count(questions.length)}</span>
        </h2>
        <Button variant="secondary" onClick={() => setEditing("new")}>
          Add a question
        </Button>
      </div>
      {refusal && <AccountProblem problem={refusal} onRetry={onChanged} />}
      {shown.length === 0 && (
        <p className="soft">None yet. Candidates see them in this order once they have joined.</p>
      )}
      {shown.length > 0 && (
        <div className="card">
          <ol className={list.list} ref={element}>
            {shown.map((question, index) => (
              <li key={question.id} className={list.item}>
                <span className={list.place} aria-hidden="true">
                  {index + 1}
                </span>
                <p className={`prewrap ${list.text}`}>{question.question}</p>
                <div className={list.tools}>
                  <MoveButtons index={index} length={shown.length} onMove={move} />
                  <Button
                    variant="quiet"
                    small
                    aria-label={`Edit question ${index + 1}`}
                    onClick={() => setEditing(question)}
                  >
                    Edit
                  </Button>
                  <Button
                    variant="quiet"
                    small
                    aria-label={`Remove question ${index + 1}`}
                    onClick={() => setRemoving(question)}
                  >
                    Remove
                  </Button>
                </div>
              </li>
            ))}
          </ol>
        </div>
      )}
      {announcement}
      {editing && (
        <QuestionWindow
          question={editing === "new" ? "" : editing.question}
          onClose={() => setEditing(null)}
          onSave={save}
        />
      )}
      {removing && (
        <ConfirmDialog
          title="Remove this question?"
          action="Remove it"
          danger
          onClose={() => setRemoving(null)}
          onConfirm={remove}
        >
          “{removing.question}” is no longer shown to anybody. This cannot be undone.
        </ConfirmDialog>
      )}
    </section>
  );
}

/**
 * The order as it was put, before the database has said so. Moves that come faster than its
 * answers are saved together; when it refuses, its own order is shown again.
 */
function useSavedOrder(
  interviewId: string,
  questions: Question[],
  onChanged: () => Promise<unknown>,
) {
  const { supabase } = useSignedIn();
  const [order, setOrder] = useState<Question[] | null>(null);
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const [saver] = useState(() => ({ wanted: null as Question[] | null, busy: false }));

  const save = async () => {
    if (saver.busy) return;
    saver.busy = true;
    try {
      while (saver.wanted) {
        const { wanted } = saver;
        saver.wanted = null;
        await dataOf(
          supabase.rpc("reorder_questions", {
            interview_id: interviewId,
            question_ids: wanted.map(({ id }) => id),
          }),
        );
      }
    } catch (error) {
      saver.wanted = null;
      setRefusal(problemOf(error));
    }
    await onChanged();
    saver.busy = false;
    if (saver.wanted) void save();
    else setOrder(null);
  };
  const reorder = (wanted: Question[]) => {
    setRefusal(null);
    setOrder(wanted);
    saver.wanted = wanted;
    void save();
  };
  return { shown: order ?? questions, reorder, refusal };
}

interface QuestionWindowProps {
  question: string;
  onClose: () => void;
  onSave: (question: string) => Promise<void>;
}

function QuestionWindow({ question, onClose, onSave }: QuestionWindowProps) {
  const [text, setText] = useState(question);
  const fault = text.trim() ? questionFault(text) : "Write the question.";
  return (
    <FormWindow
      title={question ? "Edit the question" : "Add a question"}
      faulty={Boolean(fault)}
      onClose={onClose}
      onSave={() => onSave(text.trim())}
    >
      {(checked) => (
        <TextArea
          label="Question"
          rows={4}
          value={text}
          error={checked && fault}
          onChange={(event) => setText(event.target.value)}
          data-autofocus
        />
      )}
    </FormWindow>
  );
}

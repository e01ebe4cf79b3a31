"use client";

import { useId, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import type { TablesInsert } from "@/lib/database.types";
import { dataOf, type Problem, problemOf, refuse } from "@/lib/errors";
import { count } from "@/lib/format";
import { DEFAULT_SETTINGS, type QuestionSettings, settingsTold } from "@/lib/questionSettings";
import { Button, ButtonLink } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { TextArea } from "@/ui/Field";
import { Loaded } from "@/ui/Loaded";
import { useToast } from "@/ui/Toast";
import { useParams } from "@/ui/useParams";
import { FormWindow } from "../FormWindow";
import { moved, questionFault } from "../new-interview/DraftQuestions";
import { QuestionSettingsFields } from "../QuestionSettingsFields";
import list from "../Questions.module.css";
import { type Interview, interviewReads, QUESTION, type Question } from "../queries";
import { MoveButtons, useReorder } from "../Reorder";
import styles from "./RecruiterInterviewPage.module.css";
import { useChanges } from "./useChanges";

/** The questions in their order; each change is saved at once. */
export function QuestionsSection({ interview }: { interview: Interview }) {
  const { account } = useSignedIn();
  const { param } = useParams();
  const answer = useRead(interviewReads(interview.id, account.id, param).questions);
  return (
    <Loaded answer={answer} of="the questions" shape="line">
      {(questions) => <QuestionList interview={interview} questions={questions} />}
    </Loaded>
  );
}

interface QuestionListProps {
  interview: Interview;
  questions: Question[];
}

function QuestionList({ interview, questions }: QuestionListProps) {
  const { questionsSaved, questionsChanged } = useChanges(interview.id);
  const { supabase } = useSignedIn();
  const toast = useToast();
  const heading = useId();
  const { shown, reorder, refusal } = useSavedOrder(interview.id, questions);
  const [editing, setEditing] = useState<Question | "new" | null>(null);
  const [removing, setRemoving] = useState<Question | null>(null);
  const {
    list: element,
    announcement,
    move,
  } = useReorder(shown.length, (from, to) => reorder(moved(shown, from, to)));

  const save = async (text: string, settings: QuestionSettings) => {
    if (editing === "new") {
      const last = questions.reduce((most, { order_index }) => Math.max(most, order_index), 0);
      // Its recruiter_id is filled in by the database.
      const row = {
        interview_id: interview.id,
        question: text,
        order_index: last + 1,
        ...settings,
      } as TablesInsert<"interview_questions">;
      const added = await dataOf(
        supabase.from("interview_questions").insert(row).select(QUESTION).single(),
      );
      questionsSaved((old) => [...old, added]);
      toast("Question added.");
    } else if (editing) {
      const saved = await dataOf(
        supabase
          .from("interview_questions")
          .update({ question: text, ...settings })
          .eq("id", editing.id)
          .select(QUESTION)
          .maybeSingle(),
      );
      if (!saved) {
        // Deleted elsewhere.
        void questionsChanged();
        refuse("not_found");
      }
      questionsSaved((old) => old.map((one) => (one.id === saved.id ? saved : one)));
      toast("Question saved.");
    }
  };
  const remove = async () => {
    if (!removing) return;
    await dataOf(supabase.from("interview_questions").delete().eq("id", removing.id));
    questionsSaved((old) => old.filter(({ id }) => id !== removing.id));
    toast("Question removed.");
  };

  return (
    <section className={styles.section} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>
          Questions <span className={styles.count}>{count(questions.length)}</span>
        </h2>
        <div className="row">
          {questions.length > 0 && (
            <ButtonLink variant="secondary" href={`/recruiters/${interview.id}/try`}>
              Try as a candidate
            </ButtonLink>
          )}
          <Button variant="secondary" onClick={() => setEditing("new")}>
            Add a question
          </Button>
        </div>
      </div>
      {refusal && <AccountProblem problem={refusal} onRetry={() => void questionsChanged()} />}
      {shown.length === 0 && (
        <p className="soft">No questions yet. Candidates see them in this order after joining.</p>
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
                <div className={list.told}>{settingsTold(question)}</div>
              </li>
            ))}
          </ol>
        </div>
      )}
      {announcement}
      {editing && (
        <QuestionWindow
          question={editing === "new" ? null : editing}
          onClose={() => setEditing(null)}
          onSave={save}
        />
      )}
      {removing && (
        <ConfirmDialog
          title="Remove this question?"
          action="Remove"
          danger
          onClose={() => setRemoving(null)}
          onConfirm={remove}
        >
          Candidates will no longer see “{removing.question}”. You can’t undo this.
        </ConfirmDialog>
      )}
    </section>
  );
}

/**
 * The order as it was put, before the database has said so. Moves that come faster than its
 * answers are saved together; when it refuses, its own order is shown again.
 */
function useSavedOrder(interviewId: string, questions: Question[]) {
  const { supabase } = useSignedIn();
  const { questionsSaved, questionsChanged } = useChanges(interviewId);
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
        questionsSaved(() => wanted.map((row, at) => ({ ...row, order_index: at + 1 })));
      }
    } catch (error) {
      saver.wanted = null;
      setRefusal(problemOf(error));
      await questionsChanged();
    }
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
  /** Null for a new one. */
  question: Question | null;
  onClose: () => void;
  onSave: (question: string, settings: QuestionSettings) => Promise<void>;
}

function QuestionWindow({ question, onClose, onSave }: QuestionWindowProps) {
  const [text, setText] = useState(question?.question ?? "");
  const [settings, setSettings] = useState<QuestionSettings>(() => {
    const { max_seconds, max_takes, preparation_seconds, required } = question ?? DEFAULT_SETTINGS;
    return { max_seconds, max_takes, preparation_seconds, required };
  });
  const fault = text.trim() ? questionFault(text) : "Write the question.";
  return (
    <FormWindow
      title={question ? "Edit the question" : "Add a question"}
      faulty={Boolean(fault)}
      onClose={onClose}
      onSave={() => onSave(text.trim(), settings)}
    >
      {(checked) => (
        <>
          <TextArea
            label="Question"
            rows={4}
            value={text}
            error={checked && fault}
            onChange={(event) => setText(event.target.value)}
            data-autofocus
          />
          <QuestionSettingsFields settings={settings} onChange={setSettings} />
          {question && (
            <p className="soft small">
              Answers that were given before keep the question as it was asked.
            </p>
          )}
        </>
      )}
    </FormWindow>
  );
}

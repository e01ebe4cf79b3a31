"use client";

import { useId, useState } from "react";
import { AccountProblem } from "@/features/account/AccountProblem";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { dataOf, type Problem, problemOf } from "@/lib/errors";
import { count } from "@/lib/format";
import { settingsTold } from "@/lib/questionSettings";
import { Button, ButtonLink } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Loaded } from "@/ui/Loaded";
import { Quoted } from "@/ui/Quoted";
import { useToast } from "@/ui/Toast";
import { useDialog } from "@/ui/useDialog";
import { useParams } from "@/ui/useParams";
import { moved } from "../new-interview/DraftQuestions";
import list from "../Questions.module.css";
import { type Interview, interviewReads, type Question } from "../queries";
import { MoveButtons, useReorder } from "../Reorder";
import { EditQuestionWindow, NewQuestionWindow } from "./QuestionWindows";
import styles from "./RecruiterInterviewPage.module.css";
import { useAsOpened } from "./useAsOpened";
import { useChanges } from "./useChanges";

/** The questions in their order; each change is saved at once. */
export function QuestionsSection({ interview }: { interview: Interview }) {
  const { param } = useParams();
  const answer = useRead(interviewReads(interview.id, param).questions);
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
  const { questionsSaved } = useChanges(interview.id);
  const { supabase } = useSignedIn();
  const toast = useToast();
  const heading = useId();
  const { shown, reorder, refusal, retry } = useSavedOrder(interview.id, questions);
  const adding = useDialog("add-question");
  const editing = useDialog("edit-question");
  const removing = useDialog("remove-question");
  const edited = useAsOpened(editing.about, questions);
  const removed = questions.find(({ id }) => id === removing.about);
  const {
    list: element,
    announcement,
    move,
  } = useReorder(shown.length, (from, to) => reorder(moved(shown, from, to)));

  const remove = async () => {
    if (!removed) return;
    await dataOf(supabase.from("interview_questions").delete().eq("id", removed.id));
    questionsSaved((old) => old.filter(({ id }) => id !== removed.id));
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
          <Button variant="secondary" onClick={() => adding.open()}>
            Add a question
          </Button>
        </div>
      </div>
      {refusal && <AccountProblem problem={refusal} onRetry={retry} />}
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
                <p className={`prewrap ${list.text}`} dir="auto">
                  {question.question}
                </p>
                <div className={list.tools}>
                  <MoveButtons index={index} length={shown.length} onMove={move} />
                  <Button
                    variant="quiet"
                    small
                    aria-label={`Edit question ${index + 1}`}
                    onClick={() => editing.open(question.id)}
                  >
                    Edit
                  </Button>
                  <Button
                    variant="quiet"
                    small
                    aria-label={`Remove question ${index + 1}`}
                    onClick={() => removing.open(question.id)}
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
      {adding.about !== null && (
        <NewQuestionWindow interview={interview} questions={questions} onClose={adding.close} />
      )}
      {edited && (
        <EditQuestionWindow
          interview={interview}
          questions={questions}
          question={edited}
          onClose={editing.close}
        />
      )}
      {removed && (
        <ConfirmDialog
          title="Remove this question?"
          action="Remove"
          danger
          onClose={removing.close}
          onConfirm={remove}
        >
          Candidates will no longer see <Quoted>{removed.question}</Quoted>. You can’t undo this.
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
  const [refused, setRefused] = useState<Question[]>([]);
  const [saver] = useState(() => ({ wanted: null as Question[] | null, busy: false }));

  const save = async () => {
    if (saver.busy) return;
    saver.busy = true;
    try {
      while (saver.wanted) {
        const { wanted } = saver;
        setRefused(wanted);
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
  // As it was wanted, with the questions that there are now: others may have come or gone.
  const retry = () => {
    const place = new Map(refused.map(({ id }, at) => [id, at]));
    const placeOf = ({ id }: Question) => place.get(id) ?? refused.length;
    reorder([...questions].sort((a, b) => placeOf(a) - placeOf(b)));
  };
  return { shown: order ?? questions, reorder, refusal, retry };
}

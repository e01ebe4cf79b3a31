"use client";

import { useState } from "react";
import { useSignedIn } from "@/features/account/Providers";
import type { TablesInsert } from "@/lib/database.types";
import { dataOf } from "@/lib/errors";
import { DEFAULT_SETTINGS, type QuestionSettings, settingsTold } from "@/lib/questionSettings";
import { Button } from "@/ui/Button";
import { TextArea } from "@/ui/Field";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import { Conflict, type ToldFields } from "../Conflict";
import { FormWindow } from "../FormWindow";
import { questionFault } from "../new-interview/DraftQuestions";
import { QuestionSettingsFields } from "../QuestionSettingsFields";
import { type Interview, QUESTION, type Question } from "../queries";
import { useEdit } from "../useEdit";
import { useChanges } from "./useChanges";

/** What is entered about a question. */
interface Fields {
  text: string;
  settings: QuestionSettings;
}

const faultOf = (text: string): string =>
  text.trim() ? questionFault(text) : "Write the question.";

/** Adds a question behind all others. */
function useAdd(interview: Interview, questions: Question[]) {
  const { supabase } = useSignedIn();
  const { questionsSaved } = useChanges(interview.id);
  const toast = useToast();
  return async ({ text, settings }: Fields) => {
    const last = questions.reduce((most, { order_index }) => Math.max(most, order_index), 0);
    // Its recruiter_id is filled in by the database.
    const row = {
      interview_id: interview.id,
      question: text.trim(),
      order_index: last + 1,
      ...settings,
    } as TablesInsert<"interview_questions">;
    const added = await dataOf(
      supabase.from("interview_questions").insert(row).select(QUESTION).single(),
    );
    questionsSaved((old) => [...old, added]);
    toast("Question added.");
  };
}

interface NewQuestionWindowProps {
  interview: Interview;
  /** Those that there are. */
  questions: Question[];
  onClose: () => void;
}

export function NewQuestionWindow({ interview, questions, onClose }: NewQuestionWindowProps) {
  const [fields, setFields] = useState<Fields>({ text: "", settings: DEFAULT_SETTINGS });
  const add = useAdd(interview, questions);
  return (
    <FormWindow
      title="Add a question"
      faulty={Boolean(faultOf(fields.text))}
      onClose={onClose}
      onSave={() => add(fields)}
    >
      {(checked) => (
        <QuestionFields
          fields={fields}
          onChange={(change) => setFields({ ...fields, ...change })}
          checked={checked}
        />
      )}
    </FormWindow>
  );
}

const fieldsOf = (row: Question): Fields => {
  const { question: text, max_seconds, max_takes, preparation_seconds, required } = row;
  return { text, settings: { max_seconds, max_takes, preparation_seconds, required } };
};

const FIELDS: ToldFields<Fields> = {
  text: { name: "Question", told: (text) => text },
  settings: { name: "Settings", told: settingsTold },
};

interface EditQuestionWindowProps extends NewQuestionWindowProps {
  question: Question;
}

export function EditQuestionWindow({
  interview,
  questions,
  question,
  onClose,
}: EditQuestionWindowProps) {
  const { supabase } = useSignedIn();
  const { questionsSaved, questionsChanged } = useChanges(interview.id);
  const toast = useToast();
  const [gone, setGone] = useState(false);
  const put = (row: Question | null) => {
    if (row) questionsSaved((old) => old.map((one) => (one.id === row.id ? row : one)));
    return row;
  };
  const edit = useEdit<Question, Fields>({
    row: question,
    fieldsOf,
    write: async ({ text, settings }, { id, updated_at }) =>
      put(
        await dataOf(
          supabase
            .from("interview_questions")
            .update({ ...(text !== undefined && { question: text.trim() }), ...settings })
            .eq("id", id)
            .eq("updated_at", updated_at)
            .select(QUESTION)
            .maybeSingle(),
        ),
      ),
    read: async () => {
      const now = await dataOf(
        supabase.from("interview_questions").select(QUESTION).eq("id", question.id).maybeSingle(),
      );
      if (!now) {
        setGone(true);
        void questionsChanged();
      }
      return put(now);
    },
    gone: "question_not_found",
    onSaved: () => toast("Question saved."),
  });
  const { values } = edit;
  return (
    <FormWindow
      title="Edit the question"
      faulty={Boolean(faultOf(values.text))}
      onClose={onClose}
      onSave={() => edit.save(values)}
    >
      {(checked, close) => (
        <>
          <Conflict edit={edit} fields={FIELDS} />
          <QuestionFields fields={values} onChange={edit.change} checked={checked} />
          <p className="soft small">
            Answers that were given before keep the question as it was asked.
          </p>
          {gone && (
            <AddInstead
              interview={interview}
              questions={questions}
              fields={values}
              onClose={close}
            />
          )}
        </>
      )}
    </FormWindow>
  );
}

interface AddInsteadProps extends NewQuestionWindowProps {
  fields: Fields;
}

/** For what was entered into a question that has been deleted. */
function AddInstead({ interview, questions, fields, onClose }: AddInsteadProps) {
  const add = useAdd(interview, questions);
  const { run, busy, refusal } = useAction();
  return (
    <>
      <div>
        <Button
          variant="secondary"
          small
          busy={busy}
          onClick={() =>
            run(async () => {
              await add(fields);
              onClose();
            })
          }
        >
          Add it as a new question
        </Button>
      </div>
      {refusal && <ProblemNotice problem={refusal} />}
    </>
  );
}

interface QuestionFieldsProps {
  fields: Fields;
  onChange: (change: Partial<Fields>) => void;
  checked: boolean;
}

function QuestionFields({ fields: { text, settings }, onChange, checked }: QuestionFieldsProps) {
  return (
    <>
      <TextArea
        label="Question"
        rows={4}
        value={text}
        error={checked && faultOf(text)}
        onChange={(event) => onChange({ text: event.target.value })}
        data-autofocus
      />
      <QuestionSettingsFields
        settings={settings}
        onChange={(changed) => onChange({ settings: changed })}
      />
    </>
  );
}

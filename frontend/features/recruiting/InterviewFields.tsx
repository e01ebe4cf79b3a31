"use client";

import { deadlineFault, fromLocalInput, nameOfZone } from "@/lib/deadline";
import { Field, TextArea } from "@/ui/Field";
import { Moment } from "@/ui/Time";

export interface Basics {
  title: string;
  description: string;
  /** What the company tells candidates about their data. */
  notice: string;
  /** As its field has it: the reader's own clock. */
  deadline: string;
}

// What the database takes, in characters.
const LONGEST_TITLE = 255;
const LONGEST_DESCRIPTION = 100_000;
const LONGEST_NOTICE = 5000;

export function titleFault(title: string): string {
  if (!title.trim()) return "Enter a title.";
  const length = Array.from(title.trim()).length;
  return length > LONGEST_TITLE
    ? `A title can have at most ${LONGEST_TITLE} characters; this one has ${length}.`
    : "";
}

export const descriptionFault = (description: string): string =>
  description.length > LONGEST_DESCRIPTION
    ? "The description can have at most 100,000 characters."
    : "";

export const noticeFault = (notice: string): string =>
  Array.from(notice.trim()).length > LONGEST_NOTICE
    ? "A privacy notice can have at most 5,000 characters."
    : "";

/** What is wrong with each; empty where nothing is. */
export const basicFaults = ({ title, description, notice, deadline }: Basics): Basics => ({
  title: titleFault(title),
  description: descriptionFault(description),
  notice: noticeFault(notice),
  deadline: deadlineFault(deadline),
});

interface InterviewFieldsProps {
  values: Basics;
  onChange: (change: Partial<Basics>) => void;
  /** Whether faults are shown yet. */
  checked: boolean;
  /** Why the database has refused the title; empty where it has not. */
  refusedTitle: string;
}

/** Title, description, privacy notice and deadline of an interview. */
export function InterviewFields(props: InterviewFieldsProps) {
  const { values, onChange, checked } = props;
  return (
    <>
      <TextFields {...props} />
      <DeadlineField
        value={values.deadline}
        onChange={(deadline) => onChange({ deadline })}
        checked={checked}
      />
    </>
  );
}

interface TextFieldsProps {
  values: Omit<Basics, "deadline">;
  onChange: (change: Partial<Omit<Basics, "deadline">>) => void;
  checked: boolean;
  refusedTitle: string;
}

/** Title, description and privacy notice. */
export function TextFields({ values, onChange, checked, refusedTitle }: TextFieldsProps) {
  const { title, description, notice } = values;
  return (
    <>
      <Field
        label="Title"
        hint="Candidates see it in their invitation."
        value={title}
        error={(checked && titleFault(title)) || refusedTitle}
        onChange={(event) => onChange({ title: event.target.value })}
        autoComplete="off"
        required
        data-autofocus
      />
      <TextArea
        label="Description"
        optional
        rows={3}
        value={description}
        error={checked && descriptionFault(description)}
        onChange={(event) => onChange({ description: event.target.value })}
      />
      <TextArea
        label="Privacy notice"
        optional
        hint="What your company does with answers. Candidates see it before they agree to being recorded."
        rows={3}
        dir="auto"
        value={notice}
        error={checked && noticeFault(notice)}
        onChange={(event) => onChange({ notice: event.target.value })}
      />
    </>
  );
}

interface DeadlineFieldProps {
  value: string;
  onChange: (value: string) => void;
  checked: boolean;
}

const AFTER_IT =
  " Nobody can join after it. Candidates who have joined can finish until 10 minutes after it.";

/** When the interview ends, by the reader's own clock, which is named. */
export function DeadlineField({ value, onChange, checked }: DeadlineFieldProps) {
  const time = fromLocalInput(value);
  return (
    <Field
      label="Deadline"
      optional
      type="datetime-local"
      max="9998-12-31T23:59"
      hint={
        <>
          {time ? (
            <>
              Ends <Moment at={time} />, {nameOfZone(time)}.
            </>
          ) : (
            `In your time zone: ${nameOfZone(null)}.`
          )}
          {AFTER_IT}
        </>
      }
      value={value}
      error={checked && deadlineFault(value)}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

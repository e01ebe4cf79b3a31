"use client";

import { type ReactNode, useId, useState } from "react";
import { useSignedIn } from "@/features/account/Providers";
import type { TablesInsert } from "@/lib/database.types";
import { dataOf } from "@/lib/errors";
import { termsFault, termsIn } from "@/lib/terms";
import { Field, TextArea } from "@/ui/Field";
import { useToast } from "@/ui/Toast";
import { Conflict, type ToldFields } from "../Conflict";
import { FormWindow } from "../FormWindow";
import { CRITERION, type Criterion, type Interview } from "../queries";
import { useEdit } from "../useEdit";
import styles from "./Criteria.module.css";
import { useChanges } from "./useChanges";

/** What is entered about a criterion. */
type Fields = Pick<Criterion, "name" | "description" | "levels" | "terms">;

const EMPTY: Fields = {
  name: "",
  description: "",
  levels: ["Not shown", "Partly shown", "Shown", "Shown convincingly"],
  terms: [],
};

interface CriterionWindowProps {
  interview: Interview;
  /** Null for a new one. */
  criterion: Criterion | null;
  onClose: () => void;
}

/** Adds a criterion or edits one. */
export default function CriterionWindow({ criterion, ...props }: CriterionWindowProps) {
  return criterion ? <EditWindow {...props} criterion={criterion} /> : <NewWindow {...props} />;
}

type NewWindowProps = Omit<CriterionWindowProps, "criterion">;

function NewWindow({ interview, onClose }: NewWindowProps) {
  const { supabase } = useSignedIn();
  const { criteriaSaved } = useChanges(interview.id);
  const toast = useToast();
  const [fields, setFields] = useState(EMPTY);
  const add = async () => {
    // Its recruiter_id is filled in by the database.
    const row = {
      interview_id: interview.id,
      ...trimmed(fields),
    } as TablesInsert<"interview_criteria">;
    const added = await dataOf(
      supabase.from("interview_criteria").insert(row).select(CRITERION).single(),
    );
    criteriaSaved((old) => [...old, added]);
    toast("Criterion added.");
  };
  return (
    <FormWindow title="Add a criterion" faulty={isFaulty(fields)} onClose={onClose} onSave={add}>
      {(checked) => (
        <CriterionFields
          fields={fields}
          onChange={(change) => setFields({ ...fields, ...change })}
          checked={checked}
        />
      )}
    </FormWindow>
  );
}

const fieldsOf = ({ name, description, levels, terms }: Criterion): Fields => ({
  name,
  description,
  levels,
  terms,
});

const FIELDS: ToldFields<Fields> = {
  name: { name: "Name", told: (name) => name },
  description: { name: "What good looks like", told: (text) => text || "Nothing" },
  levels: { name: "Levels", told: (levels) => levels.join(", ") },
  terms: { name: "Words to look for", told: (terms) => terms.join(", ") || "None" },
};

interface EditWindowProps extends NewWindowProps {
  criterion: Criterion;
}

function EditWindow({ interview, criterion, onClose }: EditWindowProps) {
  const { supabase } = useSignedIn();
  const { criteriaSaved, criteriaChanged } = useChanges(interview.id);
  const toast = useToast();
  const put = (row: Criterion | null) => {
    if (row) criteriaSaved((old) => old.map((one) => (one.id === row.id ? row : one)));
    return row;
  };
  const edit = useEdit<Criterion, Fields>({
    row: criterion,
    fieldsOf,
    write: async (changes, { id, updated_at }) =>
      put(
        await dataOf(
          supabase
            .from("interview_criteria")
            .update(changes)
            .eq("id", id)
            .eq("updated_at", updated_at)
            .select(CRITERION)
            .maybeSingle(),
        ),
      ),
    read: async () => {
      const now = await dataOf(
        supabase.from("interview_criteria").select(CRITERION).eq("id", criterion.id).maybeSingle(),
      );
      if (!now) void criteriaChanged();
      return put(now);
    },
    gone: "criterion_not_found",
    onSaved: () => toast("Criterion saved."),
  });
  const { values } = edit;
  return (
    <FormWindow
      title="Edit the criterion"
      faulty={isFaulty(values)}
      onClose={onClose}
      onSave={() => edit.save(trimmed(values))}
    >
      {(checked) => (
        <>
          <Conflict edit={edit} fields={FIELDS} />
          <CriterionFields fields={values} onChange={edit.change} checked={checked} />
          <p className="soft small">
            Once a review by it is submitted, only what good looks like and the words to look for
            can change.
          </p>
        </>
      )}
    </FormWindow>
  );
}

const trimmed = ({ name, description, levels, terms }: Fields): Fields => ({
  name: name.trim(),
  description: description.trim(),
  levels: levels.map((level) => level.trim()),
  terms: termsIn(terms),
});

const isFaulty = ({ name, levels, terms }: Fields): boolean =>
  [name, ...levels].some((text) => !text.trim()) || termsFault(terms) !== "";

interface CriterionFieldsProps {
  fields: Fields;
  onChange: (change: Partial<Fields>) => void;
  checked: boolean;
}

function CriterionFields({ fields, onChange, checked }: CriterionFieldsProps) {
  const { name, description, levels, terms } = fields;
  return (
    <>
      <Field
        label="Name"
        maxLength={100}
        value={name}
        error={checked && !name.trim() && "Name the criterion."}
        onChange={(event) => onChange({ name: event.target.value })}
        data-autofocus
      />
      <TextArea
        label="What good looks like"
        optional
        rows={4}
        maxLength={2000}
        value={description}
        onChange={(event) => onChange({ description: event.target.value })}
      />
      <Levels>
        {levels.map((level, at) => (
          <Field
            // biome-ignore lint/suspicious/noArrayIndexKey: there are always four
            key={at}
            label={`Level ${at + 1}`}
            maxLength={200}
            value={level}
            error={checked && !level.trim() && "Describe the level."}
            onChange={(event) => onChange({ levels: levels.with(at, event.target.value) })}
          />
        ))}
      </Levels>
      <TextArea
        label={FIELDS.terms.name}
        hint="In transcripts of the answers. One per line."
        optional
        rows={3}
        value={terms.join("\n")}
        error={checked && termsFault(terms)}
        // As it was typed, until it is saved.
        onChange={(event) => onChange({ terms: event.target.value.split("\n") })}
      />
      <p className="soft small">Candidates never see any of this.</p>
    </>
  );
}

function Levels({ children }: { children: ReactNode }) {
  const hint = useId();
  return (
    <fieldset aria-describedby={hint}>
      <legend className={styles.legend}>Levels</legend>
      <p id={hint} className={`soft small ${styles.hint}`}>
        From an answer that shows nothing of it to one that convinces you.
      </p>
      <div className={styles.fields}>{children}</div>
    </fieldset>
  );
}

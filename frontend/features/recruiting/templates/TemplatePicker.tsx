"use client";

import { useState } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { plural } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Select } from "@/ui/Field";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { useAction } from "@/ui/useAction";
import type { Draft } from "../new-interview/draft";
import { fromTemplate } from "../new-interview/fromTemplate";
import { parted, type TemplateName, templateNamesRead, templateWith } from "./reads";

interface TemplatePickerProps {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
}

/** Begins an interview with a template. What it replaces can be had back. */
export function TemplatePicker({ draft, onChange }: TemplatePickerProps) {
  const { supabase } = useSignedIn();
  const { data: templates = [] } = useRead(templateNamesRead);
  const { run, busy, refusal } = useAction();
  const [replaced, setReplaced] = useState<Draft | null>(null);
  const { own, shipped } = parted(templates);

  const choose = (id: string) =>
    run(async () => {
      const template = id ? await templateWith(supabase, id) : null;
      const isOwn = draft.template === "" && draft.questions.length > 0;
      setReplaced(isOwn ? draft : null);
      onChange(fromTemplate(draft, template));
    });
  const undo = () => {
    if (replaced) onChange(replaced);
    setReplaced(null);
  };
  return (
    <>
      <Select
        label="Template"
        optional
        hint="Begins with its questions and criteria. You can change them."
        value={draft.template}
        aria-busy={busy}
        onChange={({ target }) => choose(target.value)}
      >
        <option value="">None</option>
        <Group label="Your templates" templates={own} />
        <Group label="For common roles" templates={shipped} />
      </Select>
      {replaced && (
        <p className="soft small" role="status">
          {plural(replaced.questions.length, "question was", "questions were")} replaced.{" "}
          <Button variant="quiet" small onClick={undo}>
            Undo
          </Button>
        </p>
      )}
      {refusal && <ProblemNotice problem={refusal} />}
    </>
  );
}

function Group({ label, templates }: { label: string; templates: TemplateName[] }) {
  if (templates.length === 0) return null;
  return (
    <optgroup label={label}>
      {templates.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </optgroup>
  );
}

"use client";

import { useState } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { dataOf, refuse } from "@/lib/errors";
import { useToast } from "@/ui/Toast";
import { FormWindow } from "../FormWindow";
import type { Template } from "./reads";
import { isFaulty, TemplateFields, trimmed } from "./TemplateFields";

interface EditTemplateWindowProps {
  template: Template;
  onSaved: () => Promise<unknown>;
  onClose: () => void;
}

/** Another name or description for one's own template. */
export function EditTemplateWindow({ template, onSaved, onClose }: EditTemplateWindowProps) {
  const { supabase } = useSignedIn();
  const toast = useToast();
  const [values, setValues] = useState({
    name: template.name,
    description: template.description,
  });
  const save = async () => {
    const saved = await dataOf(
      supabase
        .from("interview_templates")
        .update(trimmed(values))
        .eq("id", template.id)
        // What was shown: another tab may have changed it.
        .eq("name", template.name)
        .eq("description", template.description)
        .select("id"),
    );
    await onSaved();
    if (saved.length === 0) refuse("row_conflict");
    toast("Saved.");
  };
  return (
    <FormWindow
      title="Rename this template"
      faulty={isFaulty(values)}
      onClose={onClose}
      onSave={save}
    >
      {(checked) => <TemplateFields values={values} onChange={setValues} checked={checked} />}
    </FormWindow>
  );
}

"use client";

import { useState } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { dataOf } from "@/lib/errors";
import { useToast } from "@/ui/Toast";
import { FormWindow } from "../FormWindow";
import { isFaulty, TemplateFields, trimmed } from "./TemplateFields";

interface SaveTemplateWindowProps {
  interviewId: string;
  title: string;
  onClose: () => void;
}

/** Keeps what an interview consists of for others to come. */
export default function SaveTemplateWindow(props: SaveTemplateWindowProps) {
  const { interviewId, title, onClose } = props;
  const { supabase } = useSignedIn();
  const toast = useToast();
  const [values, setValues] = useState({
    name: Array.from(title).slice(0, 100).join(""),
    description: "",
  });
  const save = async () => {
    await dataOf(supabase.rpc("save_template", { interview_id: interviewId, ...trimmed(values) }));
    toast("Saved as a template. Choose it when you create an interview.");
  };
  return (
    <FormWindow
      title="Save as a template"
      faulty={isFaulty(values)}
      onClose={onClose}
      onSave={save}
    >
      {(checked) => (
        <>
          <p>It keeps the questions, settings and criteria. Nobody but you sees it.</p>
          <TemplateFields values={values} onChange={setValues} checked={checked} />
        </>
      )}
    </FormWindow>
  );
}

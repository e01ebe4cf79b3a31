"use client";

import { useState } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { jsonOf } from "@/lib/errors";
import { Field } from "@/ui/Field";
import { useToast } from "@/ui/Toast";
import { useGo } from "@/ui/useGo";
import { FormWindow } from "./FormWindow";
import { titleFault } from "./InterviewFields";
import { useRefusedTitle } from "./useRefusedTitle";

interface DuplicateWindowProps {
  interviewId: string;
  title: string;
  onClose: () => void;
}

/** Makes another interview with the same content, and leads to it. */
export default function DuplicateWindow({ interviewId, title, onClose }: DuplicateWindowProps) {
  const { supabase } = useSignedIn();
  const toast = useToast();
  const { go } = useGo();
  const { tried, faultOf } = useRefusedTitle();
  const [name, setName] = useState(`${Array.from(title).slice(0, 248).join("")} (copy)`);
  const duplicate = () =>
    tried(name, async () => {
      const made = await jsonOf<{ interview_id: string }>(
        supabase.rpc("duplicate_interview", { interview_id: interviewId, title: name }),
      );
      toast("Duplicated.");
      // It stays open until the other page is there, which takes this one's place.
      go(`/recruiters/${made.interview_id}`);
      return false;
    });
  return (
    <FormWindow
      title="Duplicate this interview"
      faulty={Boolean(titleFault(name))}
      onClose={onClose}
      onSave={duplicate}
    >
      {(checked) => (
        <>
          <p>
            The copy has the same questions, settings and criteria. Candidates, reviewers and the
            deadline are left out.
          </p>
          <Field
            label="Title"
            hint="Candidates see it in their invitation."
            value={name}
            error={(checked && titleFault(name)) || faultOf(name)}
            onChange={({ target }) => setName(target.value)}
            autoComplete="off"
            required
            data-autofocus
          />
        </>
      )}
    </FormWindow>
  );
}

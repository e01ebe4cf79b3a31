"use client";

import { useEffect, useState } from "react";
import { useSWRConfig } from "swr";
import { ConfirmedElsewhere } from "@/features/account/ConfirmedElsewhere";
import { useParams } from "@/ui/useParams";
import { DraftOffer, InterviewList } from "./InterviewList";
import { NewInterviewDialog } from "./new-interview/NewInterviewDialog";

/** The list, and the dialog in front of it, which is open at `/recruiters?new`. */
export function InterviewsPage() {
  const { mutate } = useSWRConfig();
  const { replace } = useParams();
  const [creating, setCreating] = useState(false);

  // In an effect, because the server draws no dialogs.
  useEffect(() => {
    if (new URL(window.location.href).searchParams.has("new")) setCreating(true);
  }, []);
  const open = () => {
    setCreating(true);
    // Reloading, or coming back from signing in, leads to the same place.
    replace({ new: "" });
  };
  const close = () => {
    setCreating(false);
    replace({ new: null });
  };
  const refresh = () => mutate((key) => Array.isArray(key) && key[0] === "interviews");

  return (
    <>
      <InterviewList onNewInterview={open}>
        <ConfirmedElsewhere here="/recruiters" />
        {!creating && <DraftOffer onContinue={open} />}
      </InterviewList>
      {creating && <NewInterviewDialog onClose={close} onCreated={refresh} />}
    </>
  );
}

"use client";

import { useEffect, useState } from "react";
import { useSWRConfig } from "swr";
import { ConfirmedElsewhere } from "@/features/account/ConfirmedElsewhere";
import { useSignedIn } from "@/features/account/Providers";
import { DraftOffer, InterviewList } from "./InterviewList";
import { NewInterviewDialog } from "./new-interview/NewInterviewDialog";

/** The list, and the window in front of it. The window is open at `/recruiters?new`. */
export function InterviewsPage() {
  const { account } = useSignedIn();
  const { mutate } = useSWRConfig();
  const [creating, setCreating] = useState(false);

  // In its own effect, because the server draws no windows.
  useEffect(() => {
    if (new URL(window.location.href).searchParams.has("new")) setCreating(true);
  }, []);
  const open = () => {
    setCreating(true);
    // Reloading, or coming back from signing in, leads to the same place.
    window.history.replaceState(null, "", "/recruiters?new");
  };
  const close = () => {
    setCreating(false);
    window.history.replaceState(null, "", "/recruiters");
  };
  const refresh = () =>
    mutate((key) => Array.isArray(key) && key[0] === "interviews" && key[1] === account.id);

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

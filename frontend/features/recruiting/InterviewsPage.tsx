"use client";

import { useEffect, useState } from "react";
import { useSWRConfig } from "swr";
import { ConfirmedElsewhere } from "@/features/account/ConfirmedElsewhere";
import { useParams } from "@/ui/useParams";
import { DraftOffer, InterviewList } from "./InterviewList";
import { NotificationsWindow } from "./NotificationsWindow";
import { NewInterviewDialog } from "./new-interview/NewInterviewDialog";

/** The list, and the dialogs in front of it, open at `/recruiters?new` and `?notifications`. */
export function InterviewsPage() {
  const { mutate } = useSWRConfig();
  const { replace } = useParams();
  const [creating, setCreating] = useState(false);
  const [notifying, setNotifying] = useState(false);

  // In an effect, because the server draws no dialogs.
  useEffect(() => {
    const { searchParams } = new URL(window.location.href);
    if (searchParams.has("new")) setCreating(true);
    else if (searchParams.has("notifications")) setNotifying(true);
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
  const notify = (open: boolean) => {
    setNotifying(open);
    replace({ notifications: open ? "" : null });
  };
  const refresh = () => mutate((key) => Array.isArray(key) && key[0] === "interviews");

  return (
    <>
      <InterviewList onNewInterview={open} onNotifications={() => notify(true)}>
        <ConfirmedElsewhere here="/recruiters" />
        {!creating && <DraftOffer onContinue={open} />}
      </InterviewList>
      {creating && <NewInterviewDialog onClose={close} onCreated={refresh} />}
      {notifying && <NotificationsWindow onClose={() => notify(false)} />}
    </>
  );
}

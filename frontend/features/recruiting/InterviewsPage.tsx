"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { useSWRConfig } from "swr";
import { ConfirmedElsewhere } from "@/features/account/ConfirmedElsewhere";
import { useParams } from "@/ui/useParams";
import { DraftOffer, InterviewList } from "./InterviewList";
import { NotificationsWindow } from "./NotificationsWindow";
import { NewInterviewDialog } from "./new-interview/NewInterviewDialog";

/** The list, and the dialogs in front of it, open at `/recruiters?new` and `?notifications`. */
export function InterviewsPage() {
  const { mutate } = useSWRConfig();
  const router = useRouter();
  const { param, push, replace } = useParams();
  const [drawn, setDrawn] = useState(false);
  const opened = useRef(false);
  const created = useRef(false);
  // Reloading, Back, Forward, and signing in again lead to where one was.
  const creating = drawn && param("new") !== null;
  const notifying = drawn && !creating && param("notifications") !== null;

  // In an effect, because the server draws no dialogs.
  useEffect(() => setDrawn(true), []);
  const open = (dialog: "new" | "notifications") => {
    opened.current = true;
    push({ [dialog]: "" });
  };
  const close = () => {
    // Not one page more for Back to go through.
    if (opened.current) window.history.back();
    else replace({ new: null, notifications: null });
    opened.current = false;
  };
  const refresh = () => {
    created.current = true;
    void mutate((key) => Array.isArray(key) && key[0] === "interviews");
  };
  // The header shows "Recruiting" from the first one on. Asked for once the dialog is closed, because
  // closing it changes the address, and the router should do one after the other.
  useEffect(() => {
    if (creating || !created.current) return;
    created.current = false;
    router.refresh();
  }, [creating, router]);

  return (
    <>
      <InterviewList
        onNewInterview={() => open("new")}
        onNotifications={() => open("notifications")}
      >
        <ConfirmedElsewhere here="/recruiters" />
        {!creating && <DraftOffer onContinue={() => open("new")} />}
      </InterviewList>
      {creating && <NewInterviewDialog onClose={close} onCreated={refresh} />}
      {notifying && <NotificationsWindow onClose={close} />}
    </>
  );
}

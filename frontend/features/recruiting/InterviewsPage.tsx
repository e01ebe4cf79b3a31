"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { useSWRConfig } from "swr";
import { ConfirmedElsewhere } from "@/features/account/ConfirmedElsewhere";
import { dialogOnDemand } from "@/ui/onDemand";
import { useDialog } from "@/ui/useDialog";
import { DraftOffer, InterviewList } from "./InterviewList";
import { NewInterviewDialog } from "./new-interview/NewInterviewDialog";

const ManageInterviewDialog = dialogOnDemand(() => import("./ManageInterviewDialog"));

/** The list, and the dialogs in front of it, open at `/recruiters?new` and `?manage`. */
export function InterviewsPage() {
  const { mutate } = useSWRConfig();
  const router = useRouter();
  const creation = useDialog("new");
  const managing = useDialog("manage");
  const creating = creation.about !== null;
  const created = useRef(false);

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
      <InterviewList onNewInterview={() => creation.open()} onManage={managing.open}>
        <ConfirmedElsewhere here="/recruiters" />
        {!creating && <DraftOffer onContinue={() => creation.open()} />}
      </InterviewList>
      {creating && <NewInterviewDialog onClose={creation.close} onCreated={refresh} />}
      {managing.about !== null && !creating && (
        <ManageInterviewDialog
          about={managing.about}
          onAsk={managing.open}
          onBack={managing.back}
          onClose={managing.close}
        />
      )}
    </>
  );
}

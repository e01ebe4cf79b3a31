"use client";

import { useEffect, useState } from "react";
import { openShelf } from "@/features/account/deviceRecordings";
import { useSignedIn } from "@/features/account/Providers";
import { readDraft, writeDraft } from "@/lib/drafts";
import { jsonOf, refuse } from "@/lib/errors";
import { recordingLink } from "@/lib/recordingLink";
import { checkerOf, correct } from "./analyses";
import type { AnswerStore } from "./answerStore";
import { Recordings } from "./recordings";
import { send } from "./send";

// By account and interview, for as long as the page lives: an upload goes on while somebody looks
// at something else.
const known = new Map<string, Recordings>();

/** Where the answers of the signed-in candidate go. */
export function useCandidateStore(interviewId: string): AnswerStore {
  const session = useSignedIn();
  const { supabase, account } = session;
  const [store] = useState(() => candidateStore(session, interviewId));
  useEffect(() => {
    const { data } = supabase.auth.onAuthStateChange((event, now) => {
      if (event !== "SIGNED_OUT" && (!now || now.user.id === account.id)) return;
      for (const one of known.values()) one.halt();
      known.clear();
      // It listens until somebody else has come, wherever the page has gone meanwhile.
      data.subscription.unsubscribe();
    });
  }, [supabase, account.id]);
  return store;
}

function candidateStore(
  { supabase, settings, account }: ReturnType<typeof useSignedIn>,
  interview_id: string,
): AnswerStore {
  const accountId = account.id;
  const make = () =>
    new Recordings(interview_id, {
      lock: `hirevision-recordings-${accountId}-${interview_id}`,
      openShelf: () => openShelf(accountId),
      send: (sending) => send({ ...sending, accountId, supabase, settings }),
    });
  return {
    receiptTo: account.email,
    setConsent: (consent) => jsonOf(supabase.rpc("set_consent", { interview_id, ...consent })),
    start: (question_id, mime_type) =>
      jsonOf(supabase.rpc("start_response", { question_id, mime_type })),
    write: (question_id, answer, replace) =>
      jsonOf(supabase.rpc("write_response", { question_id, answer, replace })),
    complete: () => jsonOf(supabase.rpc("complete_interview", { interview_id })),
    withdraw: () => jsonOf(supabase.rpc("withdraw_from_interview", { interview_id })),
    deleteResponses: () => jsonOf(supabase.rpc("delete_my_responses", { interview_id })),
    linkTo: async (takeId, fileName) => {
      const { url } = (await recordingLink(supabase, takeId, fileName)) ?? refuse("not_found");
      return url;
    },
    checker: checkerOf(supabase, interview_id, accountId),
    correct: (responseId, note, seen) => correct(supabase, responseId, note, seen),
    recordings: () => {
      if (typeof window === "undefined") return make();
      const key = `${accountId}/${interview_id}`;
      const made = known.get(key) ?? make();
      known.set(key, made);
      return made;
    },
    readDraft,
    writeDraft,
  };
}

"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { Recordings, type Snapshot } from "./recordings";

// By account and interview, for as long as the page lives.
const known = new Map<string, Recordings>();

/** What this device has of somebody's answers, and the one who records and sends them. */
export function useRecordings(interviewId: string): { recordings: Recordings; known: Snapshot } {
  const { supabase, settings, account } = useSignedIn();
  const [recordings] = useState(() => {
    const make = () => new Recordings(supabase, settings, account.id, interviewId);
    if (typeof window === "undefined") return make();
    const key = `${account.id}/${interviewId}`;
    const made = known.get(key) ?? make();
    known.set(key, made);
    return made;
  });
  useEffect(() => {
    recordings.enter();
    return () => recordings.leave();
  }, [recordings]);
  useEffect(() => {
    const { data } = supabase.auth.onAuthStateChange((event, session) => {
      if (event !== "SIGNED_OUT" && (!session || session.user.id === account.id)) return;
      for (const one of known.values()) one.halt();
      known.clear();
      // It listens until somebody else has come, wherever the page has gone meanwhile.
      data.subscription.unsubscribe();
    });
  }, [supabase, account.id]);
  const snapshot = useSyncExternalStore(
    recordings.subscribe,
    recordings.snapshot,
    Recordings.onServer,
  );
  return { recordings, known: snapshot };
}

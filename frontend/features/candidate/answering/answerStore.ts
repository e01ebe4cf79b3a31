"use client";

import { createContext, useContext } from "react";
import type { OwnAnalysis } from "../participations";
import type { Recordings } from "./recordings";

/** What `start_response` returns. */
export interface Started {
  response_id: string;
  bucket: string;
  path: string;
  max_seconds: number;
  max_bytes: number;
  bits_per_second: number;
  takes_left: number;
}

/** How a participation has ended. */
export interface Ended {
  status: string;
  completed_at: string | null;
}

export interface Consent {
  recording: boolean;
  analysis: boolean;
  /** Of the text that was agreed to. */
  version?: number;
}

/** What software found in a recording. */
export type Check = { response_id: string } & Pick<OwnAnalysis, "status" | "problem" | "flags">;

export interface Checker {
  /** Whether it looks at them at the moment. */
  works(): Promise<boolean>;
  found(): Promise<Check[]>;
}

/**
 * Where answers to one interview go: a candidate's to Supabase, those of a trial nowhere. All that
 * the screens of a candidate store or send goes through this, and nothing else does.
 */
export interface AnswerStore {
  /** The address that a receipt is mailed to after submitting; a trial has none. */
  receiptTo: string | null;
  setConsent(consent: Consent): Promise<unknown>;
  /** A take begins. */
  start(questionId: string, mimeType: string): Promise<Started>;
  write(questionId: string, answer: string, replace: boolean): Promise<unknown>;
  complete(): Promise<Ended>;
  withdraw(): Promise<Ended>;
  deleteResponses(): Promise<unknown>;
  /** An address that plays a take that has been sent, or saves it under a name. */
  linkTo(takeId: string, fileName?: string): Promise<string>;
  /** Who looks at recordings that were sent; nobody at those of a trial. */
  checker: Checker | null;
  /**
   * Saves a note on a transcript. Where another one than `seen` is there by now, nothing is
   * written and that one is returned; otherwise null.
   */
  correct(responseId: string, note: string, seen: string): Promise<string | null>;
  /** What has not been sent yet. */
  recordings(): Recordings;
  /** What this browser keeps, as in lib/drafts. */
  readDraft(key: string): string | null;
  writeDraft(key: string, text: string | null): unknown;
}

const AnswerStoreContext = createContext<AnswerStore | null>(null);

export const AnswerStoreProvider = AnswerStoreContext.Provider;

export function useAnswerStore(): AnswerStore {
  const store = useContext(AnswerStoreContext);
  if (!store) throw new Error("useAnswerStore outside of its provider");
  return store;
}

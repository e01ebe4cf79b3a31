"use client";

import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import useSWR, { SWRConfig, type SWRConfiguration, type SWRResponse } from "swr";
import { type Answers, keyOf, type Read } from "@/lib/read";
import { useSession } from "./Providers";

const AnswersContext = createContext<Answers>({});

// The router shows what it kept when somebody goes back: that was new once, and is read again.
const shown = new WeakSet<Answers>();

/** Hands what the server has read for this page to every `useRead` within. */
export function ServerAnswers({ answers, children }: { answers: Answers; children: ReactNode }) {
  const [fresh] = useState(() => (shown.has(answers) ? {} : answers));
  useEffect(() => {
    shown.add(answers);
  }, [answers]);
  return (
    // A cache of its own: one that outlives the page would hide what the server has just read.
    <SWRConfig value={{ provider: () => cacheOf(answers) }}>
      <AnswersContext value={fresh}>{children}</AnswersContext>
    </SWRConfig>
  );
}

const cacheOf = (answers: Answers) =>
  new Map(Object.entries(answers).map(([key, data]) => [key, { data }]));

/** What the server has read; read again by the browser when it is asked for or out of date. */
export function useRead<Data>(
  read: Read<Data>,
  options?: SWRConfiguration<Data>,
): SWRResponse<Data, unknown> {
  const { supabase } = useSession();
  const fresh = useContext(AnswersContext);
  return useSWR<Data, unknown>(read.key, () => read.from(supabase), {
    revalidateOnMount: !(keyOf(read) in fresh),
    ...options,
  });
}

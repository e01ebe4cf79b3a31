"use client";

import type { ReactNode } from "react";
import type { SWRResponse } from "swr";
import { problemOf } from "@/lib/errors";
import { ProblemNotice } from "./ProblemNotice";
import { Skeleton } from "./Skeleton";

interface LoadedProps<Data> {
  answer: SWRResponse<Data, unknown>;
  /** What is awaited, for screen readers: "your interviews". */
  of: string;
  /** How many rows the skeleton has, and how high they are. */
  count?: number;
  shape?: "card" | "line";
  isEmpty?: (data: Data) => boolean;
  /** Shown in place of nothing. */
  empty?: ReactNode;
  children: (data: Data) => ReactNode;
}

/** What was read: while it is awaited, when it failed, when there is nothing, and when it is there. */
export function Loaded<Data>(props: LoadedProps<Data>) {
  const { answer, of, count = 3, shape = "card", isEmpty, empty, children } = props;
  const { data, error, isValidating, mutate } = answer;
  return (
    <>
      {error !== undefined && (
        <ProblemNotice
          problem={problemOf(error)}
          onRetry={() => void mutate()}
          busy={isValidating}
        />
      )}
      {data === undefined && error === undefined && (
        <Skeleton of={of} count={count} shape={shape} />
      )}
      {data !== undefined && (isEmpty?.(data) ? empty : children(data))}
    </>
  );
}

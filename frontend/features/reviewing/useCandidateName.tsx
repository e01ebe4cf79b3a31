import type { ReactNode } from "react";
import { useRead } from "@/features/account/ServerAnswers";
import { rosterRead } from "./reads";

interface Named {
  id: string;
  candidate_name: string | null;
}

/** What reviewers call candidates, whose addresses they don't see. */
export function useCandidateName(interviewId: string): (candidate: Named) => ReactNode {
  const { data: roster } = useRead(rosterRead(interviewId));
  return ({ id, candidate_name }) => {
    if (candidate_name) return <bdi>{candidate_name}</bdi>;
    const place = roster?.indexOf(id) ?? -1;
    return place < 0 ? "Candidate" : `Candidate ${place + 1}`;
  };
}

import type { Tone } from "@/ui/Badge";

/** What became of one address of `invite_reviewers`. */
export interface ReviewerOutcome {
  email: string;
  status: string;
  reviewer_id: string | null;
}

const WORDS: Record<string, [Tone, string]> = {
  invited: ["good", "Invited"],
  invited_again: ["good", "Sent again"],
  unchanged: ["neutral", "Emailed less than 10 minutes ago: not sent again"],
  unsubscribed: [
    "warn",
    "Unsubscribed from your emails: nothing was sent, but they can sign in and review",
  ],
  already_reviewer: ["neutral", "Already reviews this interview"],
  is_candidate: ["bad", "A candidate of this interview, who can’t review it"],
  is_owner: ["neutral", "Your own address: you review anyway"],
  duplicate_in_request: ["warn", "Duplicate"],
  invalid_email: ["bad", "Invalid address"],
};

/** In plain words. */
export function reviewerOutcomeTold({ status }: ReviewerOutcome): { tone: Tone; text: string } {
  const [tone, text] = WORDS[status] ?? ["neutral", status];
  return { tone, text };
}

export const isMailed = ({ status }: ReviewerOutcome): boolean =>
  status === "invited" || status === "invited_again";

import { dataOf } from "@/lib/errors";
import type { Supabase } from "@/lib/supabase/browser";
import { Button, ButtonLink } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { Quoted } from "@/ui/Quoted";
import { Moment } from "@/ui/Time";
import type { Interview } from "../queries";
import type { Draft } from "./draft";

/** An interview that a call has created whose answer was lost. */
export type EarlierAttempt = Pick<Interview, "id" | "title" | "created_at">;

// Clocks differ.
const TOLERANCE_MS = 5 * 60_000;

/** The interview that an earlier try may have created after all. */
export async function findEarlierAttempt(
  supabase: Supabase,
  accountId: string,
  { triedAt, triedTitle }: Draft,
): Promise<EarlierAttempt | null> {
  const tried = new Date(triedAt).getTime();
  if (Number.isNaN(tried)) return null;
  return dataOf(
    supabase
      .from("interviews")
      .select("id, title, created_at")
      .eq("recruiter_id", accountId)
      .eq("title", triedTitle)
      .gte("created_at", new Date(tried - TOLERANCE_MS).toISOString())
      .order("created_at", { ascending: false })
      .limit(1)
      .maybeSingle(),
  );
}

interface EarlierAttemptNoticeProps {
  earlier: EarlierAttempt;
  busy: boolean;
  onAnyway: () => void;
}

/** Asks before the same is created, and everybody invited, once more. */
export function EarlierAttemptNotice({ earlier, busy, onAnyway }: EarlierAttemptNoticeProps) {
  return (
    <Notice
      tone="bad"
      title={
        <>
          <Quoted>{earlier.title}</Quoted> was created on <Moment at={earlier.created_at} />.
        </>
      }
      actions={
        <>
          <ButtonLink variant="secondary" small href={`/recruiters/${earlier.id}`}>
            Open it
          </ButtonLink>
          <Button variant="secondary" small busy={busy} onClick={onAnyway}>
            Create another one
          </Button>
        </>
      }
    >
      Your last attempt seems to have worked, and only the reply was lost. Creating another one
      would invite everyone twice.
    </Notice>
  );
}

"use client";

import { useMemo } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { dataOf } from "@/lib/errors";
import { plural } from "@/lib/format";
import type { Read } from "@/lib/read";
import { Notice } from "@/ui/Notice";
import { withoutDuplicates } from "./AddressesField";
import type { DraftCandidate } from "./new-interview/draft";

const invitesLeftRead = (userId: string): Read<number> => ({
  key: ["invites-left", userId],
  from: (supabase) => dataOf(supabase.rpc("invites_left_today")),
});

/** How many people may still be invited today, before a list of so many is sent in vain. */
export function DailyLimit({ addresses }: { addresses: DraftCandidate[] }) {
  const { account } = useSignedIn();
  // Without an answer nothing is said: the database refuses what is too much.
  const { data: left } = useRead(invitesLeftRead(account.id));
  // Not with each key that is typed into the box: a list may have 10,000.
  const wanted = useMemo(() => withoutDuplicates(addresses).length, [addresses]);
  if (left === undefined) return null;
  if (left === 0) {
    return (
      <Notice tone="warn" title="You’ve reached today’s limit of invitations.">
        You can invite more people after midnight UTC.
      </Notice>
    );
  }
  const more = plural(left, "more person", "more people");
  if (wanted <= left) return <p className="soft small">You can invite {more} today.</p>;
  return (
    <Notice tone="warn" title={`You can invite only ${more} today.`}>
      Shorten the list, and invite the others after midnight UTC.
    </Notice>
  );
}

"use client";

import useSWR from "swr";
import { useSignedIn } from "@/features/account/Providers";
import { dataOf } from "@/lib/errors";
import { plural } from "@/lib/format";
import { Notice } from "@/ui/Notice";

/** How many people may still be invited today, before a list of so many is sent in vain. */
export function DailyLimit({ addresses }: { addresses: number }) {
  const { supabase, account } = useSignedIn();
  // Without an answer nothing is said: the database refuses what is too much.
  const { data: left } = useSWR(["invites-left", account.id], () =>
    dataOf(supabase.rpc("invites_left_today")),
  );
  if (left === undefined) return null;
  if (left === 0)
    return (
      <Notice tone="warn" title="You’ve reached today’s limit of invitations.">
        You can invite more people after midnight UTC.
      </Notice>
    );
  const more = plural(left, "more person", "more people");
  if (addresses <= left) return <p className="soft small">You can invite {more} today.</p>;
  return (
    <Notice tone="warn" title={`You can invite only ${more} today.`}>
      Shorten the list, and invite the others after midnight UTC.
    </Notice>
  );
}

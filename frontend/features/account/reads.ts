import { jsonOf } from "@/lib/errors";
import type { Read } from "@/lib/read";

export type Choice = "each" | "daily" | "never";

/** When a recruiter is told of what by email. */
export interface Notifications {
  candidate_completed: Choice;
  renewal_requested: Choice;
  delivery_failed: Choice;
}

// Called without arguments, it changes nothing.
const notificationsRead = (userId: string): Read<Notifications> => ({
  key: ["notifications", userId],
  from: (supabase) => jsonOf<Notifications>(supabase.rpc("set_notifications")),
});

/** All that the page about the account shows. */
export const accountReads = (userId: string) => ({
  notifications: notificationsRead(userId),
});

import { readDraft, useDraft, writeDraft } from "@/lib/drafts";

// What this browser remembers: the address that signed up here, and the account whose address was
// confirmed here although it signed up elsewhere.
const SIGNED_UP = "signed-up";
const CONFIRMED_ELSEWHERE = "confirmed-elsewhere";

/** Remembers that the password of this account was chosen in this browser. */
export const rememberSignup = (email: string): boolean =>
  writeDraft(SIGNED_UP, email.toLowerCase());

/** A link alone has confirmed an address: it need not be its owner who chose the password. */
export function noteConfirmation({ id, email }: { id: string; email?: string | undefined }) {
  if (readDraft(SIGNED_UP) !== email?.toLowerCase()) writeDraft(CONFIRMED_ELSEWHERE, id);
}

/** Whether this account was confirmed so, and its owner has not yet said what they know of it. */
export const useConfirmedElsewhere = (id: string): boolean =>
  useDraft(CONFIRMED_ELSEWHERE) === id && id !== "";

/** The owner chose the password. */
export const forgetConfirmation = (): boolean => writeDraft(CONFIRMED_ELSEWHERE, null);

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

/** Whether that is so for this account, and nothing was said about it yet. */
export const useConfirmedElsewhere = (id: string): boolean =>
  useDraft(CONFIRMED_ELSEWHERE) === id && id !== "";

/** The password is the owner's. */
export const forgetConfirmation = (): boolean => writeDraft(CONFIRMED_ELSEWHERE, null);

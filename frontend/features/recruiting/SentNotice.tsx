import { plural } from "@/lib/format";
import { Notice } from "@/ui/Notice";

/** How many emails an invitation of several people has sent. */
export const SentNotice = ({ mails }: { mails: number }) => (
  <Notice
    tone={mails > 0 ? "good" : "neutral"}
    title={
      mails > 0
        ? `${plural(mails, "email is on its way", "emails are on their way")}.`
        : "Nothing sent."
    }
  />
);

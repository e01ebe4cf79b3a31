import { Badge, type Tone } from "@/ui/Badge";
import styles from "./DeliveryStatus.module.css";

const STATES: Record<string, { tone: Tone; name: string; text: string }> = {
  sending: {
    tone: "good",
    name: "Mails are going out",
    text: "Invitations leave within seconds.",
  },
  paused: {
    tone: "warn",
    name: "Mails are paused",
    text: "The mail server refuses us for the moment. Invitations wait and leave by themselves later; nothing is lost.",
  },
  stopped: {
    tone: "warn",
    name: "No mails are going out",
    text: "Nothing is sending them. Invitations wait, and nothing is lost; please tell whoever runs this site.",
  },
};

/** Whether mails leave at the moment, in words. */
export function DeliveryStatus({ state }: { state: string | undefined }) {
  // Not known is no reason to say anything; the place is kept.
  const shown = state === undefined ? undefined : STATES[state];
  return (
    <div className={styles.line} role="status">
      {shown && (
        <>
          <Badge tone={shown.tone}>{shown.name}</Badge>
          <span>{shown.text}</span>
        </>
      )}
    </div>
  );
}

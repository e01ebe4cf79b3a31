import { Badge, type Tone } from "@/ui/Badge";
import styles from "./DeliveryStatus.module.css";

const STATES: Record<string, { tone: Tone; name: string; text: string }> = {
  sending: {
    tone: "good",
    name: "Email delivery is working",
    text: "Invitations go out within seconds.",
  },
  paused: {
    tone: "warn",
    name: "Emails are paused",
    text: "The mail server isn’t accepting emails right now. Invitations will be sent later; nothing is lost.",
  },
  stopped: {
    tone: "warn",
    name: "Emails aren’t being sent",
    text: "The mail service isn’t running. Invitations wait, and nothing is lost. Please tell your administrator.",
  },
};

/** Whether emails are being sent. */
export function DeliveryStatus({ state }: { state: string | undefined }) {
  // Its place is kept, so that nothing jumps when the state is known.
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

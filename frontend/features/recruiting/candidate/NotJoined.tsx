import { Notice } from "@/ui/Notice";
import { Moment } from "@/ui/Time";
import { CodeChip } from "../CodeChip";
import { MailState, PersonBadge } from "../candidates/PersonState";
import { isWaiting, type Person } from "../candidates/reads";
import styles from "./RecruiterCandidatePage.module.css";

/** Where somebody is who has not joined, in place of their answers. */
export function NotJoined({ person }: { person: Person }) {
  const { email, invite_code, expires_at } = person;
  const waiting = isWaiting(person);
  return (
    <>
      <p className={styles.facts}>
        <PersonBadge person={person} />
        {waiting && expires_at && (
          <span>
            Valid until <Moment at={expires_at} />
          </span>
        )}
      </p>
      {waiting && (
        <div className="row">
          <span>Code</span>
          <CodeChip code={invite_code ?? ""} email={email ?? ""} />
        </div>
      )}
      <Notice title="They have not joined yet.">
        <MailState person={person} />
      </Notice>
    </>
  );
}

"use client";

import type { ReactNode } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { Signature } from "@/features/account/Signature";
import { fromLocalInput, nameOfZone } from "@/lib/deadline";
import { plural } from "@/lib/format";
import { kindsTold, settingsTold } from "@/lib/questionSettings";
import { Address } from "@/ui/Address";
import { Button } from "@/ui/Button";
import { NamedAddress } from "@/ui/NamedAddress";
import { Moment } from "@/ui/Time";
import { DuplicatesNote, withoutDuplicates } from "../AddressesField";
import { analysisTold } from "../AnalysisFields";
import type { Draft } from "./draft";
import styles from "./ReviewStep.module.css";

// As many as tell whether it is the right list.
const SHOWN = 8;

const LIST = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** "Rated by Clarity and Care." */
export const criteriaTold = ({ criteria }: Pick<Draft, "criteria">): string =>
  `Rated by ${LIST.format(criteria.map(({ name }) => name))}.`;

interface ReviewStepProps {
  draft: Draft;
  onStep: (step: Draft["step"]) => void;
}

/** All that was entered, to be checked before it is sent. */
export function ReviewStep({ draft, onStep }: ReviewStepProps) {
  const { account } = useSignedIn();
  const { title, description, notice, questions } = draft;
  const addresses = withoutDuplicates(draft.addresses);
  const deadline = fromLocalInput(draft.deadline);
  const more = addresses.length - SHOWN;
  return (
    <>
      <Part title="Interview" onChange={() => onStep(1)}>
        <p className={styles.title} dir="auto">
          {title}
        </p>
        {description.trim() && (
          <p className={`prewrap ${styles.clamped}`} dir="auto">
            {description}
          </p>
        )}
        {notice.trim() && (
          <p className={`prewrap ${styles.clamped}`}>
            <strong>Privacy notice:</strong> <bdi>{notice}</bdi>
          </p>
        )}
        <p className="soft small">
          {deadline ? (
            <>
              Ends <Moment at={deadline} />, {nameOfZone(deadline)}
            </>
          ) : (
            "No deadline"
          )}
        </p>
      </Part>
      <Part title={plural(questions.length, "question")} onChange={() => onStep(1)}>
        {questions.length === 0 ? (
          <p className="soft">You can add them later.</p>
        ) : (
          <ol className={styles.questions}>
            {questions.map(({ id, text, settings }) => (
              <li key={id}>
                <span className={styles.clamped} dir="auto">
                  {text}
                </span>
                <span className="soft small">{settingsTold(settings)}</span>
              </li>
            ))}
          </ol>
        )}
        {draft.criteria.length > 0 && <p className="soft small">{criteriaTold(draft)}</p>}
        <p className="soft small">
          Answers in {kindsTold(draft.kinds)} · {analysisTold(draft)}
        </p>
      </Part>
      <Part title={plural(addresses.length, "candidate")} onChange={() => onStep(2)}>
        {addresses.length === 0 ? (
          <p className="soft">You can invite people later.</p>
        ) : (
          <>
            <ul className={styles.addresses}>
              {addresses.slice(0, SHOWN).map(({ id, text, name }) => (
                <li key={id}>
                  <NamedAddress name={name}>{text}</NamedAddress>
                </li>
              ))}
              {more > 0 && <li className="soft">and {plural(more, "other")}</li>}
            </ul>
            <DuplicatesNote addresses={draft.addresses} />
            <p className="soft small">
              Each gets an email with their own code, signed by <Signature />. Replies go to{" "}
              <Address>{account.email}</Address>.
            </p>
          </>
        )}
      </Part>
    </>
  );
}

interface PartProps {
  title: string;
  onChange: () => void;
  children: ReactNode;
}

function Part({ title, onChange, children }: PartProps) {
  return (
    <section className={styles.part} aria-label={title}>
      <div className="row between">
        <h3>{title}</h3>
        <Button variant="quiet" small aria-label={`Change: ${title}`} onClick={onChange}>
          Change
        </Button>
      </div>
      {children}
    </section>
  );
}

"use client";

import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { problem } from "@/lib/errors";
import { plural } from "@/lib/format";
import { answeredOf, answersTo } from "@/lib/responses";
import { Address } from "@/ui/Address";
import { BackLink } from "@/ui/BackLink";
import { Button, ButtonLink } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { Loaded } from "@/ui/Loaded";
import { Notice } from "@/ui/Notice";
import { Moment } from "@/ui/Time";
import { useDialog } from "@/ui/useDialog";
import { DeadlineWindow } from "../DeadlineWindow";
import { ParticipantBadge } from "../StatusBadges";
import { AccommodationWindow, factorTold, USUAL } from "./AccommodationWindow";
import { Answers } from "./Answers";
import { DecisionSection } from "./DecisionSection";
import styles from "./RecruiterCandidatePage.module.css";
import { ReviewSection } from "./ReviewSection";
import { type Accommodation, type Candidate, candidateReads } from "./reads";

interface RecruiterCandidatePageProps {
  interviewId: string;
  /** The participant's. */
  id: string;
}

/** One candidate of an interview, for its recruiter: where they are, and what they answered. */
export function RecruiterCandidatePage({ interviewId, id }: RecruiterCandidatePageProps) {
  const { account } = useSignedIn();
  const reads = candidateReads(interviewId, id, account.id);
  const candidate = useRead(reads.candidate);
  const questions = useRead(reads.questions);
  const responses = useRead(reads.responses);
  return (
    <div className="stack">
      <BackLink href={`/recruiters/${interviewId}`}>
        {candidate.data?.interview.title ?? "Interview"}
      </BackLink>
      <Loaded answer={candidate} of="the candidate">
        {(data) =>
          data ? (
            <article className={styles.page}>
              <Heading
                candidate={data}
                onChange={(change) =>
                  void candidate.mutate({ ...data, ...change }, { revalidate: false })
                }
              />
              <Loaded answer={questions} of="the questions">
                {(asked) => (
                  <>
                    <Progress
                      candidate={data}
                      questions={asked.length}
                      onChange={(interview) =>
                        void candidate.mutate({ ...data, interview }, { revalidate: false })
                      }
                    />
                    {data.status === "completed" && (
                      <Loaded answer={responses} of="the answers">
                        {(given) => (
                          <Answers answers={answersTo(asked, given)} accountId={account.id} />
                        )}
                      </Loaded>
                    )}
                  </>
                )}
              </Loaded>
              {data.status !== "withdrawn" && (
                <>
                  <ReviewSection interviewId={interviewId} candidate={data} />
                  <DecisionSection interviewId={interviewId} participantId={data.id} />
                </>
              )}
            </article>
          ) : (
            <NotYours interviewId={interviewId} />
          )
        }
      </Loaded>
    </div>
  );
}

function NotYours({ interviewId }: { interviewId: string }) {
  const { message, hint } = problem("participant_not_found");
  return (
    <>
      <h1>Candidate</h1>
      <EmptyState
        title={message}
        action={<ButtonLink href={`/recruiters/${interviewId}`}>The interview</ButtonLink>}
      >
        {hint}
      </EmptyState>
    </>
  );
}

interface HeadingProps {
  candidate: Candidate;
  onChange: (change: { accommodation: Accommodation }) => void;
}

/** Who it is, and what they were given beyond the others. */
function Heading({ candidate, onChange }: HeadingProps) {
  const dialog = useDialog("do");
  const { invite, joined_at, completed_at } = candidate;
  const given = candidate.accommodation ?? USUAL;
  return (
    <header className="stack">
      <h1>{invite ? <Address>{invite.email}</Address> : "Unknown address"}</h1>
      {invite?.candidate_name && (
        <p>
          <bdi>{invite.candidate_name}</bdi>
        </p>
      )}
      <p className={styles.facts}>
        <ParticipantBadge participant={candidate} />
        <span>
          Joined <Moment at={joined_at} />
        </span>
        {completed_at && (
          <span>
            Submitted <Moment at={completed_at} />
          </span>
        )}
      </p>
      <div className="row">
        <Button variant="secondary" small onClick={() => dialog.open("adjust")}>
          Extra takes and time
        </Button>
        <span className="soft small">{accommodationTold(given)}</span>
      </div>
      {dialog.about === "adjust" && (
        <AccommodationWindow
          participantId={candidate.id}
          accommodation={given}
          onClose={dialog.close}
          onChange={(accommodation) => onChange({ accommodation })}
        />
      )}
    </header>
  );
}

function accommodationTold({ extra_takes, time_factor }: Accommodation): string {
  if (extra_takes === 0 && time_factor === 1) return "None given.";
  return [
    extra_takes > 0 && `${plural(extra_takes, "extra take")} per question`,
    time_factor > 1 && factorTold(time_factor).toLowerCase(),
  ]
    .filter(Boolean)
    .join(", ")
    .concat(".");
}

interface ProgressProps {
  candidate: Candidate;
  questions: number;
  onChange: (interview: Candidate["interview"]) => void;
}

/** Why there are no answers, or not all. */
function Progress({ candidate, questions, onChange }: ProgressProps) {
  const { status, responses_deleted_at, responses_expired_at } = candidate;
  if (status === "active") return <NotSubmitted {...{ candidate, questions, onChange }} />;
  if (status === "withdrawn") {
    return (
      <Notice title="They have withdrawn.">
        Their answers were deleted. You can invite them again from the interview’s page.
      </Notice>
    );
  }
  return (
    <>
      {responses_deleted_at && (
        <Notice
          title={
            <>
              The candidate deleted answers on <Moment at={responses_deleted_at} />.
            </>
          }
        >
          They may do so at any time. Deleted answers can’t be brought back.
        </Notice>
      )}
      {responses_expired_at && (
        <Notice
          title={
            <>
              Answers were deleted on <Moment at={responses_expired_at} />.
            </>
          }
        >
          The time was over for which they are kept.
        </Notice>
      )}
    </>
  );
}

/** How far they are, never what they said, and how to give them more time. */
function NotSubmitted({ candidate, questions, onChange }: ProgressProps) {
  const dialog = useDialog("do");
  const { interview, answered } = candidate;
  const { deadline, status } = interview;
  const over = deadline !== null && new Date(deadline) <= new Date();

  return (
    <>
      <Notice
        title={`${answeredOf(answered, questions)} answered, not submitted`}
        actions={
          <Button variant="secondary" small onClick={() => dialog.open("deadline")}>
            {deadline ? "Change the deadline" : "Set a deadline"}
          </Button>
        }
      >
        You can watch the answers once the candidate has submitted them.{" "}
        {deadline && (
          <>
            The deadline {over ? "was" : "is"} <Moment at={deadline} />. To give more time, move it;
            this holds for everyone in this interview.
          </>
        )}
        {status === "completed" && " The interview is completed: reopen it so that they can go on."}
      </Notice>
      {dialog.about === "deadline" && (
        <DeadlineWindow interview={interview} onClose={dialog.close} onChange={onChange} />
      )}
    </>
  );
}

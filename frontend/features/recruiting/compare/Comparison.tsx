"use client";

import { type ReactNode, useId, useState } from "react";
import { SWRConfig } from "swr";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { STILL, useFreshPage } from "@/features/account/useFresh";
import { CursorPager } from "@/ui/CursorPager";
import { Loaded } from "@/ui/Loaded";
import { PageLink } from "@/ui/PageLink";
import { useParams } from "@/ui/useParams";
import { Waiting } from "@/ui/Waiting";
import { useWatched } from "../candidate/Answers";
import { Author } from "../candidate/Author";
import { GivenAnswer } from "../candidate/GivenAnswer";
import { type Speed, SpeedChoice } from "../candidate/Player";
import { QuestionHeading, QuestionList, QuestionTurns } from "../candidate/Questions";
import { Ratings } from "../candidate/Ratings";
import candidateStyles from "../candidate/RecruiterCandidatePage.module.css";
import type { Review } from "../candidate/reads";
import { Submitted } from "../candidate/Submitted";
import { useTurns } from "../candidate/useTurns";
import { type Criterion, type Question, questionsRead } from "../queries";
import styles from "./Comparison.module.css";
import { type Compared, comparisonReads, type Comparison as Page, type Viewer } from "./reads";

interface ComparisonProps {
  interviewId: string;
  viewer: Viewer;
  /** The page of the interview. */
  home: string;
  nameOf: (candidate: Compared) => ReactNode;
}

/** One question at a time, with what each candidate has answered, and one's own review of them. */
export function Comparison(props: ComparisonProps) {
  const questions = useRead(questionsRead(props.interviewId), STILL);
  return (
    <SWRConfig value={STILL}>
      <h1>Compare answers</h1>
      <Loaded answer={questions} of="the questions">
        {(asked) => <Asked {...props} questions={asked} />}
      </Loaded>
    </SWRConfig>
  );
}

interface AskedProps extends ComparisonProps {
  questions: Question[];
}

function Asked({ interviewId, viewer, home, nameOf, questions }: AskedProps) {
  const { account } = useSignedIn();
  const { param, push } = useParams();
  const names = questions.map(({ id }) => id);
  const turns = useTurns({
    names,
    placeOf: (question) => Math.max(0, names.indexOf(question ?? "")),
    focus: ["h2"],
  });
  const [speed, setSpeed] = useState<Speed>(1);
  const { watch } = useWatched(account.id);
  const heading = useId();
  const open = questions[turns.place];
  const reads = comparisonReads(interviewId, viewer, (name) =>
    name === "question" ? open?.id : param(name),
  );
  const answer = useRead(reads.compared);
  const criteria = useRead(reads.criteria);
  const fresh = useFreshPage(interviewId, [
    { read: reads.questions },
    { read: reads.criteria },
    { read: reads.compared, ids: ({ rows }: Page) => rows.map(({ id }) => id) },
  ]);
  // Answers to the question before are not shown below this one.
  const current = answer.data?.questionId === open?.id;
  const recorded = answer.data?.rows.some(({ responses: [one] }) => one && one.kind !== "text");
  if (!open) return <p className="soft">This interview has no questions.</p>;
  return (
    <div className={candidateStyles.answers}>
      <QuestionList turns={turns} questions={questions} />
      <section className={styles.section} ref={turns.panel} aria-labelledby={heading}>
        <div className={`card ${candidateStyles.panel}`}>
          <QuestionHeading id={heading} turns={turns}>
            {open.question}
          </QuestionHeading>
          {recorded && <SpeedChoice speed={speed} onSpeed={setSpeed} />}
          <QuestionTurns turns={turns} />
        </div>
        <Waiting list={fresh} of={["new candidate", "new candidates"]} />
        <p className="soft small">
          Everyone who has submitted, in the order in which they joined. Candidates never see this.
        </p>
        <Loaded answer={criteria} of="the criteria">
          {(listed) => (
            <Loaded
              answer={current ? answer : { ...answer, data: undefined }}
              of="the answers"
              isEmpty={({ rows }) => rows.length === 0}
              empty={<p className="soft">Nobody has submitted yet.</p>}
            >
              {({ rows, previous, next }) => (
                <>
                  <ol className={styles.list} aria-busy={answer.isLoading}>
                    {rows.map((row) => (
                      <OneCandidate
                        // A recording of the question before is not played any more.
                        key={`${row.id} ${row.responses[0]?.id}`}
                        candidate={row}
                        name={nameOf(row)}
                        question={open.question}
                        href={`${home}/candidates/${row.id}?question=${turns.place + 1}`}
                        criteria={listed}
                        speed={speed}
                        onPlayed={watch}
                      />
                    ))}
                  </ol>
                  <CursorPager
                    of="candidates"
                    previous={previous}
                    next={next}
                    busy={answer.isLoading}
                    onGo={push}
                  />
                </>
              )}
            </Loaded>
          )}
        </Loaded>
      </section>
    </div>
  );
}

interface OneCandidateProps {
  candidate: Compared;
  name: ReactNode;
  question: string;
  /** Where all about them is. */
  href: string;
  criteria: Criterion[];
  speed: Speed;
  onPlayed: (id: string) => void;
}

/** What one of them answered, beside what was written about them. */
function OneCandidate(props: OneCandidateProps) {
  const { candidate, name, question, href, criteria, speed, onPlayed } = props;
  const { account } = useSignedIn();
  const heading = useId();
  const { reviews } = candidate;
  const response = candidate.responses[0] ?? null;
  const own = reviews.find(({ reviewer_id }) => reviewer_id === account.id);
  const others = reviews.filter((review) => review !== own);
  return (
    <li className={`card ${styles.candidate}`}>
      <h3 id={heading} className={styles.name}>
        <PageLink href={href}>{name}</PageLink>
      </h3>
      <div className={styles.answer}>
        {response && response.question !== question && (
          <p className="soft small">
            They were asked:{" "}
            <q className="prewrap" dir="auto">
              {response.question}
            </q>
          </p>
        )}
        <GivenAnswer response={response} speed={speed} onPlayed={onPlayed} describedBy={heading} />
      </div>
      <div className={styles.reviews}>
        <Written title="Your review" criteria={criteria} review={own} />
        {others.map((review) => (
          <Written
            key={review.id}
            title={<Author review={review} />}
            criteria={criteria}
            review={review}
          />
        ))}
      </div>
    </li>
  );
}

interface WrittenProps {
  title: ReactNode;
  criteria: Criterion[];
  review: Review | undefined;
}

function Written({ title, criteria, review }: WrittenProps) {
  return (
    <div className={styles.written}>
      <h4>{title}</h4>
      {review ? (
        <>
          <p className="soft small">
            {review.submitted_at ? <Submitted review={review} /> : "A draft, not submitted yet."}
          </p>
          <Ratings criteria={criteria} review={review} />
        </>
      ) : (
        <p className="soft small">Not begun.</p>
      )}
    </div>
  );
}

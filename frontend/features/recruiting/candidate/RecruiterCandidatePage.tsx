"use client";

import { SWRConfig } from "swr";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { type Awaited, STILL, useFreshPage } from "@/features/account/useFresh";
import { plural } from "@/lib/format";
import { Address } from "@/ui/Address";
import { BackLink } from "@/ui/BackLink";
import { Button } from "@/ui/Button";
import { Loaded } from "@/ui/Loaded";
import { dialogOnDemand } from "@/ui/onDemand";
import { useDialog } from "@/ui/useDialog";
import { useGo } from "@/ui/useGo";
import { Waiting } from "@/ui/Waiting";
import type { Person } from "../candidates/reads";
import { DeadlineWindow } from "../DeadlineWindow";
import { AccommodationWindow, factorTold, USUAL } from "./AccommodationWindow";
import { CandidateView } from "./CandidateView";
import { DecisionSection } from "./DecisionSection";
import { candidateFollowed } from "./followed";
import { NotJoined } from "./NotJoined";
import { NotYours } from "./NotYours";
import styles from "./RecruiterCandidatePage.module.css";
import { type Accommodation, type Candidate, candidateReads } from "./reads";
import { TimelineSection } from "./TimelineSection";

const ManageDialog = dialogOnDemand(() => import("../candidates/ManageDialog"));

interface RecruiterCandidatePageProps {
  interviewId: string;
  /** The participant's, or an invite's. */
  id: string;
}

/** One candidate of an interview, for its recruiter: invited, joined, or gone again. */
export function RecruiterCandidatePage(props: RecruiterCandidatePageProps) {
  return (
    <SWRConfig value={STILL}>
      <AnyPerson {...props} />
    </SWRConfig>
  );
}

function AnyPerson({ interviewId, id }: RecruiterCandidatePageProps) {
  const { account } = useSignedIn();
  const readsOf = (one: string) => candidateReads(interviewId, one, account.id);
  const reads = readsOf(id);
  const person = useRead(reads.person);
  const interview = useRead(reads.title);
  const joined = readsOf(person.data?.participant_id ?? id);
  const followed = candidateFollowed({ ...joined, person: reads.person }, account.id);
  const fresh = useFreshPage(interviewId, followed);
  const home = `/recruiters/${interviewId}`;
  return (
    <div className="stack">
      <BackLink href={home}>{interview.data?.title ?? "Interview"}</BackLink>
      <Loaded answer={person} of="the candidate">
        {(known) =>
          known ? (
            <>
              {known.participant_id ? (
                <Joined person={known} id={known.participant_id} home={home} fresh={fresh} />
              ) : (
                <article className={styles.page}>
                  <header className="stack">
                    <Name person={known} />
                    <Waiting list={fresh} />
                    <NotJoined person={known} />
                    <Manage person={known} home={home} />
                  </header>
                </article>
              )}
              <TimelineSection interviewId={interviewId} id={id} />
            </>
          ) : (
            <NotYours href={home} />
          )
        }
      </Loaded>
    </div>
  );
}

interface JoinedProps {
  person: Person;
  /** The participant's. */
  id: string;
  home: string;
  fresh: Awaited;
}

/** Where they are, what they answered, and what is thought of it. */
function Joined({ person, id, home, fresh }: JoinedProps) {
  const { account } = useSignedIn();
  const interviewId = person.interview_id;
  const candidate = useRead(candidateReads(interviewId, id, account.id).candidate);
  return (
    <Loaded answer={candidate} of="the candidate">
      {(data) => {
        if (!data) return <NotYours href={home} />;
        const change = (changes: Partial<Candidate>) =>
          void candidate.mutate({ ...data, ...changes }, { revalidate: false });
        return (
          <CandidateView
            interviewId={interviewId}
            candidate={data}
            name={<Name person={person} />}
            tools={
              <>
                <Accommodations
                  candidate={data}
                  onChange={(accommodation) => change({ accommodation })}
                />
                {person.invite_id && <Manage person={person} home={home} />}
              </>
            }
            deadlineTools={
              <Deadline
                interview={data.interview}
                onChange={(interview) => change({ interview })}
              />
            }
            criteriaPage={home}
            fresh={fresh}
          >
            <DecisionSection interviewId={interviewId} participantId={data.id} />
          </CandidateView>
        );
      }}
    </Loaded>
  );
}

function Name({ person: { email, candidate_name } }: { person: Person }) {
  return (
    <>
      <h1>{email ? <Address>{email}</Address> : "Unknown address"}</h1>
      {candidate_name && (
        <p>
          <bdi>{candidate_name}</bdi>
        </p>
      )}
    </>
  );
}

interface ManageProps {
  person: Person;
  home: string;
}

/** Leads to what can be done about the invitation. */
function Manage({ person, home }: ManageProps) {
  const managing = useDialog("manage");
  const { go } = useGo();
  return (
    <div>
      <Button
        variant="secondary"
        aria-label={`Manage the invitation to ${person.email}`}
        aria-haspopup="dialog"
        onClick={() => managing.open()}
      >
        Manage the invitation
      </Button>
      {managing.about !== null && (
        <ManageDialog
          person={person}
          asked={managing.about}
          onAsk={managing.open}
          onBack={managing.back}
          onClose={managing.close}
          onDeleted={() => go(home)}
        />
      )}
    </div>
  );
}

interface AccommodationsProps {
  candidate: Candidate;
  onChange: (accommodation: Accommodation) => void;
}

/** What they were given beyond the others. */
function Accommodations({ candidate, onChange }: AccommodationsProps) {
  const dialog = useDialog("do");
  const given = candidate.accommodation ?? USUAL;
  return (
    <>
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
          onChange={onChange}
        />
      )}
    </>
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

interface DeadlineProps {
  interview: Candidate["interview"];
  onChange: (interview: Candidate["interview"]) => void;
}

function Deadline({ interview, onChange }: DeadlineProps) {
  const dialog = useDialog("do");
  return (
    <>
      <Button variant="secondary" small onClick={() => dialog.open("deadline")}>
        {interview.deadline ? "Change the deadline" : "Set a deadline"}
      </Button>
      {dialog.about === "deadline" && (
        <DeadlineWindow interview={interview} onClose={dialog.close} onChange={onChange} />
      )}
    </>
  );
}

"use client";

import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { plural } from "@/lib/format";
import { Address } from "@/ui/Address";
import { BackLink } from "@/ui/BackLink";
import { Button } from "@/ui/Button";
import { Loaded } from "@/ui/Loaded";
import { useDialog } from "@/ui/useDialog";
import { DeadlineWindow } from "../DeadlineWindow";
import { AccommodationWindow, factorTold, USUAL } from "./AccommodationWindow";
import { CandidateView } from "./CandidateView";
import { DecisionSection } from "./DecisionSection";
import { NotYours } from "./NotYours";
import { type Accommodation, type Candidate, candidateReads } from "./reads";

interface RecruiterCandidatePageProps {
  interviewId: string;
  /** The participant's. */
  id: string;
}

/** One candidate of an interview, for its recruiter. */
export function RecruiterCandidatePage({ interviewId, id }: RecruiterCandidatePageProps) {
  const { account } = useSignedIn();
  const candidate = useRead(candidateReads(interviewId, id, account.id).candidate);
  const home = `/recruiters/${interviewId}`;
  return (
    <div className="stack">
      <BackLink href={home}>{candidate.data?.interview.title ?? "Interview"}</BackLink>
      <Loaded answer={candidate} of="the candidate">
        {(data) => {
          if (!data) return <NotYours href={home} />;
          const change = (changes: Partial<Candidate>) =>
            void candidate.mutate({ ...data, ...changes }, { revalidate: false });
          return (
            <CandidateView
              interviewId={interviewId}
              candidate={data}
              name={<Name invite={data.invite} />}
              tools={
                <Accommodations
                  candidate={data}
                  onChange={(accommodation) => change({ accommodation })}
                />
              }
              deadlineTools={
                <Deadline
                  interview={data.interview}
                  onChange={(interview) => change({ interview })}
                />
              }
              criteriaPage={home}
            >
              <DecisionSection interviewId={interviewId} participantId={data.id} />
            </CandidateView>
          );
        }}
      </Loaded>
    </div>
  );
}

function Name({ invite }: Pick<Candidate, "invite">) {
  return (
    <>
      <h1>{invite ? <Address>{invite.email}</Address> : "Unknown address"}</h1>
      {invite?.candidate_name && (
        <p>
          <bdi>{invite.candidate_name}</bdi>
        </p>
      )}
    </>
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

"use client";

import { Fragment, useId } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { dataOf } from "@/lib/errors";
import { count } from "@/lib/format";
import { Button } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Loaded } from "@/ui/Loaded";
import { dialogOnDemand } from "@/ui/onDemand";
import { Quoted } from "@/ui/Quoted";
import { useToast } from "@/ui/Toast";
import { useDialog } from "@/ui/useDialog";
import { useParams } from "@/ui/useParams";
import { type Criterion, type Interview, interviewReads } from "../queries";
import criteriaStyles from "./Criteria.module.css";
import styles from "./RecruiterInterviewPage.module.css";
import { useAsOpened } from "./useAsOpened";
import { useChanges } from "./useChanges";

const CriterionWindow = dialogOnDemand(() => import("./CriterionWindow"));

/** What the recruiter looks for in every candidate; each change is saved at once. */
export function CriteriaSection({ interview }: { interview: Interview }) {
  const { param } = useParams();
  const answer = useRead(interviewReads(interview.id, param).criteria);
  return (
    <Loaded answer={answer} of="the criteria" shape="line">
      {(criteria) => <CriteriaList interview={interview} criteria={criteria} />}
    </Loaded>
  );
}

interface CriteriaListProps {
  interview: Interview;
  criteria: Criterion[];
}

function CriteriaList({ interview, criteria }: CriteriaListProps) {
  const { supabase } = useSignedIn();
  const { criteriaSaved } = useChanges(interview.id);
  const toast = useToast();
  const heading = useId();
  const adding = useDialog("add-criterion");
  const editing = useDialog("edit-criterion");
  const removing = useDialog("remove-criterion");
  const edited = useAsOpened(editing.about, criteria);
  const removed = criteria.find(({ id }) => id === removing.about);

  const remove = async () => {
    if (!removed) return;
    await dataOf(supabase.from("interview_criteria").delete().eq("id", removed.id));
    criteriaSaved((old) => old.filter(({ id }) => id !== removed.id));
    toast("Criterion removed.");
  };

  return (
    <section className={styles.section} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>
          Criteria <span className={styles.count}>{count(criteria.length)}</span>
        </h2>
        <Button variant="secondary" onClick={() => adding.open()}>
          Add a criterion
        </Button>
      </div>
      <p className="soft">
        {criteria.length === 0 && "No criteria yet. "}
        You and the reviewers judge by these what candidates submit. Candidates never see them.
      </p>
      {criteria.length > 0 && (
        <div className="card">
          <ul className={criteriaStyles.list}>
            {criteria.map((criterion) => (
              <li key={criterion.id} className={criteriaStyles.item}>
                <h3 dir="auto">{criterion.name}</h3>
                <div className={criteriaStyles.tools}>
                  <Button
                    variant="quiet"
                    small
                    aria-label={`Edit ${criterion.name}`}
                    onClick={() => editing.open(criterion.id)}
                  >
                    Edit
                  </Button>
                  <Button
                    variant="quiet"
                    small
                    aria-label={`Remove ${criterion.name}`}
                    onClick={() => removing.open(criterion.id)}
                  >
                    Remove
                  </Button>
                </div>
                {criterion.description && (
                  <p className={`prewrap ${criteriaStyles.wide}`} dir="auto">
                    {criterion.description}
                  </p>
                )}
                <ol className={criteriaStyles.levels} aria-label="Levels">
                  {criterion.levels.map((level, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: two levels may have one text
                    <li key={at} dir="auto">
                      {level}
                    </li>
                  ))}
                </ol>
                {criterion.terms.length > 0 && (
                  <p className={`soft small ${criteriaStyles.wide}`}>
                    Words to look for:{" "}
                    {criterion.terms.map((term, at) => (
                      <Fragment key={term}>
                        {at > 0 && ", "}
                        <bdi>{term}</bdi>
                      </Fragment>
                    ))}
                  </p>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
      {adding.about !== null && (
        <CriterionWindow interview={interview} criterion={null} onClose={adding.close} />
      )}
      {edited && (
        <CriterionWindow interview={interview} criterion={edited} onClose={editing.close} />
      )}
      {removed && (
        <ConfirmDialog
          title="Remove this criterion?"
          action="Remove"
          danger
          onClose={removing.close}
          onConfirm={remove}
        >
          <Quoted>{removed.name}</Quoted> will be gone from all reviews that aren’t submitted yet.
          You can’t undo this.
        </ConfirmDialog>
      )}
    </section>
  );
}

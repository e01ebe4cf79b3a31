"use client";

import { useRouter } from "next/navigation";
import { useSignedIn } from "@/features/account/Providers";
import { languageTold } from "@/lib/analysis";
import { nameOfZone } from "@/lib/deadline";
import { dataOf, refuse } from "@/lib/errors";
import { kindsTold } from "@/lib/questionSettings";
import { Badge } from "@/ui/Badge";
import { Button, ButtonLink } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { dialogOnDemand } from "@/ui/onDemand";
import { ProblemNotice } from "@/ui/ProblemNotice";
import { Quoted } from "@/ui/Quoted";
import { Day, useTimeZone } from "@/ui/Time";
import { useToast } from "@/ui/Toast";
import { useAction } from "@/ui/useAction";
import { useDialog } from "@/ui/useDialog";
import { AnalysisFields, analysisTold } from "../AnalysisFields";
import { Conflict, type ToldFields } from "../Conflict";
import { DeadlineWindow } from "../DeadlineWindow";
import { FormWindow } from "../FormWindow";
import { descriptionFault, noticeFault, TextFields, titleFault } from "../InterviewFields";
import { KindsField, kindsFault } from "../QuestionSettingsFields";
import { archived, type Interview } from "../queries";
import { Deadline, InterviewBadge } from "../StatusBadges";
import { useRefusedTitle } from "../useRefusedTitle";
import styles from "./RecruiterInterviewPage.module.css";
import { useChanges } from "./useChanges";
import { useInterviewEdit } from "./useInterviewEdit";

const ExportDialog = dialogOnDemand(() => import("../export/ExportDialog"));
const DuplicateWindow = dialogOnDemand(() => import("../DuplicateWindow"));
const SaveTemplateWindow = dialogOnDemand(() => import("../templates/SaveTemplateWindow"));

// By the interview's status: told before its buttons are pressed.
const WHAT_ENDING_DOES: Record<string, string> = {
  active:
    "Close: nobody new can join, and candidates who have joined can still finish. Complete: nobody can join or finish. You can reopen it after either.",
  inactive:
    "Reopen: codes work again. Complete: nobody can finish any more, not even candidates who have joined.",
  completed: "Reopen: codes work again, and candidates who have joined can finish.",
};

/** What the interview is, and the actions on it as a whole. */
export function InterviewHeading({ interview }: { interview: Interview }) {
  const { supabase } = useSignedIn();
  const toast = useToast();
  const router = useRouter();
  const { interviewSaved, interviewChanged } = useChanges(interview.id);
  const zone = useTimeZone();
  const { about: asking, open: ask, close: done } = useDialog("do");
  const archiving = useAction();
  const { title, description, status, deadline } = interview;

  const put = async (state: Interview["status"], told: string) => {
    const saved = await dataOf(
      supabase
        .from("interviews")
        .update({ status: state })
        .eq("id", interview.id)
        // What the buttons were chosen by.
        .eq("status", status)
        .select()
        .maybeSingle(),
    );
    if (!saved) {
      void interviewChanged();
      refuse("row_conflict");
    }
    interviewSaved(saved);
    toast(told);
  };
  const archive = () =>
    archiving.run(async () => {
      interviewSaved(await archived(supabase, interview.id, !interview.archived_at));
      toast(interview.archived_at ? "Taken out of the archive." : "Archived.");
    });
  const remove = async () => {
    await dataOf(supabase.from("interviews").delete().eq("id", interview.id));
    toast(
      <>
        Deleted <Quoted>{title}</Quoted>.
      </>,
    );
    router.replace("/recruiters");
    return false;
  };

  return (
    <header className="stack">
      <h1 dir="auto">{title}</h1>
      <p className={styles.facts}>
        <InterviewBadge interview={interview} />
        {interview.archived_at && <Badge>Archived</Badge>}
        <span>
          <Deadline interview={interview} />
          {deadline && `, ${nameOfZone(deadline, zone)}`}
        </span>
        <span>
          Created <Day at={interview.created_at} />
        </span>
        <span>Answers in {kindsTold(interview.response_kinds)}</span>
        <span>{analysisTold(interview)}</span>
      </p>
      {description && (
        <p className={`prewrap ${styles.description}`} dir="auto">
          {description}
        </p>
      )}
      <div className={styles.actions}>
        <Button variant="secondary" small onClick={() => ask("edit")}>
          Edit
        </Button>
        <Button variant="secondary" small onClick={() => ask("deadline")}>
          {deadline ? "Change the deadline" : "Set a deadline"}
        </Button>
        {status === "active" ? (
          <Button variant="secondary" small onClick={() => ask("close")}>
            Close
          </Button>
        ) : (
          <Button variant="secondary" small onClick={() => ask("reopen")}>
            Reopen
          </Button>
        )}
        {status !== "completed" && (
          <Button variant="secondary" small onClick={() => ask("complete")}>
            Complete
          </Button>
        )}
        <ButtonLink variant="secondary" small href={`/recruiters/${interview.id}/try`}>
          Try as a candidate
        </ButtonLink>
        <ButtonLink variant="secondary" small href={`/recruiters/${interview.id}/search`}>
          Search in answers
        </ButtonLink>
        <Button variant="secondary" small onClick={() => ask("duplicate")}>
          Duplicate
        </Button>
        <Button variant="secondary" small onClick={() => ask("template")}>
          Save as a template
        </Button>
        <Button variant="secondary" small busy={archiving.busy} onClick={archive}>
          {interview.archived_at ? "Take out of the archive" : "Archive"}
        </Button>
        <ButtonLink
          variant="secondary"
          small
          href={`/recruiters/analytics?interview=${interview.id}&period=all`}
        >
          Analytics
        </ButtonLink>
        <Button variant="secondary" small onClick={() => ask("export")}>
          Export
        </Button>
        <Button variant="quiet" small onClick={() => ask("delete")}>
          Delete
        </Button>
      </div>
      <p className="soft small">{WHAT_ENDING_DOES[status]}</p>
      {asking === "edit" && <EditWindow interview={interview} onClose={done} />}
      {asking === "duplicate" && (
        <DuplicateWindow interviewId={interview.id} title={title} onClose={done} />
      )}
      {asking === "template" && (
        <SaveTemplateWindow interviewId={interview.id} title={title} onClose={done} />
      )}
      {archiving.refusal && <ProblemNotice problem={archiving.refusal} />}
      {asking === "deadline" && <DeadlineWindow interview={interview} onClose={done} />}
      {asking === "export" && <ExportDialog interviewId={interview.id} onClose={done} />}
      {asking === "close" && (
        <ConfirmDialog
          title="Close this interview?"
          action="Close interview"
          onClose={done}
          onConfirm={() => put("inactive", "Closed: nobody new can join.")}
        >
          Nobody new can join, and codes stop working until you reopen it. Candidates who have
          joined can still finish.
        </ConfirmDialog>
      )}
      {asking === "reopen" && (
        <ConfirmDialog
          title="Reopen this interview?"
          action="Reopen interview"
          onClose={done}
          onConfirm={() => put("active", "Reopened.")}
        >
          Codes that have not expired work again, and you can invite people.
          {deadline && new Date(deadline) <= new Date() && (
            <> Its deadline has passed, so nobody can join until you change it.</>
          )}
        </ConfirmDialog>
      )}
      {asking === "complete" && (
        <ConfirmDialog
          title="Complete this interview?"
          action="Complete interview"
          onClose={done}
          onConfirm={() => put("completed", "Completed: nobody can join or finish.")}
        >
          Nobody can join or finish any more, including candidates who have started. You can reopen
          it later.
        </ConfirmDialog>
      )}
      {asking === "delete" && (
        <ConfirmDialog
          title={
            <>
              Delete <Quoted>{title}</Quoted>?
            </>
          }
          action="Delete interview"
          danger
          onClose={done}
          onConfirm={remove}
        >
          Its questions, invitations and participants will be deleted for good. To keep them,
          complete the interview instead.
        </ConfirmDialog>
      )}
    </header>
  );
}

interface EditWindowProps {
  interview: Interview;
  onClose: () => void;
}

const fieldsOf = (interview: Interview) => ({
  title: interview.title,
  description: interview.description ?? "",
  notice: interview.privacy_notice ?? "",
  kinds: interview.response_kinds,
  analysis: interview.analysis,
  language: interview.language,
});

type Fields = ReturnType<typeof fieldsOf>;

const told = (text: string): string => text || "(empty)";

const FIELDS: ToldFields<Fields> = {
  title: { name: "Title", told },
  description: { name: "Description", told },
  notice: { name: "Privacy notice", told },
  kinds: { name: "Candidates can answer in", told: kindsTold },
  analysis: { name: "Transcripts", told: (analysis) => (analysis === "off" ? "Off" : "On") },
  language: { name: "Language of the answers", told: languageTold },
};

const columnsOf = ({ title, description, notice, kinds, ...settings }: Partial<Fields>) => ({
  ...settings,
  ...(title !== undefined && { title: title.trim() }),
  ...(description !== undefined && { description: description.trim() || null }),
  ...(notice !== undefined && { privacy_notice: notice.trim() || null }),
  ...(kinds && { response_kinds: kinds }),
});

function EditWindow({ interview, onClose }: EditWindowProps) {
  const edit = useInterviewEdit({ interview, fieldsOf, columnsOf, saved: () => "Saved." });
  const { values, change } = edit;
  const { tried, faultOf } = useRefusedTitle();
  const refusedTitle = faultOf(values.title);
  const faulty = Boolean(
    titleFault(values.title) ||
      refusedTitle ||
      descriptionFault(values.description) ||
      noticeFault(values.notice) ||
      kindsFault(values.kinds),
  );
  return (
    <FormWindow
      title="Edit the interview"
      faulty={faulty}
      onClose={onClose}
      onSave={() => tried(values.title, () => edit.save(values))}
    >
      {(checked) => (
        <>
          <Conflict edit={edit} fields={FIELDS} />
          <TextFields
            values={values}
            onChange={change}
            checked={checked}
            refusedTitle={refusedTitle}
          />
          <KindsField
            kinds={values.kinds}
            onChange={(kinds) => change({ kinds })}
            checked={checked}
          />
          <AnalysisFields values={values} onChange={change} />
        </>
      )}
    </FormWindow>
  );
}

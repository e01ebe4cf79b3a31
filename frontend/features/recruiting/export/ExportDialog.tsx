"use client";

import { useSignedIn } from "@/features/account/Providers";
import { todayIn } from "@/lib/period";
import { Dialog } from "@/ui/Dialog";
import { DownloadCsv } from "@/ui/DownloadCsv";
import { useTimeZone } from "@/ui/Time";
import { useParams } from "@/ui/useParams";
import { candidateQueryIn } from "../candidates/reads";
import styles from "./ExportDialog.module.css";
import { candidatesCsv, reviewsCsv } from "./reads";

interface ExportDialogProps {
  interviewId: string;
  onClose: () => void;
}

/** What a recruiter can take along of an interview. */
export default function ExportDialog({ interviewId, onClose }: ExportDialogProps) {
  const { supabase } = useSignedIn();
  const { param } = useParams();
  const shown = candidateQueryIn(param);
  const narrowed = shown.state !== null || shown.search !== "";
  const today = todayIn(useTimeZone());
  return (
    <Dialog title="Export" onClose={onClose}>
      <p>
        CSV files, as spreadsheets open them. An apostrophe before a text keeps a spreadsheet from
        calculating it.
      </p>
      <section className={styles.export}>
        <h3>Candidates</h3>
        <p className="soft">
          {narrowed
            ? "Everyone, or those whom the filters and the search on the page show."
            : "Everyone who was invited, with a row for each."}{" "}
          Times are in UTC.
        </p>
        <div className="row">
          <DownloadCsv
            of="all candidates"
            name={`candidates ${today}`}
            read={() => candidatesCsv(supabase, interviewId, { state: null, search: "" })}
          />
          {narrowed && (
            <DownloadCsv
              name={`candidates shown ${today}`}
              read={() => candidatesCsv(supabase, interviewId, shown)}
            >
              Download CSV of those shown
            </DownloadCsv>
          )}
        </div>
      </section>
      <section className={styles.export}>
        <h3>Reviews</h3>
        <p className="soft">
          All submitted reviews that you may read, with a row for each criterion. Others’ reviews of
          a candidate are among them once you have submitted your own.
        </p>
        <div>
          <DownloadCsv
            of="reviews"
            name={`reviews ${today}`}
            read={() => reviewsCsv(supabase, interviewId)}
          />
        </div>
      </section>
    </Dialog>
  );
}

"use client";

import { useSignedIn } from "@/features/account/Providers";
import { todayIn } from "@/lib/period";
import { Dialog } from "@/ui/Dialog";
import { DownloadCsv } from "@/ui/DownloadCsv";
import { useTimeZone } from "@/ui/Time";
import styles from "./ExportDialog.module.css";
import { reviewsCsv } from "./reads";

interface ExportDialogProps {
  interviewId: string;
  onClose: () => void;
}

/** What a recruiter can take along of an interview. */
export default function ExportDialog({ interviewId, onClose }: ExportDialogProps) {
  const { supabase } = useSignedIn();
  const today = todayIn(useTimeZone());
  return (
    <Dialog title="Export" onClose={onClose}>
      <p>
        CSV files, as spreadsheets open them. An apostrophe before a text keeps a spreadsheet from
        calculating it.
      </p>
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

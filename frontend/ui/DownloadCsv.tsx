"use client";

import type { ReactNode } from "react";
import { type CsvTable, csvOf } from "@/lib/csvOf";
import { plural } from "@/lib/format";
import { Button } from "./Button";
import { ProblemNotice } from "./ProblemNotice";
import { useToast } from "./Toast";
import { useAction } from "./useAction";

interface DownloadCsvProps {
  /** What the file is called, without its ending. */
  name: string;
  read: () => CsvTable | Promise<CsvTable>;
  /** What is downloaded, for screen readers, where the button alone does not tell. */
  of?: string;
  children?: ReactNode;
}

/** A button that reads a table and saves it as a CSV file. */
export function DownloadCsv({ name, read, of, children = "Download CSV" }: DownloadCsvProps) {
  const { run, busy, refusal } = useAction();
  const toast = useToast();
  const save = () =>
    run(async () => {
      const table = await read();
      download(`${name}.csv`, csvOf(table));
      toast(`Downloaded ${plural(table.rows.length, "row")}.`);
    });
  return (
    <>
      <Button
        variant="secondary"
        small
        busy={busy}
        aria-label={of && `Download CSV: ${of}`}
        onClick={save}
      >
        {children}
      </Button>
      {refusal && <ProblemNotice problem={refusal} onRetry={save} busy={busy} />}
    </>
  );
}

function download(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // Not before the browser has begun to save it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

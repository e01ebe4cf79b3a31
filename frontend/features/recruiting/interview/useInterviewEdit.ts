import { useSignedIn } from "@/features/account/Providers";
import { dataOf } from "@/lib/errors";
import { useToast } from "@/ui/Toast";
import type { Interview } from "../queries";
import { useEdit } from "../useEdit";
import { useChanges } from "./useChanges";

/** As much of an interview as is needed to edit its fields. */
type Seen = Pick<Interview, "id" | "updated_at">;

interface InterviewEdit<Row extends Seen, Fields extends object> {
  interview: Row;
  fieldsOf: (row: Row) => Fields;
  /** What fields that were changed are in the database. */
  columnsOf: (changes: Partial<Fields>) => Partial<Interview>;
  /** What is said once it is saved. */
  saved: (row: Row) => string;
  /** Takes over what was saved, or what is there now. */
  onChange?: ((interview: Interview) => void) | undefined;
}

/** A form over some of an interview. */
export function useInterviewEdit<Row extends Seen, Fields extends object>(
  edit: InterviewEdit<Row, Fields>,
) {
  const { interview, fieldsOf, columnsOf, saved, onChange } = edit;
  const { supabase, account } = useSignedIn();
  const { interviewSaved } = useChanges(interview.id);
  const toast = useToast();
  const takeOver = (row: Interview | null) => {
    if (row) interviewSaved(row);
    if (row) onChange?.(row);
    // It has all columns, and so those of Row.
    return row as (Interview & Row) | null;
  };
  return useEdit<Row, Fields>({
    row: interview,
    fieldsOf,
    write: async (changes, { id, updated_at }) =>
      takeOver(
        await dataOf(
          supabase
            .from("interviews")
            .update(columnsOf(changes))
            .eq("id", id)
            .eq("updated_at", updated_at)
            .select()
            .maybeSingle(),
        ),
      ),
    read: async () =>
      takeOver(
        await dataOf(
          supabase
            .from("interviews")
            .select("*")
            .eq("id", interview.id)
            // Candidates read interviews, too.
            .eq("recruiter_id", account.id)
            .maybeSingle(),
        ),
      ),
    gone: "interview_not_found",
    onSaved: (row) => toast(saved(row)),
  });
}

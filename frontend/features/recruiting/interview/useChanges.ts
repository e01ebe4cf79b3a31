import { useSWRConfig } from "swr";
import { useSignedIn } from "@/features/account/Providers";
import type { CandidatePage, Person } from "../candidates/reads";
import { type Criterion, type Interview, type Overview, type Question, statsOf } from "../queries";

/** What to show of an interview once something about it was saved. */
export function useChanges(interviewId: string) {
  const { mutate } = useSWRConfig();
  const { supabase } = useSignedIn();
  const of = (name: string) => (key: unknown) =>
    Array.isArray(key) && key[0] === name && key[1] === interviewId;

  /** The interview as it was saved: nothing has to be read. */
  const interviewSaved = (interview: Interview) =>
    void mutate<Overview | null>(of("overview"), (data) => data && { ...data, interview }, {
      revalidate: false,
    });

  /** Reads the interview again: it is not what was thought. */
  const interviewChanged = () => mutate(of("overview"));

  /** The questions as they were saved. */
  const questionsSaved = (change: (questions: Question[]) => Question[]) =>
    void mutate<Question[]>(of("questions"), (data) => data && change(data), {
      revalidate: false,
    });

  /** Reads the questions again: they are not what was thought. */
  const questionsChanged = () => mutate(of("questions"));

  /** The criteria as they were saved. */
  const criteriaSaved = (change: (criteria: Criterion[]) => Criterion[]) =>
    void mutate<Criterion[]>(of("criteria"), (data) => data && change(data), {
      revalidate: false,
    });

  /** Reads the criteria again: they are not what was thought. */
  const criteriaChanged = () => mutate(of("criteria"));

  /** Reads the reviewers again. */
  const reviewersChanged = () => mutate(of("reviewers"));

  /**
   * Reads again, at once, what candidates show up in: the list with its counts, the figures, and the
   * page of one of them. `change` is what the list shows until that has come.
   */
  const candidatesChanged = (change: (people: Person[]) => Person[] = (people) => people) => {
    void mutate<CandidatePage>(
      of("candidates"),
      (data) => data && { ...data, rows: change(data.rows) },
    );
    void mutate<Person | null>(of("person"), (data) => data && (change([data])[0] ?? null));
    void mutate(of("timeline"));
    void mutate<Overview | null>(
      of("overview"),
      async (data) => {
        const stats = data && (await statsOf(supabase, interviewId));
        return data && stats ? { ...data, stats } : data;
      },
      { revalidate: false, throwOnError: false },
    );
  };
  return {
    interviewSaved,
    interviewChanged,
    questionsSaved,
    questionsChanged,
    criteriaSaved,
    criteriaChanged,
    reviewersChanged,
    candidatesChanged,
  };
}

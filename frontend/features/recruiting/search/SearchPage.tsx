"use client";

import { type FormEvent, useRef } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { clock } from "@/lib/recording";
import { BackLink } from "@/ui/BackLink";
import { Button } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { Field } from "@/ui/Field";
import { Loaded } from "@/ui/Loaded";
import { NamedAddress } from "@/ui/NamedAddress";
import { PageLink } from "@/ui/PageLink";
import { useParams } from "@/ui/useParams";
import { NotYours } from "../interview/NotYours";
import { type Found, type Hit, MOST_HITS, searchReads } from "./reads";
import styles from "./SearchPage.module.css";

/** Where words were said, over all candidates of an interview. */
export function SearchPage({ id }: { id: string }) {
  const { account } = useSignedIn();
  const { param } = useParams();
  const query = param("q") ?? "";
  const reads = searchReads(id, account.id, query);
  const interview = useRead(reads.interview);
  return (
    <div className="stack">
      <BackLink href={`/recruiters/${id}`}>{interview.data?.title ?? "Interview"}</BackLink>
      <Loaded answer={interview} of="the interview">
        {(data) =>
          data ? (
            <>
              <h1>Search in answers</h1>
              {data.analysis === "off" && (
                <p className="soft">Transcripts are turned off for this interview.</p>
              )}
              <SearchForm key={query} query={query} />
              {query.trim() && <Results id={id} query={query} />}
            </>
          ) : (
            <NotYours />
          )
        }
      </Loaded>
    </div>
  );
}

function SearchForm({ query }: { query: string }) {
  const { push } = useParams();
  const input = useRef<HTMLInputElement>(null);
  const search = (event: FormEvent) => {
    event.preventDefault();
    const wanted = input.current?.value.trim() ?? "";
    if (wanted !== query) push({ q: wanted || null });
  };
  return (
    // Works before the browser has taken over, too.
    <form className={styles.form} onSubmit={search} method="get">
      <Field
        ref={input}
        label="Words that were said"
        hint="As in web searches: quotes around an exact phrase, “or” between alternatives, “-” before a word to leave out."
        type="search"
        name="q"
        maxLength={200}
        defaultValue={query}
      />
      <div>
        <Button type="submit">Search</Button>
      </div>
    </form>
  );
}

function Results({ id, query }: { id: string; query: string }) {
  const { account } = useSignedIn();
  const reads = searchReads(id, account.id, query);
  const found = useRead(reads.found, { keepPreviousData: false });
  const questions = useRead(reads.questions);
  const numbers = new Map((questions.data ?? []).map((question, at) => [question.id, at + 1]));
  return (
    <section className="stack" aria-label="Found">
      <Loaded
        answer={found}
        of="the answers"
        isEmpty={(data) => data.length === 0}
        empty={
          <EmptyState title="Not found">
            This proves nothing: names of technologies are often misheard, and not every answer has
            a transcript.
          </EmptyState>
        }
      >
        {(all) => (
          <>
            <p className="soft small">
              In the order in which candidates joined. Transcripts are written by software, which
              makes mistakes: listen before you judge.
            </p>
            {all.map((one) => (
              <Speaker key={one.speaker.id} interviewId={id} found={one} numbers={numbers} />
            ))}
            {all.flatMap(({ hits }) => hits).length >= MOST_HITS && (
              <p className="soft">There is more. Search for something rarer.</p>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

interface SpeakerProps {
  interviewId: string;
  found: Found;
  /** Of the questions, from 1, by their ids. */
  numbers: Map<string, number>;
}

/** One candidate, and what they said. */
function Speaker({ interviewId, found, numbers }: SpeakerProps) {
  const { speaker, hits } = found;
  const page = `/recruiters/${interviewId}/candidates/${speaker.id}`;
  return (
    <article className={`card ${styles.speaker}`}>
      <h2 className={styles.name}>
        {speaker.invite ? (
          <NamedAddress name={speaker.invite.candidate_name}>{speaker.invite.email}</NamedAddress>
        ) : (
          "Unknown address"
        )}
      </h2>
      <ul className={styles.hits}>
        {hits.map((hit, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: words may be found twice in one place
          <li key={at} className={styles.hit}>
            <PageLink href={page + placeOf(hit, numbers.get(hit.question_id))}>
              {numbers.has(hit.question_id) && `Question ${numbers.get(hit.question_id)}`}
              {hit.start_seconds !== null && `, ${clock(hit.start_seconds)}`}
            </PageLink>
            <q dir="auto">{hit.quote}</q>
          </li>
        ))}
      </ul>
    </article>
  );
}

/** The query of the address at which it is heard. */
function placeOf({ start_seconds }: Hit, number: number | undefined): string {
  const params = new URLSearchParams();
  if (number) params.set("question", String(number));
  if (start_seconds !== null) params.set("at", String(start_seconds));
  return `?${params}`;
}

import { clock } from "@/lib/recording";
import { useParams } from "@/ui/useParams";
import type { Evidence, Quote } from "./reads";
import styles from "./Spoken.module.css";
import { SeekButton } from "./TranscriptText";

interface EvidenceListProps {
  evidence: Evidence;
  /** The response that is open. */
  responseId: string;
  /** The questions' ids in their order; empty where no other question is at hand. */
  questions: string[];
  onSeek: (second: number) => void;
}

/** For each criterion, where its words to look for were said. */
export function EvidenceList({ evidence, responseId, questions, onSeek }: EvidenceListProps) {
  const { criteria, quotes } = evidence;
  const shown = quotes.filter(
    (quote) => quote.response_id === responseId || questions.includes(quote.question_id),
  );
  return (
    <section className={styles.spoken} aria-label="Words to look for">
      <h3>Words to look for</h3>
      {criteria.map(({ id, name, terms }) => {
        const found = shown.filter(({ criterion_id }) => criterion_id === id);
        return (
          <div key={id} className={styles.quotes}>
            <p>
              <strong>
                <bdi>{name}</bdi>
              </strong>{" "}
              <span className="soft small">
                {terms.map((term, at) => (
                  <bdi key={term}>{at > 0 ? `, ${term}` : term}</bdi>
                ))}
              </span>
            </p>
            {found.length === 0 && <p className="soft">Not found.</p>}
            <ul className={styles.quotes}>
              {found.map((quote, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two terms may find the same words
                <li key={at} className={styles.quote}>
                  <Place
                    quote={quote}
                    open={quote.response_id === responseId}
                    number={questions.indexOf(quote.question_id) + 1}
                    onSeek={onSeek}
                  />
                  <q dir="auto">{quote.quote}</q>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
      <p className="soft small">
        Not found proves nothing: names of technologies are often misheard.
      </p>
    </section>
  );
}

interface PlaceProps {
  quote: Quote;
  /** It is in the answer that is shown. */
  open: boolean;
  number: number;
  onSeek: (second: number) => void;
}

/** Leads to where it was said. */
function Place({ quote, open, number, onSeek }: PlaceProps) {
  const { replace } = useParams();
  const second = quote.start_seconds;
  if (open) return second !== null && <SeekButton second={second} onSeek={onSeek} />;
  const at = second === null ? null : String(second);
  return (
    <a
      className={styles.time}
      href={`?question=${number}${at ? `&at=${at}` : ""}`}
      onClick={(event) => {
        // In another tab, where that is wanted.
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        replace({ question: String(number), at });
      }}
    >
      Question {number}
      {second !== null && `, ${clock(second)}`}
    </a>
  );
}

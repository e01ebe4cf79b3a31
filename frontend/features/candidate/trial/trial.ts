import { memoryShelf } from "@/features/account/deviceRecordings";
import { currentTake, takesLeft } from "@/lib/answers";
import { refuse } from "@/lib/errors";
import type { AnsweringProps } from "../answering/Answering";
import type { AnswerStore, Consent, Ended, Started } from "../answering/answerStore";
import { Recordings } from "../answering/recordings";
import type { Sending } from "../answering/send";
import type { JoinedInterview, OwnResponse, Participation } from "../participations";
import type { TriedInterview } from "./trialRead";

// As start_response returns them where nothing is tighter.
const MOST_BYTES = 52_428_800;
const BITS_PER_SECOND = 648_000;
// Long enough for the progress to be seen.
const SENDING_STEPS = [0.25, 0.5, 0.75, 1];
const STEP_MS = 300;

/**
 * An interview that is tried: answers go nowhere but into this object, which is gone with the page.
 * It answers like the database and Storage would, as far as the screens can tell.
 */
export class Trial implements AnswerStore {
  readonly receiptTo = null;
  // Nobody looks at what goes nowhere.
  readonly checker = null;
  private readonly listeners = new Set<() => void>();
  private readonly urls = new Map<string, string>();
  private readonly drafts = new Map<string, string>();
  private readonly waiting: Recordings;
  private begun = 0;
  private state: JoinedInterview;

  constructor(tried: TriedInterview) {
    const { questions, settings } = tried;
    const participation: Participation = {
      id: "trial",
      status: "active",
      joined_at: new Date().toISOString(),
      completed_at: null,
      answered: 0,
      consents_to_recording: false,
      consents_to_analysis: false,
      consent_version: null,
      responses_deleted_at: null,
      responses_expired_at: null,
      interview: opened(tried),
      phase: "open",
    };
    this.state = { participation, questions, settings, responses: [], accommodation: null };
    this.waiting = new Recordings(tried.interview.id, {
      lock: null,
      openShelf: async () => ({ ...memoryShelf(), lasting: true }),
      send: (sending) => this.send(sending),
    });
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly snapshot = (): JoinedInterview => this.state;

  readonly refresh: AnsweringProps["refresh"] = async () => {};

  readonly change: AnsweringProps["change"] = async (change) => this.set(change(this.state));

  /** The recruiter has changed something meanwhile. */
  update(tried: TriedInterview) {
    const { questions, settings } = tried;
    const participation = { ...this.state.participation, interview: opened(tried) };
    this.set({ participation, questions, settings });
  }

  /** Forgets what was recorded. */
  end() {
    for (const url of this.urls.values()) URL.revokeObjectURL(url);
    this.urls.clear();
  }

  async setConsent({ recording, analysis }: Consent) {
    this.setParticipation({ consents_to_recording: recording, consents_to_analysis: analysis });
  }

  async start(questionId: string): Promise<Started> {
    const { questions, responses } = this.state;
    const question = questions.find(({ id }) => id === questionId) ?? refuse("question_not_found");
    return {
      response_id: this.newId(),
      bucket: "",
      path: "",
      max_seconds: question.max_seconds,
      max_bytes: MOST_BYTES,
      bits_per_second: BITS_PER_SECOND,
      takes_left: takesLeft(question, responses, null) - 1,
    };
  }

  async write(questionId: string, answer: string, replace: boolean) {
    const before = currentTake(questionId, this.state.responses);
    const text = answer.trim();
    if (text && before && before.kind !== "text" && !replace) refuse("response_exists");
    this.set({
      responses: this.state.responses.filter(
        ({ question_id, kind }) => question_id !== questionId || kind !== "text",
      ),
    });
    if (text) this.keep({ ...EMPTY, id: this.newId(), question_id: questionId, answer: text });
  }

  async complete(): Promise<Ended> {
    return { status: "completed", completed_at: new Date().toISOString() };
  }

  async withdraw(): Promise<Ended> {
    return { status: "withdrawn", completed_at: null };
  }

  async deleteResponses() {
    this.end();
    this.set({ responses: [] });
    this.setParticipation({
      consents_to_recording: false,
      consents_to_analysis: false,
      responses_deleted_at: new Date().toISOString(),
    });
  }

  async linkTo(takeId: string): Promise<string> {
    return this.urls.get(takeId) ?? refuse("not_found");
  }

  async correct(): Promise<null> {
    refuse("not_found");
  }

  recordings(): Recordings {
    return this.waiting;
  }

  readDraft(key: string): string | null {
    return this.drafts.get(key) ?? null;
  }

  writeDraft(key: string, text: string | null) {
    if (text === null) this.drafts.delete(key);
    else this.drafts.set(key, text);
  }

  private async send({ kept, file, signal, onProgress }: Sending): Promise<null> {
    for (const part of SENDING_STEPS) {
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
      signal.throwIfAborted();
      onProgress(file.size * part);
    }
    this.urls.set(kept.id, URL.createObjectURL(file));
    this.keep({
      ...EMPTY,
      id: kept.id,
      question_id: kept.questionId,
      kind: kept.kind,
      mime_type: kept.mimeType,
      duration_seconds: kept.seconds,
      size_bytes: file.size,
    });
    return null;
  }

  /** The latest take counts. */
  private keep(response: OwnResponse) {
    const before = this.state.responses.map((one) =>
      one.question_id === response.question_id ? { ...one, status: "discarded" } : one,
    );
    this.set({ responses: [{ ...response, uploaded_at: new Date().toISOString() }, ...before] });
  }

  private newId(): string {
    this.begun += 1;
    return `trial-${this.begun}`;
  }

  private setParticipation(changes: Partial<Participation>) {
    this.set({ participation: { ...this.state.participation, ...changes } });
  }

  private set(changes: Partial<JoinedInterview>) {
    this.state = { ...this.state, ...changes };
    for (const listener of this.listeners) listener();
  }
}

const EMPTY: OwnResponse = {
  id: "",
  question_id: "",
  kind: "text",
  take: 1,
  status: "uploaded",
  answer: null,
  mime_type: null,
  duration_seconds: null,
  size_bytes: null,
  uploaded_at: null,
  analyses: [],
};

/** As it is for candidates while it can be answered, also where it is closed or over. */
function opened({ interview }: TriedInterview): Participation["interview"] {
  const over = interview.deadline !== null && new Date(interview.deadline) <= new Date();
  return { ...interview, status: "active", deadline: over ? null : interview.deadline };
}

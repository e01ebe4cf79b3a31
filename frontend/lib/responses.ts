import type { Tables } from "./database.types";

type Response = Pick<Tables<"interview_responses">, "question_id" | "question">;
type Question = Pick<Tables<"interview_questions">, "id" | "question">;

/** A question and what somebody answered. */
export interface Answer<R> {
  questionId: string;
  /** As it was asked, where there is a response; otherwise as it is now. */
  question: string;
  /** How the question reads now, if it has been reworded since it was answered. */
  now: string | null;
  response: R | null;
}

/** All questions in their order, each with its response. */
export function answersTo<R extends Response>(questions: Question[], responses: R[]): Answer<R>[] {
  const byQuestion = new Map(responses.map((response) => [response.question_id, response]));
  return questions.map(({ id, question }) => {
    const response = byQuestion.get(id) ?? null;
    const asked = response?.question ?? question;
    return { questionId: id, question: asked, now: asked === question ? null : question, response };
  });
}

/** "3 of 5" */
export const answeredOf = (answered: number, questions: number): string =>
  `${answered} of ${questions}`;

/** Where somebody is who reads the questions in turn, from 0: `?question=3` is the third. */
export function placeIn(param: string | null | undefined, length: number): number {
  const place = /^\d{1,6}$/.test(param ?? "") ? Number(param) - 1 : 0;
  return Math.max(0, Math.min(place, length - 1));
}

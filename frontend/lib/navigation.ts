import { interviewCode } from "./code.ts";

/** Where people go who asked for nothing in particular: it leads to where their work is. */
export const HOME = "/";

/** A candidate's interviews. */
export const DASHBOARD = "/candidates/dashboard";

/**
 * The path of `next` within this site, or `fallback`. What leads to another origin does not
 * count: `https://…`, `//…`, `/\…`, `javascript:…`.
 */
export function safePath(next: string | null | undefined, fallback: string = HOME): string {
  if (!next?.startsWith("/")) return fallback;
  const here = "http://here.invalid";
  try {
    const url = new URL(next, here);
    if (url.origin !== here) return fallback;
    const path = url.pathname + url.search + url.hash;
    // A pathname may itself begin with two slashes: "/.//evil.example".
    return path.startsWith("//") ? fallback : path;
  } catch {
    return fallback;
  }
}

/** `path` with those parameters that have a value. */
export function withParams(
  path: string,
  params: Record<string, string | null | undefined>,
): string {
  const [before = "", query] = path.split("?", 2);
  const search = new URLSearchParams(query);
  for (const [name, value] of Object.entries(params)) if (value) search.set(name, value);
  return search.size ? `${before}?${search}` : before;
}

/** Parameters to set, or with null to remove. */
export type Changes = Record<string, string | null>;

/** Path and query of an address, with some of its parameters changed. */
export function changedParams(address: string, changes: Changes): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  // "?new" rather than "?new=".
  return url.pathname + url.search.replace(/=(?=&|$)/g, "");
}

/** What `/login`, `/signup` and `/candidates` are asked with; a repeated parameter is a list. */
export interface ReturnToQuery {
  code?: string | string[] | undefined;
  next?: string | string[] | undefined;
}

/** The parameters of a page. */
export type Query = Record<string, string | string[] | undefined>;

/** The first of a parameter's values. */
export const first = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

/** What of it is fit to go on with. */
export const returnToFrom = ({
  code,
  next,
}: ReturnToQuery): { code: string | null; next: string | null } => ({
  code: interviewCode(first(code)),
  next: first(next) ? safePath(first(next)) : null,
});

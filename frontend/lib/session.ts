import type { SupabaseClient } from "@supabase/supabase-js";

/** The signed-in person, as far as the screens need to know. */
export interface Account {
  id: string;
  email: string;
  name: string | null;
  /** Whether it has the role for it; accounts without it may recruit, too, unless settings say no. */
  recruiter: boolean;
}

interface Claims {
  sub: string;
  email?: string;
  user_metadata?: Record<string, unknown>;
  app_metadata?: Record<string, unknown> | undefined;
}

/** The account of a token's claims. The name is the person's own word, fit for display alone. */
export function accountOf({ sub, email, user_metadata, app_metadata }: Claims): Account {
  const name = user_metadata?.full_name;
  const roles = app_metadata?.roles;
  return {
    id: sub,
    email: email ?? "",
    // A name of invisible characters alone is none.
    name: typeof name === "string" && /[^\s\p{C}]/u.test(name) ? name.trim() : null,
    recruiter: Array.isArray(roles) && roles.includes("recruiter"),
  };
}

/**
 * The verified token's claims. A planted cookie may hold anything: what makes no sense is nobody,
 * and so is a token of no account, such as a public key of the project.
 */
export async function claimsOf(auth: Pick<SupabaseClient["auth"], "getClaims">) {
  try {
    const answer = await auth.getClaims();
    return answer.data?.claims.sub ? answer : { data: null, error: answer.error };
  } catch (error) {
    return { data: null, error };
  }
}

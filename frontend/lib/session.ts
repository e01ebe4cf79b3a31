/** The signed-in person, as far as the screens need to know. */
export interface Account {
  id: string;
  email: string;
  name: string | null;
}

interface Claims {
  sub: string;
  email?: string;
  user_metadata?: Record<string, unknown>;
}

/** The account of a token's claims. The name is the person's own word, fit for display alone. */
export function accountOf({ sub, email, user_metadata: metadata }: Claims): Account {
  const name = metadata?.full_name;
  return { id: sub, email: email ?? "", name: typeof name === "string" && name ? name : null };
}

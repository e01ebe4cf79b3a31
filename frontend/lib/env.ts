/** Where Supabase is. Read on the server at each start: see `Providers` for the browser's way. */
export interface SupabaseSettings {
  url: string;
  anonKey: string;
  /** Where recordings are uploaded to: with /storage/v1, without a slash at the end. */
  storageUrl: string;
}

// Hosted projects have a host of its own for large uploads.
const OWN_STORAGE = "NEXT_PUBLIC_SUPABASE_STORAGE_URL";

// By a computed name, because Next.js would write the values of the build into the bundle.
const variable = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: see frontend/.env.example`);
  return value;
};

/** Whether this is a key that opens the whole project: sb_secret_…, or a token of such a role. */
export function isSecretKey(value: string): boolean {
  const key = value.trim();
  if (key.startsWith("sb_secret_")) return true;
  const [, payload, signature] = key.split(".");
  if (!payload || signature === undefined) return false;
  try {
    const { role } = JSON.parse(Buffer.from(payload, "base64url").toString());
    return role !== undefined && role !== "anon";
  } catch {
    return false;
  }
}

/** Throws if a variable that browsers are told holds a secret key; names it, never its value. */
export function refuseSecretKeys(environment: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith("NEXT_PUBLIC_") && isSecretKey(value ?? "")) {
      throw new Error(
        `${name} holds a secret key, which every visitor could read: use the anon key or ` +
          "sb_publishable_…, and replace this one if it has been served",
      );
    }
  }
}

export function supabaseSettings(): SupabaseSettings {
  const url = variable("NEXT_PUBLIC_SUPABASE_URL");
  // By a computed name, as above.
  const storage = process.env[OWN_STORAGE] || url;
  return {
    url,
    anonKey: variable("NEXT_PUBLIC_SUPABASE_ANON_KEY"),
    storageUrl: `${storage.replace(/\/+$/, "")}/storage/v1`,
  };
}

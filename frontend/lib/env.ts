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

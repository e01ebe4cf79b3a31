/** Where Supabase is. Read on the server at each start: see `Providers` for the browser's way. */
export interface SupabaseSettings {
  url: string;
  anonKey: string;
}

// By a computed name, because Next.js would write the values of the build into the bundle.
const variable = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: see frontend/.env.example`);
  return value;
};

export const supabaseSettings = (): SupabaseSettings => ({
  url: variable("NEXT_PUBLIC_SUPABASE_URL"),
  anonKey: variable("NEXT_PUBLIC_SUPABASE_ANON_KEY"),
});

import useSWR from "swr";
import { accountOf } from "@/lib/session";
import { useSignedIn } from "./Providers";

/** The account's name. Asked of Auth, as the database does: a token may lack it. */
export function useAccountName(wanted = true): string | null {
  const { supabase, account } = useSignedIn();
  const { data } = useSWR(wanted ? ["name", account.id] : null, async () => {
    const { data } = await supabase.auth.getUser();
    return data.user ? accountOf({ ...data.user, sub: data.user.id }).name : null;
  });
  return data ?? account.name;
}

import { useState } from "react";
import { problemOf } from "@/lib/errors";

/** The title that the database has refused, and its message: only the database knows the rule. */
export function useRefusedTitle() {
  const [refused, setRefused] = useState<{ title: string; said: string } | null>(null);

  /** Whether it worked; false too where the title was refused, which its field then says. */
  const tried = async (title: string, work: () => Promise<unknown>): Promise<boolean> => {
    try {
      return (await work()) !== false;
    } catch (error) {
      const { slug, message, hint } = problemOf(error);
      if (slug !== "text_not_allowed") throw error;
      setRefused({ title: title.trim(), said: `${message} ${hint}` });
      return false;
    }
  };
  const faultOf = (title: string): string => (title.trim() === refused?.title ? refused.said : "");
  return { tried, faultOf };
}

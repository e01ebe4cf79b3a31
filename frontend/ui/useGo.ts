"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";

interface Go {
  /** Puts another page of ours in this one's place. */
  go: (path: string) => void;
  /** It is on its way. */
  going: boolean;
}

/** The way to another page after something was done: the button that was pressed stays busy. */
export function useGo(): Go {
  const router = useRouter();
  const [going, start] = useTransition();
  const go = (path: string) => start(() => router.replace(path));
  return { go, going };
}

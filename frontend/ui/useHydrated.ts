"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};

/** False for the server, and until the browser has taken over what it drew. */
export const useHydrated = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );

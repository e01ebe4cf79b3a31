"use client";

import { useEffect, useRef } from "react";

/** Focuses the heading of a step that has just opened, so that screen readers begin there. */
export function useHeading() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return { ref: heading, tabIndex: -1 };
}

"use client";

import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef, useState } from "react";
import styles from "./Questions.module.css";

/** Which way, in places. */
export type Way = -1 | 1;

interface Reorder {
  /** For the element of the whole list: where the focus is looked for. */
  list: React.RefObject<HTMLOListElement | null>;
  /** Says where the moved one is now; to be rendered. */
  announcement: ReactNode;
  /** Moves it, unless it stands at the end; the focus stays on what has it. */
  move: (index: number, way: Way) => void;
  /** For what is typed in: Alt and an arrow move it as well. */
  onKeyDown: (event: KeyboardEvent, index: number) => void;
}

/** Reordering by buttons and by keyboard. `onMove` is only called with places that exist. */
export function useReorder(length: number, onMove: (from: number, to: number) => void): Reorder {
  const list = useRef<HTMLOListElement>(null);
  const kept = useRef<HTMLElement | null>(null);
  const [said, setSaid] = useState("");

  // Moving an element of the page takes its focus away.
  useLayoutEffect(() => {
    if (kept.current?.isConnected) kept.current.focus({ preventScroll: false });
    kept.current = null;
  });

  const move = (index: number, way: Way) => {
    const to = index + way;
    if (to < 0 || to >= length) return;
    const active = document.activeElement;
    if (active instanceof HTMLElement && list.current?.contains(active)) kept.current = active;
    setSaid(`Question ${index + 1} is now number ${to + 1} of ${length}.`);
    onMove(index, to);
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    move(index, event.key === "ArrowUp" ? -1 : 1);
  };
  const announcement = (
    <span className="unseen" role="status">
      {said}
    </span>
  );
  return { list, announcement, move, onKeyDown };
}

interface MoveButtonsProps {
  index: number;
  length: number;
  onMove: (index: number, way: Way) => void;
}

/** Up and down. At an end the button stays, so that it keeps the focus. */
export function MoveButtons({ index, length, onMove }: MoveButtonsProps) {
  const button = (way: Way, name: string, path: string) => {
    const end = way === -1 ? index === 0 : index === length - 1;
    return (
      <button
        type="button"
        className={styles.move}
        aria-label={`Move question ${index + 1} ${name}`}
        aria-disabled={end}
        onClick={() => onMove(index, way)}
      >
        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
          <path d={path} fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
        </svg>
      </button>
    );
  };
  return (
    <>
      {button(-1, "up", "M8 13V3.5M3.5 7.5 8 3l4.5 4.5")}
      {button(1, "down", "M8 3v9.5M3.5 8.5 8 13l4.5-4.5")}
    </>
  );
}

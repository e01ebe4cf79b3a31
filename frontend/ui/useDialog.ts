"use client";

import { useEffect, useRef } from "react";
import { useHydrated } from "./useHydrated";
import { useParams } from "./useParams";

interface AddressedDialog {
  /** What it is about, "" without more to say; null while it is closed. */
  about: string | null;
  /** Opens it, or leads on from it: Back leads to how it was. */
  open: (about?: string) => void;
  /** Back to what it was about before; closes what was opened last. */
  back: () => void;
  /** Closes it, however far it has led on. */
  close: () => void;
}

/** Kept in the history with an entry that a dialog has added: its name, and how far it has led. */
interface Mark {
  dialog?: { name: string; depth: number };
}

const markOf = (name: string): number => {
  const { dialog } = (window.history.state ?? {}) as Mark;
  return dialog?.name === name ? dialog.depth : 0;
};

/**
 * A dialog that is open while the page's address has the parameter `name`: Back closes it and does
 * not leave the page, Forward and reloading open it again.
 */
export function useDialog(name: string): AddressedDialog {
  const { param, push, replace } = useParams();
  // The server draws no dialogs.
  const about = useHydrated() ? param(name) : null;
  // The browser takes a moment to go back. Asked twice, it would leave the page; and it forgets it
  // if the router replaces the entry at that moment, so that a timer closes the dialog instead.
  const going = useRef<number | null>(null);
  // Whether it was asked to close meanwhile, which it does from where it gets to.
  const closing = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: then it has gone, or the page has
  useEffect(() => {
    if (closing.current) goBack(markOf(name));
    closing.current = false;
    return () => {
      if (going.current !== null) window.clearTimeout(going.current);
      going.current = null;
    };
  }, [about]);

  const goBack = (entries: number) => {
    if (about === null || going.current !== null) return;
    const close = () => replace({ [name]: null });
    // Without another entry for Back to go through.
    if (entries === 0) return close();
    window.history.go(-entries);
    going.current = window.setTimeout(close, 2000);
  };
  return {
    about,
    open: (to = "") => push({ [name]: to }, { dialog: { name, depth: markOf(name) + 1 } }),
    back: () => goBack(Math.min(markOf(name), 1)),
    close: () => {
      closing.current = going.current !== null;
      goBack(markOf(name));
    },
  };
}

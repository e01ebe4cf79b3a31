import { useState } from "react";

/** The ids of the rows that are ticked, or all that a list has. */
export interface Selection {
  ids: ReadonlySet<string>;
  /** Whether all are meant that match, also those on other pages. */
  all: boolean;
}

const NONE: Selection = { ids: new Set(), all: false };

/** What is selected of the list that `of` says; kept from page to page, and empty for another list. */
export function useSelection(of: string) {
  const [kept, setKept] = useState({ of, selection: NONE });
  const selection = kept.of === of ? kept.selection : NONE;
  const set = (next: Selection) => setKept({ of, selection: next });
  return {
    selection,
    /** Ticks these rows, or takes their ticks away. */
    tick: (ids: string[], ticked: boolean) => {
      const next = new Set(selection.ids);
      for (const id of ids) {
        if (ticked) next.add(id);
        else next.delete(id);
      }
      set({ ids: next, all: false });
    },
    selectAll: () => set({ ids: selection.ids, all: true }),
    clear: () => set(NONE),
  };
}

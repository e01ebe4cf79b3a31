"use client";

import { type ComponentType, type ReactNode, useCallback, useEffect, useState } from "react";
import { refuse } from "@/lib/errors";
import { Dialog } from "./Dialog";
import { PendingBar } from "./PageLink";
import { ProblemNotice } from "./ProblemNotice";
import { Skeleton } from "./Skeleton";
import { useAction } from "./useAction";

type Load<Props> = () => Promise<{ default: ComponentType<Props> }>;
type Show<Props> = (problem: ReactNode, props: Props) => ReactNode;

/**
 * A component whose code is loaded when it is first shown; until then, `show` is there. Where it
 * cannot be loaded, the problem has a button that tries again: React's own `lazy` would replace
 * the page, and never try again.
 */
function onDemand<Props extends object>(load: Load<Props>, show: Show<Props>) {
  let loaded: ComponentType<Props> | null = null;
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each part, by its file
  return function OnDemand(props: Props) {
    const [Component, setComponent] = useState(() => loaded);
    const { run, busy, refusal } = useAction();
    const fetchCode = useCallback(
      () =>
        run(async () => {
          const found = await load().catch(() => refuse("network_down"));
          loaded = found.default;
          setComponent(() => found.default);
        }),
      [run],
    );
    useEffect(() => {
      if (!loaded) void fetchCode();
    }, [fetchCode]);
    if (Component) return <Component {...props} />;
    const problem = refusal && <ProblemNotice problem={refusal} onRetry={fetchCode} busy={busy} />;
    return show(problem, props);
  };
}

/** A dialog that is loaded when it is first opened, while a bar on top of the page says so. */
export function dialogOnDemand<Props extends { onClose: () => void }>(load: Load<Props>) {
  return onDemand<Props>(load, (problem, { onClose }) =>
    problem ? (
      <Dialog title="This didn’t open" onClose={onClose}>
        {problem}
      </Dialog>
    ) : (
      <PendingBar />
    ),
  );
}

/** A part of a page that is loaded when it is first shown; `of` is what is awaited. */
export function partOnDemand<Props extends object>(load: Load<Props>, of: string) {
  return onDemand<Props>(load, (problem) => problem ?? <Skeleton of={of} />);
}

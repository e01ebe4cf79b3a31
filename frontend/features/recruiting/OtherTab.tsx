import type { ReactNode } from "react";
import { Button } from "@/ui/Button";
import { Notice } from "@/ui/Notice";

interface OtherTabProps {
  /** What the other tab has; null where it has finished or discarded the draft. */
  other: ReactNode;
  onTheirs: () => void;
  onMine: () => void;
}

/** Asks which version of a draft counts that two tabs have changed. */
export function OtherTab({ other, onTheirs, onMine }: OtherTabProps) {
  return (
    <Notice
      tone="warn"
      title={
        other === null
          ? "This draft was finished or discarded in another tab."
          : "This draft was changed in another tab."
      }
      actions={
        <>
          <Button variant="secondary" small onClick={onTheirs}>
            {other === null ? "Start over" : "Use the other version"}
          </Button>
          <Button variant="secondary" small onClick={onMine}>
            {other === null ? "Keep what is here as a new draft" : "Keep what is here"}
          </Button>
        </>
      }
    >
      {other === null ? "Changes here are no longer saved." : <>The other tab has {other}.</>}{" "}
      Choose one to continue.
    </Notice>
  );
}

import { type ReactNode, useEffect, useRef } from "react";
import type { ReturnTo } from "@/lib/auth";
import { Button } from "@/ui/Button";

interface CheckYourInboxProps {
  title: string;
  returnTo: ReturnTo;
  /** What else can be done, below the text. */
  more?: ReactNode;
  /** Leads back to the form, by a button of this name. */
  onBack: () => void;
  back: string;
  children: ReactNode;
}

/** Takes the place of a form once an email is on its way. */
export function CheckYourInbox({
  title,
  returnTo,
  more,
  onBack,
  back,
  children,
}: CheckYourInboxProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="card stack">
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <p>{children}</p>
      {returnTo.code && <p>Your interview code is kept.</p>}
      {more}
      <div>
        <Button variant="quiet" onClick={onBack}>
          {back}
        </Button>
      </div>
    </section>
  );
}

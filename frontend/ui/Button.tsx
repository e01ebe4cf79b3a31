import type { ComponentProps, MouseEvent, ReactNode } from "react";
import styles from "./Button.module.css";
import { PageLink } from "./PageLink";

interface Look {
  variant?: "primary" | "secondary" | "quiet" | "danger";
  small?: boolean;
  wide?: boolean;
}

const look = ({ variant = "primary", small, wide }: Look): string =>
  [styles.button, styles[variant], small && styles.small, wide && styles.wide]
    .filter(Boolean)
    .join(" ");

type ButtonProps = Omit<ComponentProps<"button">, "className"> & Look & { busy?: boolean };

/**
 * A button. While `busy` it looks so, says so to screen readers, keeps the focus, and clicks do
 * nothing; a form's `onSubmit` has to look at its own state, because Enter submits all the same.
 */
export function Button({ variant, small, wide, busy, onClick, type, ...rest }: ButtonProps) {
  const ignoreWhileBusy = (event: MouseEvent<HTMLButtonElement>) => {
    if (busy) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      {...rest}
      type={type ?? "button"}
      className={look({ variant, small, wide } as Look)}
      aria-busy={busy || undefined}
      onClick={ignoreWhileBusy}
    />
  );
}

interface ButtonLinkProps extends Look {
  href: string;
  children: ReactNode;
  onClick?: () => void;
}

/** A link that looks like a button. */
export function ButtonLink({ href, children, onClick, ...rest }: ButtonLinkProps) {
  return (
    <PageLink href={href} className={look(rest)} {...(onClick && { onClick })}>
      {children}
    </PageLink>
  );
}

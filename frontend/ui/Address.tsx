import { Fragment } from "react";
import styles from "./Address.module.css";

// What is shorter has room on a line of its own on every screen.
const LONG = 24;

/** An email address. One that needs two lines breaks before its domain; long parts, at their dots. */
export function Address({ children: email }: { children: string }) {
  const at = email.lastIndexOf("@");
  return (
    <span className={styles.address}>
      <Part>{email.slice(0, at)}</Part>
      <wbr />
      <Part>{email.slice(at)}</Part>
    </span>
  );
}

function Part({ children: part }: { children: string }) {
  if (part.length <= LONG) return part;
  return part.split(/(?<=\.)/).map((label, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a label may come twice
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {label}
    </Fragment>
  ));
}

/** A text in which addresses may stand, like what a mail server answers. */
export function WithAddresses({ children: text }: { children: string }) {
  return text.split(/([^\s<>]+@[^\s<>]+)/).map((piece, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces are what they are at their places
    <Fragment key={index}>{index % 2 === 1 ? <Address>{piece}</Address> : piece}</Fragment>
  ));
}

"use client";

import { useState } from "react";
import { Field } from "./Field";

interface SearchFieldProps {
  label: string;
  /** What the address of the page says. */
  value: string;
  onSearch: (search: string) => void;
}

/** Searches once there is a pause in typing. */
export function SearchField({ label, value, onSearch }: SearchFieldProps) {
  const [timer, setTimer] = useState<ReturnType<typeof setTimeout>>();
  const [typed, setTyped] = useState(value);
  const [sent, setSent] = useState(value);
  // Back and Forward change the address, and the field with it.
  if (value !== sent) {
    setSent(value);
    if (value !== termOf(typed)) setTyped(value);
  }
  return (
    <Field
      label={label}
      type="search"
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      value={typed}
      onChange={({ target }) => {
        setTyped(target.value);
        clearTimeout(timer);
        setTimer(setTimeout(() => onSearch(termOf(target.value)), 250));
      }}
    />
  );
}

const termOf = (typed: string): string => typed.trim();

import { useId } from "react";
import { count } from "@/lib/format";
import styles from "./Choices.module.css";

interface ChoicesProps<Value extends string | number> {
  /** What is chosen, for screen readers. */
  of: string;
  /** Each value with its name, and how many have it. */
  choices: readonly (readonly [value: Value, name: string, count?: number | undefined])[];
  value: Value;
  onChange: (value: Value) => void;
}

/** A few values, of which one is chosen. */
export function Choices<Value extends string | number>(props: ChoicesProps<Value>) {
  const name = useId();
  return (
    <fieldset className={styles.choices}>
      <legend className="unseen">{props.of}</legend>
      {props.choices.map(([value, text, of]) => (
        <label key={value} className={styles.choice}>
          <input
            type="radio"
            name={name}
            checked={props.value === value}
            onChange={() => props.onChange(value)}
          />
          {text}
          {of !== undefined && <span className={styles.count}>{count(of)}</span>}
        </label>
      ))}
    </fieldset>
  );
}

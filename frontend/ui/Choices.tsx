import { useId } from "react";
import styles from "./Choices.module.css";

interface ChoicesProps<Value extends string | number> {
  /** What is chosen, for screen readers. */
  of: string;
  /** Each value with its name. */
  choices: readonly (readonly [Value, string])[];
  value: Value;
  onChange: (value: Value) => void;
}

/** A few values, of which one is chosen. */
export function Choices<Value extends string | number>(props: ChoicesProps<Value>) {
  const name = useId();
  return (
    <fieldset className={styles.choices}>
      <legend className="unseen">{props.of}</legend>
      {props.choices.map(([value, text]) => (
        <label key={value} className={styles.choice}>
          <input
            type="radio"
            name={name}
            checked={props.value === value}
            onChange={() => props.onChange(value)}
          />
          {text}
        </label>
      ))}
    </fieldset>
  );
}

import { type ComponentProps, type ReactNode, useId } from "react";
import styles from "./Field.module.css";

interface FieldFrame {
  label: ReactNode;
  /** Said before anything goes wrong. */
  hint?: ReactNode;
  /** Said when something did; also marks the input as invalid. */
  error?: ReactNode;
  /** Adds "(optional)" to the label. */
  optional?: boolean;
}

type InputProps = Omit<ComponentProps<"input">, "className"> & FieldFrame;
type SelectProps = Omit<ComponentProps<"select">, "className"> & FieldFrame;
type TextAreaProps = Omit<ComponentProps<"textarea">, "className"> & FieldFrame;

/** A labelled line of text. */
export function Field({ label, hint, error, optional, id, ...rest }: InputProps) {
  const frame = useFrame(id, hint, error);
  return (
    <Frame {...{ label, hint, error, optional, ...frame }}>
      <input dir="auto" {...rest} {...frame.control} className={styles.input} />
    </Frame>
  );
}

/** The same for several lines. */
export function TextArea({ label, hint, error, optional, id, ...rest }: TextAreaProps) {
  const frame = useFrame(id, hint, error);
  return (
    <Frame {...{ label, hint, error, optional, ...frame }}>
      <textarea dir="auto" {...rest} {...frame.control} className={styles.input} />
    </Frame>
  );
}

/** The same with choices, as `<option>`s. */
export function Select({ label, hint, error, optional, id, ...rest }: SelectProps) {
  const frame = useFrame(id, hint, error);
  return (
    <Frame {...{ label, hint, error, optional, ...frame }}>
      <select {...rest} {...frame.control} className={styles.input} />
    </Frame>
  );
}

type CheckboxProps = Omit<ComponentProps<"input">, "className" | "type" | "children"> & {
  label: ReactNode;
};

/** Something to agree to, or not. */
export const Checkbox = ({ label, ...rest }: CheckboxProps) => (
  <label className={styles.checkbox}>
    <input {...rest} type="checkbox" />
    <span>{label}</span>
  </label>
);

function useFrame(id: string | undefined, hint: ReactNode, error: ReactNode) {
  const drawn = useId();
  const ids = { own: id ?? drawn, hint: `${id ?? drawn}-hint`, error: `${id ?? drawn}-error` };
  const described = [hint && ids.hint, error && ids.error].filter(Boolean).join(" ");
  return {
    ids,
    control: {
      id: ids.own,
      "aria-describedby": described || undefined,
      "aria-invalid": error ? true : undefined,
    },
  };
}

interface FrameProps {
  ids: { own: string; hint: string; error: string };
  label: ReactNode;
  hint: ReactNode;
  error: ReactNode;
  optional: boolean | undefined;
  children: ReactNode;
}

function Frame({ ids, label, hint, error, optional, children }: FrameProps) {
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={ids.own}>
        {label} {optional && <span className={styles.optional}>(optional)</span>}
      </label>
      {hint && (
        <span className={styles.hint} id={ids.hint}>
          {hint}
        </span>
      )}
      {children}
      {error && (
        <span className={styles.error} id={ids.error}>
          {error}
        </span>
      )}
    </div>
  );
}

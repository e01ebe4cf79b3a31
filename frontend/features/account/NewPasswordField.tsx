import { Field } from "@/ui/Field";

/** A password that is being chosen: what Auth takes, and what password managers must know. */
export function NewPasswordField({ label }: { label: string }) {
  return (
    <Field
      label={label}
      name="password"
      type="password"
      autoComplete="new-password"
      maxLength={72}
      hint="At least 8 characters, with letters and digits."
      required
    />
  );
}

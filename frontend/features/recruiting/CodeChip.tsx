import { CopyButton } from "@/ui/CopyButton";
import styles from "./CodeChip.module.css";

/** The code of one candidate, to be read out or copied. */
export function CodeChip({ code, email }: { code: string; email: string }) {
  return (
    <span className={styles.row}>
      <span className={styles.chip}>{code}</span>
      <CopyButton text={() => code} of={`the code of ${email}`}>
        Copy
      </CopyButton>
    </span>
  );
}

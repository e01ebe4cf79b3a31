import {
  choicesWith,
  KIND_NAMES,
  KINDS,
  LENGTHS,
  PREPARATIONS,
  type QuestionSettings,
  TAKES,
} from "@/lib/questionSettings";
import { length } from "@/lib/recording";
import { Checkbox, Select } from "@/ui/Field";
import styles from "./QuestionSettingsFields.module.css";

interface QuestionSettingsFieldsProps {
  settings: QuestionSettings;
  onChange: (settings: QuestionSettings) => void;
}

/** How one question may be answered. */
export function QuestionSettingsFields({ settings, onChange }: QuestionSettingsFieldsProps) {
  const { max_seconds, max_takes, preparation_seconds, required } = settings;
  return (
    <div className={styles.fields}>
      <Select
        label="Longest recording"
        value={max_seconds}
        onChange={(event) => onChange({ ...settings, max_seconds: Number(event.target.value) })}
      >
        {choicesWith(LENGTHS, max_seconds).map((seconds) => (
          <option key={seconds} value={seconds}>
            {length(seconds)}
          </option>
        ))}
      </Select>
      <Select
        label="Takes"
        value={max_takes}
        onChange={(event) => onChange({ ...settings, max_takes: Number(event.target.value) })}
      >
        {TAKES.map((takes) => (
          <option key={takes}>{takes}</option>
        ))}
      </Select>
      <Select
        label="Time to prepare"
        value={preparation_seconds}
        onChange={(event) =>
          onChange({ ...settings, preparation_seconds: Number(event.target.value) })
        }
      >
        {choicesWith(PREPARATIONS, preparation_seconds).map((seconds) => (
          <option key={seconds} value={seconds}>
            {seconds === 0 ? "None" : length(seconds)}
          </option>
        ))}
      </Select>
      <Checkbox
        label="Required: nobody can submit without an answer"
        checked={required}
        onChange={(event) => onChange({ ...settings, required: event.target.checked })}
      />
    </div>
  );
}

interface KindsFieldProps {
  kinds: string[];
  onChange: (kinds: string[]) => void;
  /** Whether faults are shown yet. */
  checked: boolean;
}

/** What is wrong with the kinds of answers; empty when nothing is. */
export const kindsFault = (kinds: string[]): string =>
  kinds.length === 0 ? "Choose at least one." : "";

/** How candidates may answer all questions. */
export function KindsField({ kinds, onChange, checked }: KindsFieldProps) {
  const fault = checked && kindsFault(kinds);
  return (
    <fieldset className={styles.kinds}>
      <legend className={styles.legend}>Candidates can answer in</legend>
      <div className="row">
        {KINDS.map((kind) => (
          <Checkbox
            key={kind}
            label={KIND_NAMES[kind]}
            checked={kinds.includes(kind)}
            aria-invalid={fault ? true : undefined}
            onChange={(event) =>
              onChange(
                KINDS.filter((one) => (one === kind ? event.target.checked : kinds.includes(one))),
              )
            }
          />
        ))}
      </div>
      {fault && <p className={styles.error}>{fault}</p>}
    </fieldset>
  );
}

import { languagesWith, languageTold } from "@/lib/analysis";
import { Checkbox, Select } from "@/ui/Field";
import styles from "./QuestionSettingsFields.module.css";

/** Whether recordings are written down by software, and in which language people answer. */
export interface AnalysisSettings {
  /** "off" or "transcripts". */
  analysis: string;
  language: string;
}

/** As the database has it for interviews that say nothing of it. */
export const USUAL_ANALYSIS: AnalysisSettings = { analysis: "transcripts", language: "en" };

/** "Transcripts in English" */
export const analysisTold = ({ analysis, language }: AnalysisSettings): string =>
  analysis === "off" ? "No transcripts" : `Transcripts in ${languageTold(language)}`;

interface AnalysisFieldsProps {
  values: AnalysisSettings;
  onChange: (change: Partial<AnalysisSettings>) => void;
}

/** Transcripts on or off, and the language. */
export function AnalysisFields({ values, onChange }: AnalysisFieldsProps) {
  const { analysis, language } = values;
  const on = analysis !== "off";
  return (
    <fieldset className={styles.kinds}>
      <legend className={styles.legend}>Transcripts</legend>
      <Checkbox
        label="Check recordings, and write down what is said"
        checked={on}
        onChange={(event) => onChange({ analysis: event.target.checked ? "transcripts" : "off" })}
      />
      <p className="soft small">
        By software, and a transcript only of candidates who agree to it. People decide.
      </p>
      {on && (
        <Select
          label="Language of the answers"
          hint="The default model knows only English. Others need another model on the server."
          value={language}
          onChange={(event) => onChange({ language: event.target.value })}
        >
          {languagesWith(language).map(([tag, name]) => (
            <option key={tag} value={tag}>
              {name}
            </option>
          ))}
        </Select>
      )}
    </fieldset>
  );
}

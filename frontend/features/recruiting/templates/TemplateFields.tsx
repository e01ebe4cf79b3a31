import { Field, TextArea } from "@/ui/Field";

// What the database takes, in characters.
const LONGEST_NAME = 100;
const LONGEST_DESCRIPTION = 2000;

export interface TemplateTexts {
  name: string;
  description: string;
}

const nameFault = (name: string): string => {
  if (!name.trim()) return "Enter a name.";
  return Array.from(name.trim()).length > LONGEST_NAME
    ? `A name can have at most ${LONGEST_NAME} characters.`
    : "";
};
const descriptionFault = (description: string): string =>
  Array.from(description.trim()).length > LONGEST_DESCRIPTION
    ? "A description can have at most 2,000 characters."
    : "";

export const isFaulty = ({ name, description }: TemplateTexts): boolean =>
  Boolean(nameFault(name) || descriptionFault(description));

export const trimmed = ({ name, description }: TemplateTexts): TemplateTexts => ({
  name: name.trim(),
  description: description.trim(),
});

interface TemplateFieldsProps {
  values: TemplateTexts;
  onChange: (values: TemplateTexts) => void;
  checked: boolean;
}

/** Name and description of one's own template. */
export function TemplateFields({ values, onChange, checked }: TemplateFieldsProps) {
  return (
    <>
      <Field
        label="Name"
        value={values.name}
        error={checked && nameFault(values.name)}
        onChange={({ target }) => onChange({ ...values, name: target.value })}
        autoComplete="off"
        required
        data-autofocus
      />
      <TextArea
        label="What it is for"
        optional
        rows={2}
        value={values.description}
        error={checked && descriptionFault(values.description)}
        onChange={({ target }) => onChange({ ...values, description: target.value })}
      />
    </>
  );
}

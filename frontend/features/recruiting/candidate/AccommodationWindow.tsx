"use client";

import { useSignedIn } from "@/features/account/Providers";
import { dataOf, jsonOf } from "@/lib/errors";
import { choicesWith } from "@/lib/questionSettings";
import { Select } from "@/ui/Field";
import { useToast } from "@/ui/Toast";
import { Conflict, type ToldFields } from "../Conflict";
import { FormWindow } from "../FormWindow";
import { unlessChanged, useEdit } from "../useEdit";
import type { Accommodation } from "./reads";

const EXTRA_TAKES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const FACTORS = [1, 1.25, 1.5, 1.75, 2];

/** "as long", "1.5 times as long" */
export const factorTold = (factor: number): string =>
  factor === 1 ? "The usual time" : factor === 2 ? "Twice the time" : `${factor} times the time`;

interface AccommodationWindowProps {
  participantId: string;
  /** As it is shown. */
  accommodation: Accommodation;
  onClose: () => void;
  /** Takes over what was saved, or what is there now. */
  onChange: (accommodation: Accommodation) => void;
}

/** What candidates have to whom nothing more was given. */
export const USUAL: Accommodation = { extra_takes: 0, time_factor: 1 };

const fieldsOf = ({ extra_takes, time_factor }: Accommodation) => ({ extra_takes, time_factor });

const FIELDS: ToldFields<Accommodation> = {
  extra_takes: {
    name: "Extra takes per question",
    told: (takes) => (takes === 0 ? "None" : String(takes)),
  },
  time_factor: { name: "Time per recording", told: factorTold },
};

/** Gives one candidate more takes, and more time for each recording. */
export function AccommodationWindow(props: AccommodationWindowProps) {
  const { participantId, accommodation, onClose, onChange } = props;
  const { supabase } = useSignedIn();
  const toast = useToast();
  const takeOver = (row: Accommodation | null) => {
    if (row) onChange(fieldsOf(row));
    return row;
  };
  const edit = useEdit<Accommodation, Accommodation>({
    row: accommodation,
    fieldsOf,
    write: async (changes, seen) => {
      const call = supabase.rpc("adjust_participant", {
        participant_id: participantId,
        ...fieldsOf({ ...seen, ...changes }),
        seen: fieldsOf(seen),
      });
      return takeOver(await unlessChanged(jsonOf<Accommodation>(call)));
    },
    read: async () =>
      takeOver(
        (await dataOf(
          supabase
            .from("accommodations")
            .select("extra_takes, time_factor")
            .eq("participant_id", participantId)
            .maybeSingle(),
        )) ?? USUAL,
      ),
    gone: "participant_not_found",
    onSaved: () => toast("Saved."),
  });
  const { values } = edit;
  return (
    <FormWindow
      title="Extra takes and time"
      faulty={false}
      onClose={onClose}
      onSave={() => edit.save(values)}
    >
      {() => (
        <>
          <Conflict edit={edit} fields={FIELDS} />
          <p className="soft">
            For this candidate only, for every question they answer from now on. The candidate sees
            it.
          </p>
          <Select
            label={FIELDS.extra_takes.name}
            value={values.extra_takes}
            onChange={(event) => edit.change({ extra_takes: Number(event.target.value) })}
            data-autofocus
          >
            {EXTRA_TAKES.map((takes) => (
              <option key={takes} value={takes}>
                {FIELDS.extra_takes.told(takes)}
              </option>
            ))}
          </Select>
          <Select
            label={FIELDS.time_factor.name}
            value={values.time_factor}
            onChange={(event) => edit.change({ time_factor: Number(event.target.value) })}
          >
            {choicesWith(FACTORS, values.time_factor).map((factor) => (
              <option key={factor} value={factor}>
                {factorTold(factor)}
              </option>
            ))}
          </Select>
        </>
      )}
    </FormWindow>
  );
}

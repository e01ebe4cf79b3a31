"use client";

import { useState } from "react";
import { useSignedIn } from "@/features/account/Providers";
import { jsonOf } from "@/lib/errors";
import { choicesWith } from "@/lib/questionSettings";
import { Select } from "@/ui/Field";
import { FormWindow } from "../FormWindow";
import type { Accommodation } from "./reads";

const EXTRA_TAKES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const FACTORS = [1, 1.25, 1.5, 1.75, 2];

/** "as long", "1.5 times as long" */
export const factorTold = (factor: number): string =>
  factor === 1 ? "The usual time" : factor === 2 ? "Twice the time" : `${factor} times the time`;

interface AccommodationWindowProps {
  participantId: string;
  accommodation: Accommodation;
  onClose: () => void;
  onSaved: (accommodation: Accommodation) => void;
}

/** Gives one candidate more takes, and more time for each recording. */
export function AccommodationWindow(props: AccommodationWindowProps) {
  const { participantId, accommodation, onClose, onSaved } = props;
  const { supabase } = useSignedIn();
  const [{ extra_takes, time_factor }, setValues] = useState(accommodation);
  const save = async () => {
    const { extra_takes: takes, time_factor: factor } = await jsonOf<Accommodation>(
      supabase.rpc("adjust_participant", {
        participant_id: participantId,
        extra_takes,
        time_factor,
      }),
    );
    onSaved({ extra_takes: takes, time_factor: factor });
  };
  return (
    <FormWindow title="Extra takes and time" faulty={false} onClose={onClose} onSave={save}>
      {() => (
        <>
          <p className="soft">
            For this candidate only, for every question they answer from now on. The candidate sees
            it.
          </p>
          <Select
            label="Extra takes per question"
            value={extra_takes}
            onChange={(event) =>
              setValues({ time_factor, extra_takes: Number(event.target.value) })
            }
            data-autofocus
          >
            {EXTRA_TAKES.map((takes) => (
              <option key={takes} value={takes}>
                {takes === 0 ? "None" : takes}
              </option>
            ))}
          </Select>
          <Select
            label="Time per recording"
            value={time_factor}
            onChange={(event) =>
              setValues({ extra_takes, time_factor: Number(event.target.value) })
            }
          >
            {choicesWith(FACTORS, time_factor).map((factor) => (
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

"use client";

import { useSignedIn } from "@/features/account/Providers";
import { isAddress, normalized } from "@/lib/addresses";
import type { Tables } from "@/lib/database.types";
import { dataOf, jsonOf } from "@/lib/errors";
import { Address } from "@/ui/Address";
import { Field } from "@/ui/Field";
import { useToast } from "@/ui/Toast";
import { Conflict } from "../Conflict";
import { FormWindow } from "../FormWindow";
import { outcomeSentence } from "../InviteResults";
import type { Outcome } from "../queries";
import { unlessChanged, useEdit } from "../useEdit";

type Addressed = Pick<Tables<"interview_invites">, "email" | "invite_code">;

interface CorrectWindowProps {
  inviteId: string;
  /** As it is shown. */
  addressed: Addressed;
  onClose: () => void;
  /** Takes over what was saved, or what is there now. */
  onChange: (addressed: Addressed) => void;
}

const fieldsOf = ({ email }: Pick<Addressed, "email">) => ({ email });

const FIELDS = { email: { name: "Email address", told: (email: string) => email } };

/** Sends an invitation to another address. */
export function CorrectWindow(props: CorrectWindowProps) {
  const { inviteId, addressed, onClose, onChange } = props;
  const { supabase } = useSignedIn();
  const toast = useToast();
  const edit = useEdit<Pick<Addressed, "email">, { email: string }>({
    row: addressed,
    fieldsOf,
    write: async ({ email = "" }, seen) => {
      const call = supabase.rpc("correct_invite", {
        invite_id: inviteId,
        email,
        seen_email: seen.email,
      });
      const result = await unlessChanged(jsonOf<Outcome>(call));
      if (!result) return null;
      const { outcome, invite_code } = result;
      onChange({ email: result.email, invite_code: invite_code ?? addressed.invite_code });
      if (outcome === "corrected") toast(`A new code is on its way to ${result.email}.`);
      else if (outcome === "unchanged") toast("That is the current address.");
      else toast(outcomeSentence(result));
      return result;
    },
    read: async () => {
      const now = await dataOf(
        supabase
          .from("interview_invites")
          .select("email, invite_code")
          .eq("id", inviteId)
          .maybeSingle(),
      );
      if (now) onChange(now);
      return now;
    },
    gone: "invite_not_found",
  });
  const { email } = edit.values;
  const now = edit.theirs.email;
  const fault = faultOf(email, now);
  return (
    <FormWindow
      title="Correct the address"
      faulty={Boolean(fault)}
      onClose={onClose}
      onSave={() => edit.save(edit.values)}
    >
      {(checked, close) => (
        <>
          <Conflict edit={edit} fields={FIELDS} onTheirs={close} />
          <p>
            We’ll email a new code to the right address. The code that was sent to{" "}
            <strong>
              <Address>{now}</Address>
            </strong>{" "}
            stops working.
          </p>
          <Field
            label="Email address"
            type="email"
            value={email}
            error={checked && fault}
            onChange={(event) => edit.change({ email: event.target.value })}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
          />
        </>
      )}
    </FormWindow>
  );
}

function faultOf(email: string, old: string): string {
  if (!isAddress(normalized(email))) return "Enter a valid email address.";
  return normalized(email) === old ? "That is the current address." : "";
}

-- Correcting: the functions that recruiters, the service and DBAs call to resend, revoke or correct
-- an invite. All are definer, because clients may not update invites.

-- Locks the recruiter and the interview before the invite (see hold_interview).
create or replace function private.lock_invite(invite_id uuid)
  returns public.interview_invites
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite public.interview_invites;
begin
  perform private.require_recruiter();
  select i.* into v_invite
  from public.interview_invites i
  where i.id = lock_invite.invite_id
    and (i.recruiter_id = (select auth.uid()) or not private.is_client());
  if not found then
    perform private.refuse('invite_not_found:recruiter');
  end if;
  perform private.lock_interview(v_invite.interview_id);
  select i.* into v_invite
    from public.interview_invites i where i.id = lock_invite.invite_id
    for no key update;
  if not found then
    perform private.refuse('invite_not_found:recruiter');
  end if;
  return v_invite;
end
$$;
comment on function private.lock_invite(uuid) is
  'The invite, locked, if its interview is the caller''s (or the caller is service_role or a DBA); '
  'else raises invite_not_found.';

create or replace function public.resend_invite(invite_id uuid)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite public.interview_invites := private.lock_invite(resend_invite.invite_id);
  -- The name was checked when it was given.
  v_outcome jsonb := private.invite(
    private.require_interview(v_invite.interview_id), array[v_invite.email::text],
    v_invite.recruiter_name, null) -> 0;
begin
  perform private.hurry_mails(array[(v_outcome ->> 'invite_id')::uuid], false);
  return v_outcome;
end
$$;
comment on function public.resend_invite(uuid) is
  'Sends a pending invite''s email again with the same code, or renews an expired invite; returns '
  'one outcome of create_invites.';

create or replace function public.revoke_invite(invite_id uuid)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite public.interview_invites := private.lock_invite(revoke_invite.invite_id);
begin
  if v_invite.status in ('accepted', 'completed') then
    perform private.refuse('invite_not_pending:revoking');
  end if;
  update public.interview_invites i
    set status = 'expired', expires_at = least(i.expires_at, now()), revoked_at = now(),
        renewal_requested_at = null
    where i.id = v_invite.id and i.revoked_at is null;
  return jsonb_build_object('invite_id', v_invite.id, 'status', 'expired');
end
$$;
comment on function public.revoke_invite(uuid) is
  'Expires a pending invite now: its code stops working, and a queued email is not sent. Also ends '
  'requests to renew an expired one. Returns invite_id and status.';

create or replace function public.correct_invite(
  invite_id uuid, email text, seen_email text default null
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite public.interview_invites := private.lock_invite(correct_invite.invite_id);
  v_email text := private.normalize_email(correct_invite.email);
  v_outcome text := 'unchanged';
begin
  if v_invite.status <> 'pending' or v_invite.expires_at <= now() then
    perform private.refuse('invite_not_pending',
      case v_invite.status when 'pending' then 'expired' else v_invite.status end);
  elsif not private.is_email(v_email) then
    perform private.refuse('invalid_email');
  elsif v_invite.email <> private.normalize_email(correct_invite.seen_email) then
    perform private.refuse('row_conflict');
  end if;
  perform private.check_invitable(private.require_interview(v_invite.interview_id));
  if v_email <> v_invite.email then
    perform private.make_room(v_invite.interview_id, array[v_email]);
    if exists (
      select from private.invites_of(v_email) i
      where i.interview_id = v_invite.interview_id and i.status = 'pending'
    ) then
      perform private.refuse('already_invited:correcting');
    end if;
    update public.interview_invites i
      set email = v_email, expires_at = greatest(i.expires_at, now() + interval '30 days')
      where i.id = v_invite.id;
    -- Somebody may have joined by an earlier one to the old address.
    update public.interview_invites i set is_current = true
      where i.id = private.earlier_invite(v_invite.interview_id, v_invite.email);
    select i.* into v_invite from public.interview_invites i where i.id = correct_invite.invite_id;
    perform private.count_invites(1);
    v_outcome := 'corrected';
  end if;
  if private.is_unsubscribed(v_invite.recruiter_id, v_email) then
    v_outcome := 'unsubscribed';
  end if;
  return jsonb_build_object('email', v_email, 'outcome', v_outcome,
                            'invite_id', v_invite.id, 'invite_code', v_invite.invite_code);
end
$$;
comment on function public.correct_invite(uuid, text, text) is
  'Gives a pending invite another address and a new code, and queues one email to it; the old code '
  'stops working. With seen_email only while that is its address; else raises row_conflict.';

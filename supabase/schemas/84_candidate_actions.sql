-- Acting on many candidates at once, after a look at what would happen to each of them.

create or replace function private.check_candidate_action(
  candidate_ids uuid[], action text, expires_at timestamptz
)
  returns void
  language plpgsql stable set search_path = ''
as $$
begin
  if coalesce(cardinality(check_candidate_action.candidate_ids), 0) = 0 then
    perform private.refuse('no_candidates');
  elsif cardinality(candidate_ids) > 1000 then
    perform private.refuse('too_many_candidates', cardinality(candidate_ids)::text);
  elsif coalesce(action not in ('resend', 'remind', 'revoke', 'extend', 'delete'), true) then
    perform private.refuse('invalid_action');
  elsif action = 'extend'
        and coalesce(expires_at not between now() and now() + interval '1 year', true) then
    perform private.refuse('invalid_expiry');
  end if;
end
$$;
comment on function private.check_candidate_action(uuid[], text, timestamptz) is
  'Raises no_candidates, too_many_candidates, invalid_action or invalid_expiry.';

-- Definer, like its callers. Participants are reminded at the address of their account.
create or replace function private.reminder_outcome(
  invite public.interview_invites, participant public.interview_participants
)
  returns text
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_email text := coalesce((
    select private.normalize_email(u.email) from auth.users u where u.id = (participant).user_id),
    (invite).email);
  v_due_at timestamptz;
begin
  if (participant).status = 'completed' then
    return 'already_completed';
  elsif (participant).status is null and (invite).delivery_status = 'queued' then
    return 'not_mailed_yet';
  end if;
  v_due_at := (private.mail_times(
    array['interview_reminder'], array[coalesce((invite).recruiter_id, (participant).recruiter_id)],
    array[v_email], array[(invite).email],
    array[greatest((invite).reminded_at, (participant).reminded_at)]))[1];
  return case
    when v_due_at <= now() then 'reminded'
    when v_due_at is not null then 'reminded_recently'
    when private.is_unsubscribed(
           coalesce((invite).recruiter_id, (participant).recruiter_id), v_email)
      or private.is_unsubscribed((invite).recruiter_id, (invite).email) then 'unsubscribed'
    else 'not_delivered' end;
end
$$;
comment on function private.reminder_outcome(
  public.interview_invites, public.interview_participants) is
  'Whether a person with a valid invite, or who has joined, gets a reminder now: the outcome of '
  'change_candidates.';

-- Definer, like its caller. What resending leads to is for classify_invites to say, of those whose
-- outcome is to_invite.
create or replace function private.classify_candidates(
  interview_id uuid, candidate_ids uuid[], action text, expires_at timestamptz
)
  returns table (
    "position" bigint, candidate_id uuid, email text, candidate_name text, outcome text,
    invite_id uuid, invite_code text, participant_id uuid
  )
  language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select a.position, a.id, i.email::text, coalesce(i.candidate_name, p.candidate_name),
    case
      when i.id is null and p.id is null then 'not_found'
      when row_number() over (partition by a.id order by a.position) > 1 then 'duplicate'
      when action = 'resend' and i.state = 'asks_for_code' then 'to_invite'
      when action = 'delete' and (p.id is not null or i.status in ('accepted', 'completed'))
        then 'already_joined'
      when i.state = 'withdrawn' or p.status = 'withdrawn' and i.id is null then 'withdrawn'
      when action = 'remind' and p.status in ('active', 'completed')
        then private.reminder_outcome(i, p)
      when i.id is null or i.status in ('accepted', 'completed') then 'already_joined'
      when action = 'resend' then 'to_invite'
      when action = 'delete' then 'deleted'
      when i.revoked_at is not null then case action when 'revoke' then 'unchanged'
                                                     else 'revoked' end
      when action = 'revoke' then 'revoked'
      when i.status = 'expired' or i.expires_at <= now() then 'expired'
      when action = 'remind' then private.reminder_outcome(i, p)
      when i.expires_at >= classify_candidates.expires_at then 'unchanged'
      else 'extended'
    end,
    i.id, i.invite_code::text, p.id
  from unnest(classify_candidates.candidate_ids) with ordinality as a (id, position)
  left join lateral (
    select known.* from public.interview_invites known
    where known.id = a.id and known.interview_id = classify_candidates.interview_id
      and known.is_current
    offset 0
  ) as i on true
  left join lateral (
    select joined.* from public.interview_participants joined
    where joined.interview_id = classify_candidates.interview_id
      and (joined.invite_id = i.id or (i.id is null and joined.id = a.id))
    offset 0
  ) as p on true;
end
$$;
comment on function private.classify_candidates(uuid, uuid[], text, timestamptz) is
  'One row per candidate in the order given: the outcome that change_candidates would return.';

-- The invites that are redeemed are not locked: no action changes them.
create or replace function private.lock_candidates(
  interview_id uuid, candidate_ids uuid[], action text
)
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  if action = 'remind' then
    perform from public.interview_participants p
      where p.interview_id = lock_candidates.interview_id
        and (p.invite_id = any (candidate_ids) or p.id = any (candidate_ids))
      order by p.id for no key update;
  end if;
  perform from public.interview_invites i
    where i.id = any (candidate_ids) and i.interview_id = lock_candidates.interview_id
      and i.status in ('pending', 'expired')
    order by i.id for update;
end
$$;
comment on function private.lock_candidates(uuid, uuid[], text) is
  'Locks the rows that an action changes, in the order of hold_interview.';

-- Invites are signed as before.
create or replace function private.resend_to_candidates(
  interview public.interviews, asked jsonb, preview boolean
)
  returns jsonb
  language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off
as $$
declare
  v_signed record;
  v_outcomes jsonb := '[]';
begin
  for v_signed in
    select i.recruiter_name, array_agg(a.email order by a.position) as emails
    from jsonb_to_recordset(asked)
      as a ("position" bigint, invite_id uuid, email text, outcome text)
    join public.interview_invites i on i.id = a.invite_id
    where a.outcome = 'to_invite'
    group by i.recruiter_name order by i.recruiter_name
  loop
    v_outcomes := v_outcomes || case
      when preview then public.preview_invites((interview).id, v_signed.emails)
      else private.invite(interview, v_signed.emails, v_signed.recruiter_name, null) end;
  end loop;
  if preview then
    perform private.check_invites_left((
      select count(*)::integer from jsonb_array_elements(v_outcomes) as o
      where o ->> 'outcome' in ('created', 'renewed')), private.invites_left());
  end if;
  return (
    select jsonb_agg(case a ->> 'outcome' when 'to_invite' then a || o.outcome else a end
                     order by place)
    from jsonb_array_elements(asked) with ordinality as listed (a, place)
    left join (
      select o as outcome from jsonb_array_elements(v_outcomes) as o
    ) as o on o.outcome ->> 'email' = a ->> 'email' and a ->> 'outcome' = 'to_invite');
end
$$;
comment on function private.resend_to_candidates(public.interviews, jsonb, boolean) is
  'Invites those again whose outcome is to_invite, or tells what that would lead to; returns all '
  'outcomes.';

create or replace function private.remind_candidates(recruiter_id uuid, subjects uuid[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  update public.interview_invites i set reminded_at = now()
    where i.id = any (remind_candidates.subjects);
  update public.interview_participants p set reminded_at = now()
    where p.id = any (remind_candidates.subjects);
  insert into private.jobs as j (kind, lane, subject, data)
    -- Two candidates are one participant whose address has changed in between.
    select distinct 'interview_reminder', remind_candidates.recruiter_id, subject,
           '{"by_hand": true}'::jsonb
    from unnest(remind_candidates.subjects) as subject
    on conflict on constraint jobs_subject_key do update
      set queued_at = now(), due_at = now(), attempts = 0, failed_at = null, done_at = null,
          data = excluded.data
      where j.lease_token is null;
end
$$;
comment on function private.remind_candidates(uuid, uuid[]) is
  'Queues a reminder for each of these invites and participants, which the caller has locked.';

create or replace function private.delete_candidates(interview_id uuid, emails text[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_invite_ids uuid[] := array(
    select i.id
    from unnest(delete_candidates.emails) as known (email)
    cross join lateral private.invites_of(known.email) as i
    where i.interview_id = delete_candidates.interview_id);
begin
  delete from public.interview_invites i
    where i.id = any (v_invite_ids) and i.status in ('pending', 'expired');
  delete from private.jobs j
    where j.subject = any (v_invite_ids)
      and j.kind in ('interview_invitation', 'interview_reminder');
end
$$;
comment on function private.delete_candidates(uuid, text[]) is
  'Deletes the invites of these addresses to an interview that were not redeemed, and the emails '
  'about them that wait.';

-- What is decided about rows is done to them; each is updated once.
create or replace function private.carry_out(
  interview public.interviews, asked jsonb, action text, expires_at timestamptz
)
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_done text := case action when 'remind' then 'reminded' when 'revoke' then 'revoked'
                             when 'extend' then 'extended' else 'deleted' end;
  v_invite_ids uuid[];
  v_participant_ids uuid[];
  v_emails text[];
begin
  select array_agg(a.invite_id), array_agg(coalesce(a.participant_id, a.invite_id)),
         array_agg(a.email)
    into v_invite_ids, v_participant_ids, v_emails
    from jsonb_to_recordset(asked)
      as a (invite_id uuid, participant_id uuid, email text, outcome text)
    where a.outcome = v_done;
  case
    when v_invite_ids is null then null;
    when action = 'remind' then
      perform private.remind_candidates((interview).recruiter_id, v_participant_ids);
      perform private.count_invites(cardinality(v_participant_ids));
    when action = 'revoke' then
      update public.interview_invites i
        set status = 'expired', expires_at = least(i.expires_at, now()), revoked_at = now(),
            renewal_requested_at = null
        where i.id = any (v_invite_ids);
    when action = 'extend' then
      update public.interview_invites i set expires_at = carry_out.expires_at
        where i.id = any (v_invite_ids);
    else
      perform private.delete_candidates((interview).id, v_emails);
  end case;
end
$$;
comment on function private.carry_out(public.interviews, jsonb, text, timestamptz) is
  'Reminds, revokes, extends or deletes those whose outcome says so.';

-- For recruiters, service_role and DBAs. Definer, because clients may not update invites. Locks the
-- recruiter and the interview before the rows (see hold_interview).
create or replace function public.change_candidates(
  interview_id uuid, candidate_ids uuid[], action text, expires_at timestamptz default null,
  preview boolean default false
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_interview public.interviews := private.require_interview(change_candidates.interview_id);
  v_preview boolean := coalesce(change_candidates.preview, false);
  v_asked jsonb;
begin
  perform private.check_candidate_action(candidate_ids, action, change_candidates.expires_at);
  if not v_preview then
    v_interview := private.lock_interview(v_interview.id);
    if action <> 'resend' then
      perform private.lock_candidates(v_interview.id, candidate_ids, action);
    end if;
  end if;
  if action in ('resend', 'remind') then
    perform private.check_invitable(v_interview);
  end if;
  select jsonb_agg(to_jsonb(c) order by c.position) into v_asked
    from private.classify_candidates(
      v_interview.id, candidate_ids, action, change_candidates.expires_at) as c;
  if action = 'resend' then
    v_asked := private.resend_to_candidates(v_interview, v_asked, v_preview);
  elsif not v_preview then
    perform private.carry_out(v_interview, v_asked, action, change_candidates.expires_at);
  elsif action = 'remind' then
    perform private.check_invites_left((
      select count(*)::integer from jsonb_array_elements(v_asked) as a
      where a ->> 'outcome' = 'reminded'), private.invites_left());
  end if;
  return (
    select jsonb_agg(case a ->> 'outcome'
        when 'deleted' then a || '{"invite_id": null, "invite_code": null}' else a end
      - '{position,participant_id}'::text[] order by place)
    from jsonb_array_elements(v_asked) with ordinality as listed (a, place));
end
$$;
comment on function public.change_candidates(uuid, uuid[], text, timestamptz, boolean) is
  'Does one thing to up to 1,000 candidates of an interview (ids of interview_candidates): resend, '
  'remind, revoke, extend (to expires_at) or delete; one object per id in the order given: '
  'candidate_id, email, candidate_name, outcome, invite_id, invite_code. A preview returns the '
  'same and does nothing. docs/frontend.md lists the outcomes.';

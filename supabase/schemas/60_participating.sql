-- Participating: what a candidate who has joined may still do, by function or by a plain
-- update of the status; the triggers meet both.

-- Definer, because a participant need not see the interview's row to have its rules applied.
create or replace function private.change_participant()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_interview record;
begin
  if tg_op = 'INSERT' or old.status = 'withdrawn' and new.status = 'active' then
    select n.recruiter_id, n.status, n.deadline into v_interview
      from public.interviews n where n.id = new.interview_id
      for key share;
    if found and not private.is_open(v_interview.status, v_interview.deadline) then
      raise exception 'This interview takes no candidates: it is not active, or its deadline has passed.'
        using errcode = 'PT409', detail = 'interview_closed', hint = 'Ask the recruiter to open it again.';
    end if;
  end if;
  if tg_op = 'INSERT' then
    if new.status <> 'active' then
      raise exception 'A new participant is active, and nothing else.'
        using errcode = 'PT400', detail = 'status_not_allowed', hint = 'Leave status out.';
    end if;
    new.recruiter_id := v_interview.recruiter_id;
    new.joined_at := now();
    new.completed_at := null;
    return new;
  end if;

  new.joined_at := old.joined_at;
  new.completed_at := old.completed_at;
  if new.status = old.status then
    return new;
  end if;
  if (old.status, new.status) not in (('active', 'completed'), ('active', 'withdrawn'), ('withdrawn', 'active')) then
    raise exception 'A participant who is % cannot become that.', old.status
      using errcode = 'PT409', detail = 'status_move_not_allowed',
            hint = 'What has been completed or withdrawn stays so.';
  end if;
  if new.status = 'active' and (new.invite_id is null or new.invite_id is not distinct from old.invite_id) then
    raise exception 'Whoever has withdrawn comes back only by redeeming a new invite.'
      using errcode = 'PT409', detail = 'status_move_not_allowed', hint = 'Ask the recruiter for a new invite.';
  end if;
  if new.status = 'completed' then
    if not exists (
      select from public.interviews n
      where n.id = new.interview_id and n.status <> 'completed'
        and (n.deadline is null or n.deadline >= now() - interval '10 minutes')
    ) then
      raise exception 'This interview is closed; it can no longer be completed.'
        using errcode = 'PT409', detail = 'interview_closed', hint = 'Ask the recruiter to open it again, or to move the deadline.';
    end if;
    new.completed_at := now();
  end if;
  return new;
end
$$;
comment on function private.change_participant() is
  'Before a participant is written: keeps the status moves, the time allowed for finishing and the stamps.';

create or replace trigger change_participant
  before insert or update on public.interview_participants
  for each row execute function private.change_participant();
-- A new one has it from change_participant, which looks at the interview anyway, unless there is
-- none.
create or replace trigger copy_recruiter_id
  before update of interview_id, recruiter_id on public.interview_participants
  for each row execute function private.copy_recruiter_id();
create or replace trigger miss_interview
  before insert on public.interview_participants
  for each row when (new.recruiter_id is null) execute function private.copy_recruiter_id();

-- Definer, because a participant may not update invites.
create or replace function private.complete_invite()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.interview_invites i
    set status = 'completed'
    where i.id = any (array(
      select known.id
      from public.interview_invites known
      where known.interview_id = new.interview_id and known.status = 'accepted'
        and known.email = (select redeemed.email from public.interview_invites redeemed where redeemed.id = new.invite_id)
        and not exists (
          select from public.interview_participants other where other.invite_id = known.id and other.id <> new.id)
      order by known.id
      for no key update));
  return null;
end
$$;
comment on function private.complete_invite() is 'Completing a participant completes the redeemed invites of that address to the interview, but for another participants.';

create or replace trigger complete_invite
  after update of status on public.interview_participants
  for each row when (new.status = 'completed' and old.status <> 'completed')
  execute function private.complete_invite();

-- Invoker: the policy lets participants update their own status alone.
create or replace function private.move_own_participant(interview_id uuid, status text)
  returns jsonb
  language plpgsql volatile set search_path = ''
as $$
declare
  v_participant public.interview_participants;
begin
  perform private.caller_id();
  update public.interview_participants p
    set status = move_own_participant.status
    where p.interview_id = move_own_participant.interview_id and p.user_id = (select auth.uid())
    returning p.* into v_participant;
  if not found then
    raise exception 'You have not joined this interview.'
      using errcode = 'PT404', detail = 'participation_not_found', hint = 'Redeem the code of your invitation first.';
  end if;
  return jsonb_build_object(
    'interview_id', v_participant.interview_id, 'participant_id', v_participant.id,
    'status', v_participant.status, 'completed_at', v_participant.completed_at);
end
$$;
comment on function private.move_own_participant(uuid, text) is
  'Sets the caller''s own status in an interview, or raises participation_not_found.';

create or replace function public.complete_interview(interview_id uuid)
  returns jsonb
  language sql volatile set search_path = ''
as $$
  select private.move_own_participant(complete_interview.interview_id, 'completed')
$$;
comment on function public.complete_interview(uuid) is
  'The caller submits: active becomes completed. Returns interview_id, participant_id, status, completed_at; '
  'repeating it changes nothing.';

create or replace function public.withdraw_from_interview(interview_id uuid)
  returns jsonb
  language sql volatile set search_path = ''
as $$
  select private.move_own_participant(withdraw_from_interview.interview_id, 'withdrawn')
$$;
comment on function public.withdraw_from_interview(uuid) is
  'The caller drops out: active becomes withdrawn. Returns interview_id, participant_id, status, completed_at.';

-- Participating: completing and withdrawing; triggers keep the rules, for direct updates too.

-- Definer, because the participant may not be able to read the interview.
create or replace function private.change_participant()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_interview public.interviews;
begin
  if tg_op = 'INSERT' then
    if new.status <> 'active' then
      perform private.refuse('status_not_allowed');
    end if;
    new.joined_at := now();
    new.completed_at := null;
    new.reminded_at := null;
    new.answered := 0;
  else
    new.joined_at := old.joined_at;
    new.completed_at := old.completed_at;
    if new.status = old.status then
      return new;
    end if;
    if (old.status, new.status) not in
       (('active', 'completed'), ('active', 'withdrawn'), ('withdrawn', 'active')) then
      perform private.refuse('status_move_not_allowed', old.status);
    end if;
    if new.status = 'active'
       and (new.invite_id is null or new.invite_id is not distinct from old.invite_id) then
      perform private.refuse('status_move_not_allowed:rejoining');
    end if;
  end if;
  -- When joining, accept_invite or copy_recruiter_id has locked it already.
  select n.* into v_interview from public.interviews n where n.id = new.interview_id;
  if new.status = 'active' and not private.is_open(v_interview.status, v_interview.deadline) then
    perform private.refuse('interview_closed:joining');
  elsif new.status = 'active' and private.is_reviewer(
    new.interview_id,
    (select i.email from public.interview_invites i where i.id = new.invite_id), new.user_id
  ) then
    perform private.refuse('is_reviewer');
  elsif new.status = 'completed' then
    perform private.check_completing(new, v_interview);
    new.completed_at := now();
  elsif new.status = 'withdrawn' then
    new.answered := 0;  -- close_responses deletes them
    new.consents_to_recording := false;
    new.consents_to_analysis := false;
  end if;
  return new;
end
$$;
comment on function private.change_participant() is
  'Before a participant is written: checks the change of status and the time allowed to finish, '
  'and sets the timestamps.';

-- (Volatile, to see the responses as they are now: the update may have waited for an upload.)
create or replace function private.check_completing(
  participant public.interview_participants, interview public.interviews
)
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  -- Those with responses have time for their uploads. Maintenance submits after that.
  v_grace interval := case
    when (participant).answered > 0 then (select s.upload_grace from private.settings s)
    else interval '0' end;
  v_missing text := private.missing_responses((participant).id);
begin
  if (interview).status = 'completed'
     or ((interview).deadline < now() - greatest(v_grace, interval '10 minutes')
         and private.is_client()) then
    perform private.refuse('interview_closed:completing');
  elsif v_missing is not null then
    perform private.refuse('responses_missing', v_missing);
  end if;
end
$$;
comment on function private.check_completing(
  public.interview_participants, public.interviews) is
  'Raises interview_closed or responses_missing if the participant may not complete now.';

create or replace trigger _100_copy_recruiter_id
  before insert or update of interview_id, recruiter_id on public.interview_participants
  for each row execute function private.copy_recruiter_id();
create or replace trigger _200_change_participant
  before insert or update on public.interview_participants
  for each row execute function private.change_participant();

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
        and known.email = (
          select redeemed.email from public.interview_invites redeemed
          where redeemed.id = new.invite_id)
        and not exists (
          select from public.interview_participants other
          where other.invite_id = known.id and other.id <> new.id)
      order by known.id
      for no key update));
  return null;
end
$$;
comment on function private.complete_invite() is
  'When a participant completes, completes the redeemed invites of that address to the interview, '
  'except those of another participant.';

create or replace trigger _300_complete_invite
  after update of status on public.interview_participants
  for each row when (new.status = 'completed' and old.status <> 'completed')
  execute function private.complete_invite();

-- Invoker: the policy lets participants update only their own status.
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
    perform private.refuse('participation_not_found');
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
  'Completes the caller''s participation: active becomes completed. Returns interview_id, '
  'participant_id, status, completed_at. Idempotent.';

create or replace function public.withdraw_from_interview(interview_id uuid)
  returns jsonb
  language sql volatile set search_path = ''
as $$
  select private.move_own_participant(withdraw_from_interview.interview_id, 'withdrawn')
$$;
comment on function public.withdraw_from_interview(uuid) is
  'Withdraws the caller: active becomes withdrawn. Returns interview_id, participant_id, status, '
  'completed_at.';

-- Candidate states: where each person stands in an interview, in one word, and what happened last.
-- Both stand on the person's current invite, so that lists of candidates are read by an index. What
-- is decided about a participant is copied there, since candidates may read their participation.

-- Apart from the table, because the upgrade of the first version adds plain columns only. Mails
-- that are accepted change none of them, so that settling keeps its HOT updates.
alter table public.interview_invites
  add column if not exists state text generated always as (case
    when not is_current then null
    when renewal_requested_at is not null then 'asks_for_code'
    when withdrawn_at is not null then 'withdrawn'
    when decision is not null then decision
    when status = 'completed' and reviewed_at is not null then 'reviewed'
    when status = 'completed' then 'completed'
    when status = 'accepted' then 'joined'
    when revoked_at is not null then 'revoked'
    when status = 'expired' then 'expired'
    when delivery_status = 'failed' then 'not_delivered'
    else 'invited' end) stored,
  add column if not exists last_event_at timestamptz generated always as (greatest(
    coalesce(queued_at, created_at), accepted_at, completed_at, revoked_at, renewal_requested_at,
    withdrawn_at, reviewed_at, decided_at,
    case when status = 'expired' then expires_at end,
    case when status = 'pending' and delivery_status = 'failed' then delivery_at end)) stored,
  add column if not exists list_name text generated always as (
    lower(coalesce(candidate_name, email))) stored;
create index if not exists interview_invites_state_event_idx
  on public.interview_invites (interview_id, state, last_event_at, id);
create index if not exists interview_invites_state_created_idx
  on public.interview_invites (interview_id, state, created_at, id);
create index if not exists interview_invites_state_name_idx
  on public.interview_invites (interview_id, state, list_name, id);
create index if not exists interview_participants_without_invite_idx
  on public.interview_participants (interview_id) where invite_id is null;

comment on column public.interview_invites.is_current is
  'Whether it stands for its person in lists of candidates: the newest of its address, unless the '
  'account that redeemed it has redeemed another one since.';
comment on column public.interview_invites.withdrawn_at is
  'When the participant who redeemed it withdrew, or was deleted with their account.';
comment on column public.interview_invites.reviewed_at is
  'When a review of that participant was submitted last; decision and decided_at are theirs, too. '
  'Kept here for lists by private.mark_invites.';
comment on column public.interview_invites.state is
  'Where its person stands (see private.candidate_states); null unless it is their current invite. '
  'Overdue invites are expired once maintenance has run.';
comment on column public.interview_invites.last_event_at is
  'When something happened to it last, but for mails that were accepted, and reminders.';
comment on column public.interview_invites.list_name is
  'By what its person is sorted: their name, else the address.';

create or replace function private.candidate_states()
  returns text[]
  language sql immutable set search_path = ''
  return array['asks_for_code', 'not_delivered', 'invited', 'joined', 'completed', 'reviewed',
               'advance', 'hold', 'decline', 'withdrawn', 'expired', 'revoked'];
comment on function private.candidate_states() is
  'Where a person stands in an interview, each in exactly one state: asks for a new code; the '
  'invitation failed; invited; joined; completed, without a review; reviewed; one of the three '
  'decisions; withdrawn, or without the account that had joined; expired; revoked.';

-- Definer, like the triggers that call it: the writer may not update invites.
create or replace function private.mark_invites(participant_ids uuid[])
  returns void
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.interview_invites i
    set withdrawn_at = case when mark.withdrawn then coalesce(i.withdrawn_at, now()) end,
        reviewed_at = mark.reviewed_at, decision = mark.decision, decided_at = mark.decided_at
    from (
      select p.invite_id, p.status = 'withdrawn' as withdrawn, d.decision, d.decided_at,
             (select max(r.submitted_at) from public.candidate_reviews r
              where r.participant_id = p.id) as reviewed_at
      from public.interview_participants p
      left join public.candidate_decisions d on d.participant_id = p.id
      where p.id = any (mark_invites.participant_ids)
    ) as mark
    where i.id = mark.invite_id
      and (i.withdrawn_at is not null, i.reviewed_at, i.decision, i.decided_at)
        is distinct from (mark.withdrawn, mark.reviewed_at, mark.decision, mark.decided_at);
end
$$;
comment on function private.mark_invites(uuid[]) is
  'Copies to the invites of these participants that they withdrew, their last review, and what was '
  'decided.';

create or replace function private.mark_invite()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.invite_id <> old.invite_id then
    -- The old one may have been sent to another address of the same person: under that it never
    -- stands for them again (see earlier_invite).
    update public.interview_invites i
      set is_current = false, reviewed_at = null, decision = null, decided_at = null,
          withdrawn_at = case when i.email = redeemed.email then i.withdrawn_at end
      from public.interview_invites redeemed
      where i.id = old.invite_id and redeemed.id = new.invite_id
        and (i.is_current or i.email <> redeemed.email
             or num_nonnulls(i.reviewed_at, i.decision, i.decided_at) > 0);
  end if;
  perform private.mark_invites(array[new.id]);
  return null;
end
$$;
comment on function private.mark_invite() is
  'After a participant withdrew, or came back by another invite: marks the invites.';

create or replace trigger _900_mark_invite
  after update of status, invite_id on public.interview_participants
  for each row when (new.invite_id is distinct from old.invite_id
    or (new.status = 'withdrawn') <> (old.status = 'withdrawn'))
  execute function private.mark_invite();

create or replace function private.mark_deserted_invites()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.interview_invites i
    set withdrawn_at = coalesce(i.withdrawn_at, now()), reviewed_at = null, decision = null,
        decided_at = null
    from gone
    where i.id = gone.invite_id
      and exists (select from public.interviews n where n.id = gone.interview_id);
  return null;
end
$$;
comment on function private.mark_deserted_invites() is
  'After participants were deleted, as with their account: marks their invites as withdrawn.';

create or replace trigger _900_mark_deserted_invites
  after delete on public.interview_participants
  referencing old table as gone
  for each statement execute function private.mark_deserted_invites();

create or replace function private.mark_judged_invite()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.mark_invites(array[
    case tg_op when 'DELETE' then old.participant_id else new.participant_id end]);
  return null;
end
$$;
comment on function private.mark_judged_invite() is
  'After a review was submitted, or a decision made or taken back: marks the invite.';

create or replace trigger _900_mark_judged_invite
  after insert on public.candidate_reviews
  for each row when (new.submitted_at is not null) execute function private.mark_judged_invite();
create or replace trigger _900_mark_judged_invite_again
  after update of submitted_at on public.candidate_reviews
  for each row when (new.submitted_at is distinct from old.submitted_at)
  execute function private.mark_judged_invite();
create or replace trigger _900_mark_judged_invite_no_more
  after delete on public.candidate_reviews
  for each row when (old.submitted_at is not null) execute function private.mark_judged_invite();
create or replace trigger _900_mark_judged_invite
  after insert or update or delete on public.candidate_decisions
  for each row execute function private.mark_judged_invite();

create or replace function private.earlier_invite(interview_id uuid, email text)
  returns uuid
  language plpgsql stable set search_path = ''
as $$
begin
  return (
    select i.id
    from (
      select known.* from public.interview_invites known
      where known.interview_id = earlier_invite.interview_id
        and known.email = earlier_invite.email
      order by known.created_at desc, known.id desc limit 1
    ) as i
    where i.status in ('pending', 'expired') or i.withdrawn_at is not null
      or exists (select from public.interview_participants p where p.invite_id = i.id));
end
$$;
comment on function private.earlier_invite(uuid, text) is
  'The newest invite of an address, to stand for its person when a newer one is gone; null if the '
  'account that redeemed it has redeemed one to another address since.';

create or replace function private.restore_earlier_invites()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.interview_invites i set is_current = true
    where i.id = any (array(
      select private.earlier_invite(person.interview_id, person.email)
      from (select distinct g.interview_id, g.email from gone g where g.is_current) as person
      join public.interviews n on n.id = person.interview_id
      order by 1));
  return null;
end
$$;
comment on function private.restore_earlier_invites() is
  'After invites were deleted: an earlier one of the same address stands for its person again.';

create or replace trigger _900_restore_earlier_invites
  after delete on public.interview_invites
  referencing old table as gone
  for each statement execute function private.restore_earlier_invites();

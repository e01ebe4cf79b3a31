-- Interviews: what a recruiter creates, and when candidates may join.

create table if not exists public.interviews (
  id uuid primary key default gen_random_uuid(),
  title varchar(255) not null,
  description text,
  recruiter_id uuid not null default auth.uid(),
  company_number varchar(50),
  status varchar(20) not null default 'active',
  deadline timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  reminded_for interval,
  response_kinds text[] not null default '{video,audio}',
  deadline_stage smallint not null default 0,
  privacy_notice text,
  analysis text not null default 'transcripts',
  language text not null default 'en',
  archived_at timestamptz,
  constraint interviews_title_check check (private.trim_blanks(title) <> ''),
  constraint interviews_description_check check (length(description) <= 100000),
  constraint interviews_status_check check (status in ('active', 'inactive', 'completed')),
  constraint interviews_deadline_check
    check (deadline between timestamptz '2000-01-01 00:00+00'
                        and timestamptz '9999-01-01 00:00+00'),
  constraint interviews_response_kinds_check
    check (response_kinds <@ '{video,audio,text}' and cardinality(response_kinds) between 1 and 3),
  constraint interviews_deadline_stage_check check (deadline_stage between 0 and 2),
  constraint interviews_privacy_notice_check check (length(privacy_notice) <= 5000),
  constraint interviews_analysis_check check (analysis in ('off', 'transcripts')),
  constraint interviews_language_check check (language ~ '^[a-z]{2,3}$'),
  constraint interviews_recruiter_id_fkey
    foreign key (recruiter_id) references auth.users (id) on delete restrict
);
create index if not exists interviews_recruiter_id_idx
  on public.interviews (recruiter_id, created_at desc, id desc);
-- For list_interviews, one for each order.
create index if not exists interviews_by_created_idx
  on public.interviews (recruiter_id, (archived_at is null), status, created_at, id);
create index if not exists interviews_by_title_idx
  on public.interviews (recruiter_id, (archived_at is null), status, lower(title), id);
create index if not exists interviews_by_deadline_idx
  on public.interviews
  (recruiter_id, (archived_at is null), status, coalesce(deadline, 'infinity'), id);
create index if not exists interviews_deadline_idx
  on public.interviews (coalesce(reminded_for, '1000 years'), deadline) where deadline is not null;
create index if not exists interviews_deadline_stage_idx
  on public.interviews (deadline_stage, deadline) where deadline is not null;

comment on table public.interviews is
  'An interview: ordered questions that invited candidates answer.';
comment on column public.interviews.recruiter_id is
  'The owner; only transfer_interviews changes it.';
comment on column public.interviews.company_number is 'A label; grants nothing.';
comment on column public.interviews.status is
  'active: candidates may join; inactive: only those who have joined may continue; completed: '
  'nobody may finish.';
comment on column public.interviews.deadline is
  'Nobody joins after it; those who have joined may finish until 10 minutes later.';
comment on column public.interviews.reminded_for is
  'The shortest distance before the deadline for which all reminders are queued (see '
  'queue_reminders).';
comment on column public.interviews.response_kinds is
  'How candidates may answer: video, audio, text.';
comment on column public.interviews.deadline_stage is
  'What maintenance has done since the deadline passed: 1, told those who have answered but not '
  'submitted; 2, submitted for them after the grace period.';
comment on column public.interviews.privacy_notice is
  'What the company tells candidates about their data, in plain text, shown before they consent; '
  'beside the project''s own notice (consent_notices).';
comment on column public.interviews.analysis is
  'off: no software looks at recordings; transcripts: it checks them, and writes down what those '
  'say who consent.';
comment on column public.interviews.language is
  'The language of the answers, as a primary subtag of BCP 47 like en or de.';
comment on column public.interviews.archived_at is
  'When its owner put it into the archive; null if it is not there. It concerns their lists alone: '
  'who may join or finish depends on status and deadline.';

create or replace function private.stamp_interview()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    new.created_at := now();
    new.updated_at := now();
    new.reminded_for := null;
    new.deadline_stage := 0;
    return new;
  end if;
  new.created_at := old.created_at;
  new.updated_at := old.updated_at;
  new.archived_at := case when new.archived_at is not null
                          then coalesce(old.archived_at, now()) end;
  if (new.status, new.deadline) is distinct from (old.status, old.deadline) then
    new.reminded_for := null;
    new.deadline_stage := 0;
  end if;
  -- Neither a reminder nor archiving is an edit.
  if (new.title, new.description, new.recruiter_id, new.company_number, new.status, new.deadline,
      new.response_kinds, new.privacy_notice, new.analysis, new.language)
     is distinct from
     (old.title, old.description, old.recruiter_id, old.company_number, old.status, old.deadline,
      old.response_kinds, old.privacy_notice, old.analysis, old.language)
  then
    new.updated_at := now();
  end if;
  return new;
end
$$;
comment on function private.stamp_interview() is
  'Sets the timestamps, whatever the client sent; a new deadline gets its own reminders.';

create or replace trigger _100_stamp_interview
  before insert or update on public.interviews
  for each row execute function private.stamp_interview();

-- Not for new interviews: the first version's frontend inserts them, and they are stored as they
-- are. Inviting to them is refused.
create or replace function private.check_new_title()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  if private.has_link(new.title) then
    perform private.refuse('text_not_allowed');
  end if;
  return new;
end
$$;
comment on function private.check_new_title() is
  'Before an interview is renamed: raises text_not_allowed if its new title has a link in it.';

create or replace trigger _150_check_new_title
  before update of title on public.interviews
  for each row when (new.title is distinct from old.title)
  execute function private.check_new_title();

-- Definer, because clients may not read the settings. Looks at the statement's accounts only, and
-- at no more of their interviews than they may have.
create or replace function private.admit_interviews()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_most integer := (select s.interviews_per_account from private.settings s);
begin
  if private.is_client() and (
    select count(*) from (
      select from public.interviews n where n.recruiter_id = (select auth.uid())
      limit v_most + 1
    ) as own
  ) > v_most then
    perform private.refuse('too_many_interviews', v_most::text);
  end if;
  return null;
end
$$;
comment on function private.admit_interviews() is
  'After a client''s statement that inserts interviews: raises too_many_interviews.';

create or replace trigger _400_admit_interviews
  after insert on public.interviews
  for each statement execute function private.admit_interviews();

create or replace function private.is_open(status text, deadline timestamptz)
  returns boolean
  language plpgsql stable set search_path = ''
as $$
begin
  return is_open.status = 'active' and (is_open.deadline is null or is_open.deadline > now());
end
$$;
comment on function private.is_open(text, timestamptz) is
  'Whether an interview with this status and deadline accepts candidates now.';

-- Questions, invites and participants repeat their interview's recruiter_id, so that their policies
-- compare one indexed column instead of reading another table. It is copied here, never sent, and
-- move_recruiter_id keeps it up to date. Definer, because the writer may not be able to read the
-- interview. The lock, which the foreign key takes later anyway, keeps the interview from being
-- transferred or deleted in between. Clients can only lock their own interviews, and the one that
-- accept_invite has already locked.
create or replace function private.copy_recruiter_id()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if tg_table_name in ('interview_invites', 'interview_reviewers') and tg_op = 'INSERT'
     and not private.is_client() then
    -- Clients hold it already (lock_inviting_first); others may insert for many recruiters.
    perform private.lock_inviting(n.recruiter_id)
      from public.interviews n where n.id = new.interview_id;
  end if;
  select n.recruiter_id into new.recruiter_id
    from public.interviews n
    where n.id = new.interview_id
      and (n.recruiter_id = auth.uid() or tg_table_name = 'interview_participants'
           or not private.is_client())
    for key share;
  if new.recruiter_id is null and not private.is_client() then
    perform private.refuse('interview_not_found');
  end if;
  return new;
end
$$;
comment on function private.copy_recruiter_id() is
  'Sets recruiter_id to that of the row''s interview. Another recruiter''s interview gives clients '
  'null, which the policies refuse.';

-- To avoid deadlocks, everything locks in this order: the recruiter's inviting lock
-- (lock_inviting), the interview (shared by writers below it), participants by id, invites by id,
-- reviewers by id, analyses, jobs. A transfer or deletion takes the middle four without analyses
-- here, so that it misses no row. Definer, because the writer may not own the rows below.
create or replace function private.hold_interview()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform from public.interviews n where n.id = old.id for update;
  perform from public.interview_participants p
    where p.interview_id = old.id order by p.id for update;
  perform from public.interview_invites i where i.interview_id = old.id order by i.id for update;
  perform from public.interview_reviewers r where r.interview_id = old.id order by r.id for update;
  return case tg_op when 'DELETE' then old else new end;
end
$$;
comment on function private.hold_interview() is
  'Before an interview is transferred or deleted: waits for writers below it and blocks new ones.';

create or replace trigger _200_hold_interview
  before delete on public.interviews
  for each row execute function private.hold_interview();
create or replace trigger _200_hold_moved_interview
  before update of recruiter_id on public.interviews
  for each row when (
    new.recruiter_id is distinct from old.recruiter_id
    and current_setting('interviews.skip_row_triggers', true) is distinct from 'yes')
  execute function private.hold_interview();

-- One statement deletes several interviews in any order, each with everything below it, and others
-- must not wait for one while they hold another that is next. Locks all, or gives back those that
-- were free and waits for one that was not.
create or replace function private.hold_interviews(interview_ids uuid[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_free uuid[];
  v_busy uuid;
begin
  loop
    begin
      perform from public.interviews n where n.id = v_busy for update;
      v_free := array(
        select n.id from public.interviews n
        where n.id = any (hold_interviews.interview_ids)
        order by n.id for update skip locked);
      v_busy := (
        select n.id from public.interviews n
        where n.id = any (hold_interviews.interview_ids) and n.id <> all (v_free)
        order by n.id limit 1);
      if v_busy is null then
        return;
      end if;
      raise sqlstate 'BUSY0';
    exception when sqlstate 'BUSY0' then
      null;  -- what this block has locked is free again
    end;
  end loop;
end
$$;
comment on function private.hold_interviews(uuid[]) is
  'Locks interviews against writers below them, and never waits while it holds some of them.';

-- Definer, because service_role and DBAs may not own the rows below. Skips the row triggers of
-- invites, which have nothing to check here.
create or replace function private.move_recruiter_id()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if not exists (
    select from was join now_is using (id) where was.recruiter_id <> now_is.recruiter_id
  ) then
    return null;
  end if;
  perform set_config('interviews.skip_row_triggers', 'yes', true);
  update public.interview_questions c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.interview_invites c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.interview_participants c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.interview_reviewers c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.interview_responses c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.response_analyses c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.accommodations c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.interview_criteria c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.candidate_reviews c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.candidate_ratings c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.candidate_decisions c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  perform set_config('interviews.skip_row_triggers', '', true);
  insert into private.unsubscribes (address_key, recruiter_id)
    select u.address_key, n.recruiter_id
    from was
    join now_is n on n.id = was.id and n.recruiter_id <> was.recruiter_id
    cross join lateral (
      select i.email from public.interview_invites i where i.interview_id = n.id
      union
      select r.email from public.interview_reviewers r where r.interview_id = n.id
      union
      select private.normalize_email(a.email)
      from public.interview_participants p join auth.users a on a.id = p.user_id
      where p.interview_id = n.id
    ) as known
    join private.unsubscribes u
      on u.recruiter_id = was.recruiter_id and u.address_key = private.address_key(known.email)
    where exists (select from private.unsubscribes had where had.recruiter_id = was.recruiter_id)
    on conflict do nothing;
  return null;
end
$$;
comment on function private.move_recruiter_id() is
  'Copies a new recruiter_id to everything below the interview. Who has unsubscribed from it stays '
  'so.';

create or replace trigger _300_move_recruiter_id
  after update on public.interviews
  referencing old table as was new table as now_is
  for each statement execute function private.move_recruiter_id();

-- For service_role and DBAs: an account can be deleted only when it owns no interviews. Definer,
-- because service_role may not update interviews.
create or replace function public.transfer_interviews(
  from_recruiter uuid, to_recruiter uuid, at_most integer default null
)
  returns integer
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_interview_ids uuid[];
  v_moved integer;
begin
  if not exists (select from auth.users u where u.id = transfer_interviews.to_recruiter) then
    perform private.refuse('recruiter_not_found', coalesce(to_recruiter::text, 'null'));
  end if;
  perform private.lock_inviting(recruiter_id)
    from unnest(array[from_recruiter, to_recruiter]) as recruiter_id
    order by recruiter_id;
  v_interview_ids := array(
    select n.id from public.interviews n
    where n.recruiter_id = transfer_interviews.from_recruiter
    order by n.id limit transfer_interviews.at_most);
  perform private.hold_interviews(v_interview_ids);
  -- As in hold_interview, but for all interviews at once, to keep the lock order.
  perform from public.interview_participants p
    where p.interview_id = any (v_interview_ids) order by p.id for update;
  perform from public.interview_invites i
    where i.interview_id = any (v_interview_ids) order by i.id for update;
  perform from public.interview_reviewers r
    where r.interview_id = any (v_interview_ids) order by r.id for update;
  perform set_config('interviews.skip_row_triggers', 'yes', true);
  update public.interviews n
    set recruiter_id = transfer_interviews.to_recruiter
    where n.id = any (v_interview_ids)
      -- Still: a DBA may have moved one by hand.
      and n.recruiter_id = transfer_interviews.from_recruiter;
  get diagnostics v_moved = row_count;
  perform set_config('interviews.skip_row_triggers', '', true);
  return v_moved;
end
$$;
comment on function public.transfer_interviews(uuid, uuid, integer) is
  'Transfers all interviews of a recruiter, or at_most that many, to another, with everything '
  'below them; returns how many. For an account with 100,000 invites, repeat it with a limit until '
  'it returns 0.';

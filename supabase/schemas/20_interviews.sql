-- Interviews: what a recruiter creates, and the one rule for when candidates may come in.

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
  constraint interviews_title_check check (title ~ '[^\s\u00a0\u200b\u2060\u3000\ufeff]'),
  constraint interviews_description_check check (length(description) <= 100000),
  constraint interviews_status_check check (status in ('active', 'inactive', 'completed')),
  constraint interviews_deadline_check
    check (deadline between timestamptz '2000-01-01 00:00+00' and timestamptz '9999-01-01 00:00+00'),
  constraint interviews_recruiter_id_fkey foreign key (recruiter_id) references auth.users (id) on delete restrict
);
create index if not exists interviews_recruiter_id_idx on public.interviews (recruiter_id, created_at desc);
create index if not exists interviews_deadline_idx on public.interviews (deadline) where deadline is not null;

comment on table public.interviews is 'An interview: ordered questions that invited candidates answer.';
comment on column public.interviews.recruiter_id is 'Its owner; changed by transfer_interviews alone.';
comment on column public.interviews.company_number is 'A label; grants nothing.';
comment on column public.interviews.status is
  'active takes candidates in; inactive takes nobody new; completed lets nobody finish any more.';
comment on column public.interviews.deadline is 'Nobody joins after it; who has joined may finish until 10 minutes past it.';

create or replace function private.stamp_interview()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  new.created_at := case tg_op when 'INSERT' then now() else old.created_at end;
  new.updated_at := now();
  return new;
end
$$;
comment on function private.stamp_interview() is 'Stamps are the database''s own, whatever was sent along.';

create or replace trigger stamp_interview
  before insert or update on public.interviews
  for each row execute function private.stamp_interview();

create or replace function private.is_open(status text, deadline timestamptz)
  returns boolean
  language plpgsql stable set search_path = ''
as $$
begin
  return is_open.status = 'active' and (is_open.deadline is null or is_open.deadline > now());
end
$$;
comment on function private.is_open(text, timestamptz) is
  'Whether an interview of this status and deadline accepts candidates now.';

-- Questions, invites and participants repeat their interview's recruiter_id, so that each of
-- their policies is one comparison with an indexed column instead of a look into another
-- table. Nobody sends it: it is copied here, and follows the interview in move_recruiter_id.
-- Definer, because the writer need not see the interview. The lock, which the foreign key would
-- take later, keeps the interview from being moved or deleted until the row stands.
create or replace function private.copy_recruiter_id()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  select n.recruiter_id into new.recruiter_id
    from public.interviews n where n.id = new.interview_id
    for key share;
  if new.recruiter_id is null and not private.is_client() then
    raise exception 'There is no interview with the id %.', coalesce(new.interview_id::text, 'null')
      using errcode = 'PT404', detail = 'interview_not_found', hint = 'Create the interview first.';
  end if;
  return new;
end
$$;
comment on function private.copy_recruiter_id() is
  'Sets recruiter_id to that of the row''s interview; for clients null, which the policies refuse, when there is none.';

-- Locks are taken in one order, so that nobody waits for each other: lock_codes (where it is
-- needed), the interview (shared by whoever writes below it), participants, invites by id, mails.
-- Whoever moves or deletes an interview takes all but the last here, so that no row is missed.
-- Definer, because the writer need not own the rows below.
create or replace function private.hold_interview()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform from public.interviews n where n.id = old.id for update;
  perform from public.interview_participants p where p.interview_id = old.id order by p.id for update;
  perform from public.interview_invites i where i.interview_id = old.id order by i.id for update;
  return case tg_op when 'DELETE' then old else new end;
end
$$;
comment on function private.hold_interview() is
  'Before an interview changes its recruiter or is deleted: waits for whoever writes below it, and keeps others out.';

create or replace trigger hold_interview
  before delete on public.interviews
  for each row execute function private.hold_interview();
create or replace trigger hold_moved_interview
  before update of recruiter_id on public.interviews
  for each row when (new.recruiter_id is distinct from old.recruiter_id)
  execute function private.hold_interview();

-- Definer, because whoever moves an interview need not own the rows below it.
create or replace function private.move_recruiter_id()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if not exists (select from was join now_is using (id) where was.recruiter_id <> now_is.recruiter_id) then
    return null;
  end if;
  update public.interview_questions c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.interview_invites c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.interview_participants c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  return null;
end
$$;
comment on function private.move_recruiter_id() is 'Carries a new recruiter_id to everything below the interview.';

create or replace trigger move_recruiter_id
  after update on public.interviews
  referencing old table as was new table as now_is
  for each statement execute function private.move_recruiter_id();

-- For service_role and DBAs: an account that owns interviews cannot be deleted before.
create or replace function public.transfer_interviews(from_recruiter uuid, to_recruiter uuid)
  returns integer
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_moved integer;
begin
  if not exists (select from auth.users u where u.id = transfer_interviews.to_recruiter) then
    raise exception 'There is no account with the id %.', coalesce(transfer_interviews.to_recruiter::text, 'null')
      using errcode = 'PT404', detail = 'recruiter_not_found', hint = 'Give the id of an existing account.';
  end if;
  -- What hold_interview locks of one interview, of all of them, so that the order holds.
  perform private.lock_codes();
  perform from public.interviews n
    where n.recruiter_id = transfer_interviews.from_recruiter order by n.id for update;
  perform from public.interview_participants p
    where p.recruiter_id = transfer_interviews.from_recruiter order by p.id for update;
  perform from public.interview_invites i
    where i.recruiter_id = transfer_interviews.from_recruiter order by i.id for update;
  update public.interviews n
    set recruiter_id = transfer_interviews.to_recruiter
    where n.recruiter_id = transfer_interviews.from_recruiter;
  get diagnostics v_moved = row_count;
  return v_moved;
end
$$;
comment on function public.transfer_interviews(uuid, uuid) is
  'Moves all interviews of one recruiter to another, with everything below them; returns how many. '
  'Definer: service_role may not update interviews.';

-- The first version as a project may run it: four tables with the base columns, its rules under
-- names of its own, wide-open policies, and things of other people's that depend on the tables.
-- Run by postgres on a database like a hosted project's.

create table public.interviews (
  id uuid default gen_random_uuid() primary key,
  title varchar(255),
  description text,
  recruiter_id uuid references auth.users (id) on delete cascade,
  company_number varchar(50) default '000',
  status varchar(20) default 'active',
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint "title is short" check (length(title) < 200)
);
create table public.interview_questions (
  id uuid default gen_random_uuid() constraint questions_primary primary key,
  interview_id uuid references public.interviews (id) on delete cascade,
  question text,
  order_index integer default 0,
  created_at timestamptz default now()
);
create table public.interview_invites (
  id uuid default gen_random_uuid() primary key,
  interview_id uuid references public.interviews (id),
  email varchar(255),
  invite_code varchar(6) unique,
  status varchar(20) default 'pending',
  created_at timestamptz default now(),
  accepted_at timestamptz,
  completed_at timestamptz
);
create table public.interview_participants (
  id uuid default gen_random_uuid() primary key,
  interview_id uuid references public.interviews (id) on delete cascade,
  user_id uuid references auth.users (id),
  status varchar(20) default 'active',
  joined_at timestamptz default now(),
  completed_at timestamptz
);

create index idx_questions_interview on public.interview_questions (interview_id);
create index idx_invites_code on public.interview_invites (invite_code);
-- The names that the new schema uses, for something else.
create index interview_invites_expires_at_idx on public.interview_invites (created_at);
create index interview_invites_pending_code_key on public.interview_invites (status);

alter table public.interviews enable row level security;
alter table public.interview_questions enable row level security;
alter table public.interview_invites enable row level security;
alter table public.interview_participants enable row level security;

create policy "Recruiters can manage their interviews" on public.interviews
  for all using (auth.uid() = recruiter_id);
create policy "Users can view active interviews" on public.interviews
  for select using (status = 'active');
create policy "Questions are viewable by everyone" on public.interview_questions
  for select using (true);
create policy "Recruiters can manage invites" on public.interview_invites
  for all using (
    exists (select from public.interviews n where n.id = interview_id and n.recruiter_id = auth.uid()));
create policy "Users can join interviews" on public.interview_participants
  for insert with check (auth.uid() = user_id);
create policy "Users can view their participation" on public.interview_participants
  for select using (auth.uid() = user_id);

create function public.update_updated_at_column()
  returns trigger
  language plpgsql
as $$
begin
  new.updated_at = now();
  return new;
end
$$;
create trigger update_interviews_updated_at
  before update on public.interviews
  for each row execute function public.update_updated_at_column();

-- Other people's.
create table public.scorecards (
  id integer primary key,
  interview_id uuid references public.interviews (id) on delete cascade,
  participant_id uuid constraint scored references public.interview_participants (id)
);
create view public.interview_overview as
  select n.id, n.title, count(i.id) as invites
  from public.interviews n left join public.interview_invites i on i.interview_id = n.id
  group by n.id;

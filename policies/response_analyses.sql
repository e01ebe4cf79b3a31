-- response_analyses: who may do what
--
--                 anon   signed in   its recruiter   the participant   reviewer    service_role
-- select           -         -       once            own               once        yes
--                                    submitted                         submitted
-- insert           -         -       -               -                 -           -
-- update           -         -       -               correction, of    -           -
--                                                    transcripts
-- delete           -         -       -               -                 -           -
--
-- Workers write by settle_jobs.

alter table public.response_analyses enable row level security;
revoke all on public.response_analyses from public, anon, authenticated, service_role;
grant select on public.response_analyses to authenticated, service_role;
grant update (correction) on public.response_analyses to authenticated;

-- The policy of interview_responses says which recordings the reader sees.
drop policy if exists response_analyses_select_readable on public.response_analyses;
create policy response_analyses_select_readable on public.response_analyses
  for select to authenticated
  using (exists (select from public.interview_responses r where r.id = response_id));

drop policy if exists response_analyses_update_own on public.response_analyses;
create policy response_analyses_update_own on public.response_analyses
  for update to authenticated
  using (user_id = (select auth.uid()) and step = 'transcript')
  with check (user_id = (select auth.uid()) and step = 'transcript');

-- candidate_decisions: who may do what
--
--                 anon   signed in    the interview's recruiter   the participant   reviewer   service_role
-- select           -         -        yes                         -                 -          yes
-- insert           -         -        -                           -                 -          -
-- update           -         -        -                           -                 -          -
-- delete           -         -        -                           -                 -          -
--
-- Recruiters write by decide.

alter table public.candidate_decisions enable row level security;
revoke all on public.candidate_decisions from public, anon, authenticated, service_role;
grant select on public.candidate_decisions to authenticated, service_role;

drop policy if exists candidate_decisions_select_recruiter on public.candidate_decisions;
create policy candidate_decisions_select_recruiter on public.candidate_decisions
  for select to authenticated
  using (recruiter_id = (select auth.uid()));

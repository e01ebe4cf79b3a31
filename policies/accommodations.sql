-- accommodations: who may do what
--
--                 anon   signed in    the interview's recruiter   the participant   reviewer   service_role
-- select           -         -        yes                         own               -          yes
-- insert           -         -        -                           -                 -          -
-- update           -         -        -                           -                 -          -
-- delete           -         -        -                           -                 -          -
--
-- Recruiters write by adjust_participant.

alter table public.accommodations enable row level security;
revoke all on public.accommodations from public, anon, authenticated, service_role;
grant select on public.accommodations to authenticated, service_role;

drop policy if exists accommodations_select_own_or_recruiter
  on public.accommodations;
create policy accommodations_select_own_or_recruiter
  on public.accommodations
  for select to authenticated
  using (user_id = (select auth.uid()) or recruiter_id = (select auth.uid()));

-- interview_invites: who may do what
--
--                 anon   signed in    the interview's recruiter              its participant   reviewer   service_role
-- select           -         -        yes                                    -                 -          yes
-- insert           -         -        interview_id, email, status (pending   -                 -          the same,
--                                     only), created_at (overwritten),                                    recruiter_name
--                                     invite_code (refused by name)
-- update           -         -        -                                      -                 -          -
-- delete           -         -        pending and expired ones               -                 -          -
--
-- Candidates never read this table; they use accept_invite.

alter table public.interview_invites enable row level security;
revoke all on public.interview_invites from public, anon, authenticated, service_role;
grant select, delete on public.interview_invites to authenticated;
grant insert (interview_id, email, invite_code, status, created_at)
  on public.interview_invites to authenticated;
grant select on public.interview_invites to service_role;
grant insert (interview_id, email, invite_code, status, created_at, recruiter_name)
  on public.interview_invites to service_role;

drop policy if exists interview_invites_select_recruiter on public.interview_invites;
create policy interview_invites_select_recruiter on public.interview_invites
  for select to authenticated
  using (recruiter_id = (select auth.uid()));

drop policy if exists interview_invites_insert_recruiter on public.interview_invites;
create policy interview_invites_insert_recruiter on public.interview_invites
  for insert to authenticated
  with check (recruiter_id = (select auth.uid()) and (select public.may_recruit()));

drop policy if exists interview_invites_delete_recruiter on public.interview_invites;
create policy interview_invites_delete_recruiter on public.interview_invites
  for delete to authenticated
  using (recruiter_id = (select auth.uid()) and status in ('pending', 'expired'));

-- interview_candidates: recruiters read the candidates of their own interviews; the policies of its
-- tables apply to the reader.
revoke all on public.interview_candidates from public, anon, authenticated, service_role;
grant select on public.interview_candidates to authenticated;

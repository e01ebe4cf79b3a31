-- interview_participants: who may do what
--
--                 anon   signed in    the interview's recruiter   the participant    reviewer   service_role
-- select           -         -        yes                         own                yes        yes
-- insert           -         -        -                           -                  -          -
-- update           -         -        -                           own status         -          -
-- delete           -         -        -                           -                  -          -
--
-- Only accept_invite inserts rows.

alter table public.interview_participants enable row level security;
revoke all on public.interview_participants from public, anon, authenticated, service_role;
grant select on public.interview_participants to authenticated;
grant update (status) on public.interview_participants to authenticated;
grant select on public.interview_participants to service_role;

drop policy if exists interview_participants_select_own_recruiter_or_reviewer
  on public.interview_participants;
create policy interview_participants_select_own_recruiter_or_reviewer
  on public.interview_participants
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or recruiter_id = (select auth.uid())
    or interview_id = any (array(select private.reviewed_interview_ids()))
  );

drop policy if exists interview_participants_update_own on public.interview_participants;
create policy interview_participants_update_own on public.interview_participants
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

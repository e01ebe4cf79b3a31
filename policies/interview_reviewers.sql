-- interview_reviewers: who may do what
--
--                 anon   signed in    the interview's recruiter   its participant   reviewer   service_role
-- select           -         -        yes                         -                 own row    yes
-- insert           -         -        -                           -                 -          -
-- update           -         -        -                           -                 -          -
-- delete           -         -        yes                         -                 -          -
--
-- Recruiters invite by invite_reviewers; reviewers join by join_reviews.

alter table public.interview_reviewers enable row level security;
revoke all on public.interview_reviewers from public, anon, authenticated, service_role;
grant select, delete on public.interview_reviewers to authenticated;
grant select on public.interview_reviewers to service_role;

drop policy if exists interview_reviewers_select_recruiter_or_own on public.interview_reviewers;
create policy interview_reviewers_select_recruiter_or_own on public.interview_reviewers
  for select to authenticated
  using (recruiter_id = (select auth.uid()) or user_id = (select auth.uid()));

drop policy if exists interview_reviewers_delete_recruiter on public.interview_reviewers;
create policy interview_reviewers_delete_recruiter on public.interview_reviewers
  for delete to authenticated
  using (recruiter_id = (select auth.uid()));

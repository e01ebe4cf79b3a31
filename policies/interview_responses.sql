-- interview_responses: who may do what
--
--                 anon   signed in    the interview's recruiter   the participant   reviewer         service_role
-- select           -         -        yes, once submitted         own               once submitted   yes
-- insert           -         -        -                           -                 -                -
-- update           -         -        -                           -                 -                -
-- delete           -         -        -                           -                 -                -
--
-- Candidates write by start_response, write_response, delete_my_responses, and by uploading.

alter table public.interview_responses enable row level security;
revoke all on public.interview_responses from public, anon, authenticated, service_role;
grant select on public.interview_responses to authenticated, service_role;

drop policy if exists interview_responses_select_own_recruiter_or_reviewer
  on public.interview_responses;
create policy interview_responses_select_own_recruiter_or_reviewer
  on public.interview_responses
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or (
      submitted_at is not null
      and (recruiter_id = (select auth.uid())
           or interview_id = any (array(select private.reviewed_interview_ids())))
    )
  );

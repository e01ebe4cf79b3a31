-- interview_responses: who may do what
--
--                 anon   signed in    the interview's recruiter   the participant   service_role
-- select           -         -        once submitted              own               yes
-- insert           -         -        -                           -                 -
-- update           -         -        -                           -                 -
-- delete           -         -        -                           -                 -
--
-- Candidates write by start_response, write_response, delete_my_responses, and by uploading.

alter table public.interview_responses enable row level security;
revoke all on public.interview_responses from public, anon, authenticated, service_role;
grant select on public.interview_responses to authenticated, service_role;

drop policy if exists interview_responses_select_own_or_recruiter on public.interview_responses;
create policy interview_responses_select_own_or_recruiter on public.interview_responses
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or (recruiter_id = (select auth.uid()) and submitted_at is not null)
  );

-- participant_accommodations: the recruiter, who gives them by adjust_participant, and the
-- participant read them.
alter table public.participant_accommodations enable row level security;
revoke all on public.participant_accommodations from public, anon, authenticated, service_role;
grant select on public.participant_accommodations to authenticated, service_role;

drop policy if exists participant_accommodations_select_own_or_recruiter
  on public.participant_accommodations;
create policy participant_accommodations_select_own_or_recruiter
  on public.participant_accommodations
  for select to authenticated
  using (user_id = (select auth.uid()) or recruiter_id = (select auth.uid()));

-- consent_notices: everybody who is signed in reads them; DBAs write them.
alter table public.consent_notices enable row level security;
revoke all on public.consent_notices from public, anon, authenticated, service_role;
grant select on public.consent_notices to authenticated, service_role;

drop policy if exists consent_notices_select_signed_in on public.consent_notices;
create policy consent_notices_select_signed_in on public.consent_notices
  for select to authenticated
  using (true);

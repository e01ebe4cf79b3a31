-- interview_questions: who may do what
--
--                 anon   signed in    the interview's recruiter              its participant         reviewer   service_role
-- select           -         -        yes                                    while not withdrawn     yes        yes
-- insert           -         -        interview_id, question, order_index,   -                       -          -
--                                     max_seconds, max_takes,
--                                     preparation_seconds, required,
--                                     created_at (overwritten)
-- update           -         -        question, order_index, max_seconds,    -                       -          -
--                                     max_takes, preparation_seconds,
--                                     required
-- delete           -         -        yes, while nobody has answered         -                       -          -

alter table public.interview_questions enable row level security;
revoke all on public.interview_questions from public, anon, authenticated, service_role;
grant select, delete on public.interview_questions to authenticated;
grant insert (interview_id, question, order_index, max_seconds, max_takes, preparation_seconds,
              required, created_at)
  on public.interview_questions to authenticated;
grant update (question, order_index, max_seconds, max_takes, preparation_seconds, required)
  on public.interview_questions to authenticated;
grant select on public.interview_questions to service_role;

drop policy if exists interview_questions_select_recruiter_participant_or_reviewer
  on public.interview_questions;
create policy interview_questions_select_recruiter_participant_or_reviewer
  on public.interview_questions
  for select to authenticated
  using (
    recruiter_id = (select auth.uid())
    or interview_id = any (array(select private.attended_interview_ids()))
    or interview_id = any (array(select private.reviewed_interview_ids()))
  );

drop policy if exists interview_questions_insert_recruiter on public.interview_questions;
create policy interview_questions_insert_recruiter on public.interview_questions
  for insert to authenticated
  with check (recruiter_id = (select auth.uid()));

drop policy if exists interview_questions_update_recruiter on public.interview_questions;
create policy interview_questions_update_recruiter on public.interview_questions
  for update to authenticated
  using (recruiter_id = (select auth.uid()))
  with check (recruiter_id = (select auth.uid()));

drop policy if exists interview_questions_delete_recruiter on public.interview_questions;
create policy interview_questions_delete_recruiter on public.interview_questions
  for delete to authenticated
  using (recruiter_id = (select auth.uid()));

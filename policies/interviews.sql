-- interviews: who may do what
--
--                 anon   signed in                     its recruiter             its participant   reviewer   service_role
-- select           -         -                         yes                       yes               yes        yes
-- insert           -         as one's own: title,      -                         -                 -          -
--                            description,
--                            recruiter_id,
--                            company_number, status,
--                            deadline, response_kinds,
--                            privacy_notice,
--                            analysis, language,
--                            created_at (overwritten)
-- update           -         -                         title, description,       -                 -          -
--                                                      company_number, status,
--                                                      deadline,
--                                                      response_kinds,
--                                                      privacy_notice,
--                                                      analysis, language,
--                                                      archived_at
-- delete           -         -                         yes                       -                 -          -

alter table public.interviews enable row level security;
revoke all on public.interviews from public, anon, authenticated, service_role;
grant select, delete on public.interviews to authenticated;
grant insert (title, description, recruiter_id, company_number, status, deadline, response_kinds,
              privacy_notice, analysis, language, created_at)
  on public.interviews to authenticated;
grant update (title, description, company_number, status, deadline, response_kinds,
              privacy_notice, analysis, language, archived_at)
  on public.interviews to authenticated;
grant select on public.interviews to service_role;

-- Participants read the interviews they joined, reviewers those they review, recruiters those they
-- own.
drop policy if exists interviews_select_own_joined_or_reviewed on public.interviews;
create policy interviews_select_own_joined_or_reviewed on public.interviews
  for select to authenticated
  using (
    recruiter_id = (select auth.uid())
    or id = any (array(select private.joined_interview_ids()))
    or id = any (array(select private.reviewed_interview_ids()))
  );

drop policy if exists interviews_insert_recruiter on public.interviews;
create policy interviews_insert_recruiter on public.interviews
  for insert to authenticated
  with check (recruiter_id = (select auth.uid()) and (select public.may_recruit()));

drop policy if exists interviews_update_recruiter on public.interviews;
create policy interviews_update_recruiter on public.interviews
  for update to authenticated
  using (recruiter_id = (select auth.uid()))
  with check (recruiter_id = (select auth.uid()));

drop policy if exists interviews_delete_recruiter on public.interviews;
create policy interviews_delete_recruiter on public.interviews
  for delete to authenticated
  using (recruiter_id = (select auth.uid()));

-- interview_stats: recruiters read the numbers of their own interviews; the policies of its tables
-- apply to the reader.
revoke all on public.interview_stats from public, anon, authenticated, service_role;
grant select on public.interview_stats to authenticated;

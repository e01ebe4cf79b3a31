-- interview_templates: who may do what
--
--                 anon   signed in                its recruiter              its participant   reviewer   service_role
-- select           -     -                        yes                        -                 -          yes
-- insert           -     as one's own: name,      -                          -                 -          -
--                        description,
--                        interview_description,
--                        privacy_notice,
--                        response_kinds,
--                        analysis, language,
--                        questions, criteria
-- update           -     -                        name, description,         -                 -          -
--                                                 interview_description,
--                                                 privacy_notice,
--                                                 response_kinds, analysis,
--                                                 language, questions,
--                                                 criteria
-- delete           -     -                        yes                        -                 -          -
--
-- Its recruiter is its owner. Those without an owner are read by all who may recruit, and written by
-- DBAs.

alter table public.interview_templates enable row level security;
revoke all on public.interview_templates from public, anon, authenticated, service_role;
grant select, delete on public.interview_templates to authenticated;
grant insert (name, description, interview_description, privacy_notice, response_kinds, analysis,
              language, questions, criteria)
  on public.interview_templates to authenticated;
grant update (name, description, interview_description, privacy_notice, response_kinds, analysis,
              language, questions, criteria)
  on public.interview_templates to authenticated;
grant select on public.interview_templates to service_role;

drop policy if exists interview_templates_select_own_or_shipped on public.interview_templates;
create policy interview_templates_select_own_or_shipped on public.interview_templates
  for select to authenticated
  using (
    owner_id = (select auth.uid())
    or (owner_id is null and (select public.may_recruit()))
  );

drop policy if exists interview_templates_insert_recruiter on public.interview_templates;
create policy interview_templates_insert_recruiter on public.interview_templates
  for insert to authenticated
  with check (owner_id = (select auth.uid()) and (select public.may_recruit()));

drop policy if exists interview_templates_update_owner on public.interview_templates;
create policy interview_templates_update_owner on public.interview_templates
  for update to authenticated
  using (owner_id = (select auth.uid()))
  with check (owner_id = (select auth.uid()));

drop policy if exists interview_templates_delete_owner on public.interview_templates;
create policy interview_templates_delete_owner on public.interview_templates
  for delete to authenticated
  using (owner_id = (select auth.uid()));

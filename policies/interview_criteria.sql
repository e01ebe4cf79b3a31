-- interview_criteria: who may do what
--
--                 anon   signed in    the interview's recruiter      its participant   reviewer   service_role
-- select           -         -        yes                            -                 yes        yes
-- insert           -         -        interview_id, name,            -                 -          -
--                                     description, levels, terms
-- update           -         -        name, description, levels,     -                 -          -
--                                     terms
-- delete           -         -        yes, while no submitted        -                 -          -
--                                     review rates by it

alter table public.interview_criteria enable row level security;
revoke all on public.interview_criteria from public, anon, authenticated, service_role;
grant select, delete on public.interview_criteria to authenticated;
grant insert (interview_id, name, description, levels, terms)
  on public.interview_criteria to authenticated;
grant update (name, description, levels, terms) on public.interview_criteria to authenticated;
grant select on public.interview_criteria to service_role;

drop policy if exists interview_criteria_select_recruiter_or_reviewer
  on public.interview_criteria;
create policy interview_criteria_select_recruiter_or_reviewer
  on public.interview_criteria
  for select to authenticated
  using (
    recruiter_id = (select auth.uid())
    or interview_id = any (array(select private.reviewed_interview_ids()))
  );

drop policy if exists interview_criteria_insert_recruiter on public.interview_criteria;
create policy interview_criteria_insert_recruiter on public.interview_criteria
  for insert to authenticated
  with check (recruiter_id = (select auth.uid()));

drop policy if exists interview_criteria_update_recruiter on public.interview_criteria;
create policy interview_criteria_update_recruiter on public.interview_criteria
  for update to authenticated
  using (recruiter_id = (select auth.uid()))
  with check (recruiter_id = (select auth.uid()));

drop policy if exists interview_criteria_delete_recruiter on public.interview_criteria;
create policy interview_criteria_delete_recruiter on public.interview_criteria
  for delete to authenticated
  using (recruiter_id = (select auth.uid()));

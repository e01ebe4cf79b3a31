-- Duplicating: another interview with the same content, for other people.

-- For recruiters. Invoker, so that the policies of what it inserts apply. A deadline is left out:
-- it belongs to one round of candidates.
create or replace function public.duplicate_interview(interview_id uuid, title text default null)
  returns jsonb
  language plpgsql volatile set search_path = ''
as $$
declare
  v_source public.interviews;
  v_title text;
  v_interview_id uuid;
begin
  perform private.require_recruiter();
  select n.* into v_source
    from public.interviews n
    where n.id = duplicate_interview.interview_id and n.recruiter_id = (select auth.uid());
  if not found then
    perform private.refuse('interview_not_found');
  end if;
  v_title := coalesce(private.trim_blanks(duplicate_interview.title),
                      left(v_source.title, 248) || ' (copy)');
  perform private.check_new_interview(
    v_title, v_source.description,
    array(select q.question from public.interview_questions q
          where q.interview_id = v_source.id),
    null, v_source.response_kinds, v_source.privacy_notice, v_source.analysis, v_source.language);
  insert into public.interviews as n
      (title, description, company_number, recruiter_id, response_kinds, privacy_notice, analysis,
       language)
    values (v_title, v_source.description, v_source.company_number, (select auth.uid()),
            v_source.response_kinds, v_source.privacy_notice, v_source.analysis,
            v_source.language)
    returning n.id into v_interview_id;
  insert into public.interview_questions
      (interview_id, question, order_index, max_seconds, max_takes, preparation_seconds, required)
    select v_interview_id, q.question, q.order_index, q.max_seconds, q.max_takes,
           q.preparation_seconds, q.required
    from public.interview_questions q where q.interview_id = v_source.id;
  insert into public.interview_criteria (interview_id, name, description, levels, terms)
    select v_interview_id, c.name, c.description, c.levels, c.terms
    from public.interview_criteria c where c.interview_id = v_source.id
    order by c.created_at, c.id;
  return jsonb_build_object('interview_id', v_interview_id, 'title', v_title);
end
$$;
comment on function public.duplicate_interview(uuid, text) is
  'Creates an interview with the description, settings, questions and criteria of one''s own, '
  'without its people and deadline; returns interview_id and title, which is that of the other '
  'with "(copy)" unless another is given.';

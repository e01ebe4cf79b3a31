-- Creating an interview in one call, with its questions and invites.

create or replace function private.read_question_settings(settings jsonb, questions text[])
  returns table (
    "position" bigint, question text, max_seconds integer, max_takes integer,
    preparation_seconds integer, required boolean
  )
  language plpgsql stable set search_path = ''
as $$
declare
  v_settings jsonb := coalesce(nullif(read_question_settings.settings, 'null'), '[]');
  v_wrong bigint;
begin
  if jsonb_typeof(v_settings) <> 'array' then
    perform private.refuse('invalid_question_settings', '1');
  end if;
  select min(given.number) into v_wrong
  from jsonb_array_elements(v_settings) with ordinality as given (item, number)
  where given.number > cardinality(questions)
    or case jsonb_typeof(given.item) when 'null' then false when 'object' then exists (
      select from jsonb_each(given.item) as setting
      where case
        when setting.key = 'required' then jsonb_typeof(setting.value) <> 'boolean'
        when setting.value::text !~ '^\d{1,4}$' then true
        when setting.key = 'max_seconds' then setting.value::integer not between 10 and 600
        when setting.key = 'max_takes' then setting.value::integer not between 1 and 10
        when setting.key = 'preparation_seconds' then setting.value::integer > 600
        else true
      end) else true end;
  if v_wrong is not null then
    perform private.refuse('invalid_question_settings', v_wrong::text);
  end if;
  return query
    select asked.number, asked.question,
           coalesce((own.item ->> 'max_seconds')::integer, 180),
           coalesce((own.item ->> 'max_takes')::integer, 3),
           coalesce((own.item ->> 'preparation_seconds')::integer, 0),
           coalesce((own.item ->> 'required')::boolean, false)
    from unnest(read_question_settings.questions) with ordinality as asked (question, number)
    cross join lateral (
      select nullif(v_settings -> (asked.number - 1)::integer, 'null') as item
    ) as own;
end
$$;
comment on function private.read_question_settings(jsonb, text[]) is
  'The questions with their settings, one object per question by position; raises '
  'invalid_question_settings.';

create or replace function private.check_new_interview(
  title text, description text, questions text[], deadline timestamptz, response_kinds text[],
  privacy_notice text, analysis text, language text
)
  returns void
  language plpgsql stable set search_path = ''
as $$
begin
  if coalesce(length(check_new_interview.title), 0) not between 1 and 255 then
    perform private.refuse('invalid_title');
  elsif private.has_link(check_new_interview.title) then
    perform private.refuse('text_not_allowed');
  end if;
  -- First of all: what follows costs as much as there is.
  perform private.check_questions(count(*), sum(octet_length(q)))
    from unnest(check_new_interview.questions) as q;
  if exists (
    select from unnest(check_new_interview.questions) as q
    where coalesce(private.trim_blanks(q), '') = ''
  ) then
    perform private.refuse('empty_question');
  elsif length(check_new_interview.description) > 100000 then
    perform private.refuse('description_too_long', length(description)::text);
  elsif exists (select from unnest(check_new_interview.questions) as q where length(q) > 100000)
  then
    perform private.refuse('question_too_long');
  elsif check_new_interview.deadline not between
      timestamptz '2000-01-01 00:00+00' and timestamptz '9999-01-01 00:00+00' then
    perform private.refuse('invalid_deadline');
  elsif not (coalesce(check_new_interview.response_kinds, '{video}') <@ '{video,audio,text}')
      or cardinality(check_new_interview.response_kinds) not between 1 and 3 then
    perform private.refuse('invalid_response_kinds');
  elsif length(check_new_interview.privacy_notice) > 5000 then
    perform private.refuse('privacy_notice_too_long', length(privacy_notice)::text);
  elsif check_new_interview.analysis not in ('off', 'transcripts') then
    perform private.refuse('invalid_analysis');
  elsif check_new_interview.language !~ '^[a-z]{2,3}$' then
    perform private.refuse('invalid_language');
  end if;
end
$$;
comment on function private.check_new_interview(
  text, text, text[], timestamptz, text[], text, text, text) is
  'Raises the error of create_interview for what its tables would refuse.';

-- For recruiters. Invoker, so that the policies of interviews and questions apply.
create or replace function public.create_interview(
  title text,
  description text default null,
  company_number text default null,
  questions text[] default '{}',
  emails text[] default '{}',
  deadline timestamptz default null,
  recruiter_name text default null,
  question_settings jsonb default null,
  response_kinds text[] default null,
  privacy_notice text default null,
  names text[] default null,
  analysis text default 'transcripts',
  language text default 'en',
  criteria jsonb default null
)
  returns jsonb
  language plpgsql volatile set search_path = ''
as $$
declare
  v_title text := private.trim_blanks(create_interview.title);
  v_privacy_notice text := nullif(private.trim_blanks(create_interview.privacy_notice), '');
  v_analysis text := coalesce(create_interview.analysis, 'transcripts');
  v_language text := coalesce(create_interview.language, 'en');
  v_interview_id uuid;
  v_questions jsonb;
begin
  perform private.require_recruiter();
  perform private.check_new_interview(
    v_title, description, questions, deadline, response_kinds, v_privacy_notice, v_analysis,
    v_language);
  insert into public.interviews as n
      (title, description, company_number, deadline, recruiter_id, response_kinds, privacy_notice,
       analysis, language)
    values (v_title, create_interview.description, create_interview.company_number,
            create_interview.deadline, (select auth.uid()),
            coalesce(create_interview.response_kinds, '{video,audio}'), v_privacy_notice,
            v_analysis, v_language)
    returning n.id into v_interview_id;
  with inserted as (
    insert into public.interview_questions as q
        (interview_id, question, order_index, max_seconds, max_takes, preparation_seconds, required)
    select v_interview_id, asked.question, asked.position, asked.max_seconds, asked.max_takes,
           asked.preparation_seconds, asked.required
    from private.read_question_settings(
      create_interview.question_settings, create_interview.questions) as asked
    returning q.id, q.question, q.order_index
  )
  select coalesce(jsonb_agg(to_jsonb(inserted) order by inserted.order_index), '[]')
    into v_questions from inserted;
  perform private.insert_criteria(v_interview_id, create_interview.criteria);
  return jsonb_build_object(
    'interview_id', v_interview_id,
    'questions', v_questions,
    'invites', case
      when coalesce(cardinality(create_interview.emails), 0) = 0 then '[]'::jsonb
      else public.create_invites(
        v_interview_id, create_interview.emails, create_interview.recruiter_name,
        create_interview.names)
    end);
end
$$;
comment on function public.create_interview(
  text, text, text, text[], text[], timestamptz, text, jsonb, text[], text, text[], text, text,
  jsonb) is
  'Creates an interview with questions, criteria and invites in one transaction; returns '
  'interview_id, questions, invites. question_settings has an object per question, in their order, '
  'with any of max_seconds, max_takes, preparation_seconds, required. criteria is a list of '
  'objects with name, description, levels (four), terms.';

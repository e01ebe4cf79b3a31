-- Templates: what a new interview can begin with. Recruiters keep their own; some are shipped
-- (87_shipped_templates.sql).

create or replace function private.are_template_questions(questions jsonb)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
declare
  v_keys text[] := array['question', 'max_seconds', 'max_takes', 'preparation_seconds',
                         'required'];
begin
  if jsonb_typeof(questions) <> 'array' or jsonb_array_length(questions) > 100 then
    return false;
  end if;
  -- The text is limited as an interview's is, without what JSON adds to it.
  return 1000000 >= (
    select coalesce(sum(octet_length(q ->> 'question')), 0)
    from jsonb_array_elements(questions) as q
  ) and not exists (
    select from jsonb_array_elements(questions) as q
    where case
      when jsonb_typeof(q) <> 'object' then true
      when not q ?& v_keys or q - v_keys <> '{}' then true
      when jsonb_typeof(q -> 'question') <> 'string'
        or private.trim_blanks(q ->> 'question') = '' or length(q ->> 'question') > 100000 then true
      when (q -> 'max_seconds')::text !~ '^\d{1,3}$' or (q -> 'max_takes')::text !~ '^\d{1,2}$'
        or (q -> 'preparation_seconds')::text !~ '^\d{1,3}$' then true
      else (q ->> 'max_seconds')::integer not between 10 and 600
        or (q ->> 'max_takes')::integer not between 1 and 10
        or (q ->> 'preparation_seconds')::integer > 600
        or jsonb_typeof(q -> 'required') <> 'boolean'
      end);
end
$$;
comment on function private.are_template_questions(jsonb) is
  'Whether this is a list of at most 100 questions, each with question, max_seconds, max_takes, '
  'preparation_seconds and required, as interview_questions takes them.';

create or replace function private.are_criteria(criteria jsonb)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
declare
  v_keys text[] := array['name', 'description', 'levels', 'terms'];
begin
  if jsonb_typeof(criteria) <> 'array' or jsonb_array_length(criteria) > 20 then
    return false;
  end if;
  return not exists (
    select from jsonb_array_elements(criteria) as c
    where case
      when jsonb_typeof(c) <> 'object' then true
      when not c ?& v_keys or c - v_keys <> '{}' then true
      when jsonb_typeof(c -> 'name') <> 'string' or jsonb_typeof(c -> 'description') <> 'string'
        or jsonb_typeof(c -> 'levels') <> 'array' or jsonb_typeof(c -> 'terms') <> 'array' then true
      else private.trim_blanks(c ->> 'name') = '' or length(c ->> 'name') > 100
        or length(c ->> 'description') > 2000
        or jsonb_array_length(c -> 'levels') <> 4
        or exists (
          select from jsonb_array_elements(c -> 'levels') as level
          where jsonb_typeof(level) <> 'string' or private.trim_blanks(level #>> '{}') = ''
            or length(level #>> '{}') > 200)
        or exists (
          select from jsonb_array_elements(c -> 'terms') as term
          where jsonb_typeof(term) <> 'string')
        or not private.are_terms(array(select jsonb_array_elements_text(c -> 'terms')))
      end);
end
$$;
comment on function private.are_criteria(jsonb) is
  'Whether this is a list of at most 20 criteria, each with name, description, levels and terms, '
  'as interview_criteria takes them.';

-- Invoker, so that the policies of criteria apply.
create or replace function private.insert_criteria(interview_id uuid, criteria jsonb)
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  if coalesce(criteria, 'null') = 'null' then
    return;
  elsif not private.are_criteria(criteria) then
    perform private.refuse('invalid_criteria');
  end if;
  insert into public.interview_criteria (interview_id, name, description, levels, terms)
    select insert_criteria.interview_id, c.item ->> 'name', c.item ->> 'description',
           array(select jsonb_array_elements_text(c.item -> 'levels')),
           array(select jsonb_array_elements_text(c.item -> 'terms'))
    from jsonb_array_elements(criteria) with ordinality as c (item, place)
    order by c.place;
end
$$;
comment on function private.insert_criteria(uuid, jsonb) is
  'Inserts the criteria of a new interview, in their order; raises invalid_criteria.';

create table if not exists public.interview_templates (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid default auth.uid(),
  name text not null,
  description text not null default '',
  interview_description text,
  privacy_notice text,
  response_kinds text[] not null default '{video,audio}',
  analysis text not null default 'transcripts',
  language text not null default 'en',
  questions jsonb not null default '[]',
  criteria jsonb not null default '[]',
  created_at timestamptz not null default now(),
  constraint interview_templates_name_check
    check (private.trim_blanks(name) <> '' and length(name) <= 100),
  constraint interview_templates_description_check check (length(description) <= 2000),
  constraint interview_templates_interview_description_check
    check (length(interview_description) <= 100000),
  constraint interview_templates_privacy_notice_check check (length(privacy_notice) <= 5000),
  constraint interview_templates_response_kinds_check
    check (response_kinds <@ '{video,audio,text}' and cardinality(response_kinds) between 1 and 3),
  constraint interview_templates_analysis_check check (analysis in ('off', 'transcripts')),
  constraint interview_templates_language_check check (language ~ '^[a-z]{2,3}$'),
  constraint interview_templates_questions_check
    check (private.are_template_questions(questions)),
  constraint interview_templates_criteria_check check (private.are_criteria(criteria)),
  constraint interview_templates_owner_id_fkey
    foreign key (owner_id) references auth.users (id) on delete cascade
);
create index if not exists interview_templates_owner_id_idx
  on public.interview_templates (owner_id);

comment on table public.interview_templates is
  'What a new interview can begin with. An interview keeps nothing of its template: changing one '
  'changes no interview.';
comment on column public.interview_templates.owner_id is
  'Whose it is; null for one that every recruiter sees. DBAs may change and delete those, and add '
  'others.';
comment on column public.interview_templates.description is 'What the template is for.';
comment on column public.interview_templates.interview_description is
  'The description of the new interview; the columns from here on are those of an interview.';
comment on column public.interview_templates.questions is
  'The questions in their order, with question, max_seconds, max_takes, preparation_seconds and '
  'required.';
comment on column public.interview_templates.criteria is
  'The criteria in their order, with name, description, levels and terms.';

-- Definer, for speed, like admit_criteria.
create or replace function private.admit_templates()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if private.is_client() and (
    select count(*) from (
      select from public.interview_templates t where t.owner_id = (select auth.uid()) limit 101
    ) as own
  ) > 100 then
    perform private.refuse('too_many_templates');
  end if;
  return null;
end
$$;
comment on function private.admit_templates() is
  'After a client''s statement that inserts templates: raises too_many_templates.';

create or replace trigger _050_lock_inviting_first
  before insert on public.interview_templates
  for each statement execute function private.lock_inviting_first();
create or replace trigger _400_admit_templates
  after insert on public.interview_templates
  for each statement execute function private.admit_templates();

-- For recruiters. Invoker, so that the policies of templates apply.
create or replace function public.save_template(
  interview_id uuid, name text default null, description text default null
)
  returns jsonb
  language plpgsql volatile set search_path = ''
as $$
declare
  v_source public.interviews;
  v_name text := private.trim_blanks(save_template.name);
  v_template_id uuid;
begin
  perform private.require_recruiter();
  select n.* into v_source
    from public.interviews n
    where n.id = save_template.interview_id and n.recruiter_id = (select auth.uid());
  if not found then
    perform private.refuse('interview_not_found');
  end if;
  v_name := coalesce(v_name, private.trim_blanks(left(v_source.title, 100)));
  if v_name = '' or length(v_name) > 100 or length(save_template.description) > 2000 then
    perform private.refuse('invalid_template');
  end if;
  insert into public.interview_templates as t
      (name, description, interview_description, privacy_notice, response_kinds, analysis, language,
       questions, criteria)
    values (
      v_name, coalesce(save_template.description, ''), v_source.description,
      v_source.privacy_notice, v_source.response_kinds, v_source.analysis, v_source.language,
      (select coalesce(jsonb_agg(
         jsonb_build_object('question', q.question, 'max_seconds', q.max_seconds,
                            'max_takes', q.max_takes,
                            'preparation_seconds', q.preparation_seconds,
                            'required', q.required)
         order by q.order_index), '[]')
       from public.interview_questions q where q.interview_id = v_source.id),
      (select coalesce(jsonb_agg(
         jsonb_build_object('name', c.name, 'description', c.description, 'levels', c.levels,
                            'terms', c.terms)
         order by c.created_at, c.id), '[]')
       from public.interview_criteria c where c.interview_id = v_source.id))
    returning t.id into v_template_id;
  return jsonb_build_object('template_id', v_template_id, 'name', v_name);
end
$$;
comment on function public.save_template(uuid, text, text) is
  'Saves the settings, questions and criteria of one''s own interview as a template; returns '
  'template_id and name, which is the interview''s title unless another is given.';

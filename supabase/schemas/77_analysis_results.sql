-- Results of analyses: what workers may report, and what becomes of it.

-- Reads a result once: its keys with the types of their values, then the values.
create or replace function private.is_result(kind text, outcome text, result jsonb)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
declare
  v_types jsonb;
begin
  if outcome not in ('accepted', 'failed') then
    return coalesce(jsonb_typeof(result), 'null') = 'null';
  elsif jsonb_typeof(result) is distinct from 'object' then
    return false;
  end if;
  select jsonb_object_agg(r.key, jsonb_typeof(r.value)) into v_types from jsonb_each(result) as r;
  if outcome = 'failed' then
    return v_types = '{"problem": "string"}' and result ->> 'problem' in (
      'unreadable', 'too_long', 'too_large', 'took_too_long', 'engine_failed', 'gave_up');
  elsif kind = 'response_check' then
    return v_types - 'picture_seconds' = '{"engine": "string", "version": "string",
        "digest": "string", "seconds": "number", "flags": "array"}'
      and coalesce(v_types ->> 'picture_seconds', '') in ('number', 'null')
      and private.is_about_recording(result)
      and result -> 'flags' <@ '["no_sound", "no_speech", "too_quiet", "clipped",
        "black_picture", "cut_off", "unreadable"]';
  end if;
  return v_types - 'problem' = '{"engine": "string", "model": "string", "version": "string",
      "digest": "string", "seconds": "number", "language": "string", "transcript": "string",
      "words": "array", "flags": "array"}'
    and coalesce(v_types ->> 'problem', '') in ('string', 'null')
    and private.is_about_recording(result)
    and length(result ->> 'model') between 1 and 200
    and result ->> 'language' ~ '^[a-z]{2,3}$'
    and result -> 'flags' <@ '["doubtful"]'
    and length(result ->> 'transcript') <= 200000
    and private.are_words(result -> 'words')
    and (result ->> 'problem' is null
         or (result ->> 'problem' in ('not_recognized', 'no_speech', 'language_not_supported')
             and result ->> 'transcript' = '' and result -> 'words' = '[]'));
end
$$;
comment on function private.is_result(text, text, jsonb) is
  'Whether a worker may report this: an object with exactly the keys of its kind of job and '
  'outcome, and values of their types and bounds; nothing for a job that is to be done again.';

create or replace function private.read_result(
  kind text, reported text, outcome text, result jsonb
)
  returns jsonb
  language plpgsql stable set search_path = ''
as $$
begin
  if not coalesce(private.is_result(kind, reported, result), false) then
    perform private.refuse('invalid_result');
  elsif outcome = 'failed' and reported = 'retry' then
    return '{"problem": "gave_up"}';
  end if;
  return coalesce(nullif(result, 'null'), '{}');
end
$$;
comment on function private.read_result(text, text, text, jsonb) is
  'What is written to an analysis, given what the worker reported and what becomes of it; raises '
  'invalid_result.';

create or replace function private.is_about_recording(result jsonb)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
begin
  return length(result ->> 'engine') between 1 and 200
    and length(result ->> 'version') between 1 and 200
    and result ->> 'digest' ~ '^[0-9a-f]{64}$'
    and (result ->> 'seconds')::numeric between 0 and 100000
    and coalesce((result ->> 'picture_seconds')::numeric between 0 and 100000, true)
    and (select count(distinct flag) = count(*)
         from jsonb_array_elements(result -> 'flags') as flag);
end
$$;
comment on function private.is_about_recording(jsonb) is
  'Whether engine, version, digest and lengths of a result are within bounds, and no flag comes '
  'twice.';

create or replace function private.are_words(words jsonb)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
declare
  v_characters bigint := 0;
  v_word jsonb;
begin
  if jsonb_array_length(words) > 50000 then
    return false;
  end if;
  for v_word in select w from jsonb_array_elements(words) as w loop
    if jsonb_typeof(v_word) <> 'array' then
      return false;
    elsif (select array_agg(jsonb_typeof(part)) from jsonb_array_elements(v_word) as part)
        not in ('{string,number,number,number}', '{string,number,number,"null"}') then
      return false;
    elsif length(v_word ->> 0) > 500
       or (v_word ->> 1)::numeric not between 0 and (v_word ->> 2)::numeric
       or (v_word ->> 2)::numeric > 100000 or (v_word ->> 3)::numeric not between 0 and 1 then
      return false;
    end if;
    v_characters := v_characters + length(v_word ->> 0);
  end loop;
  return v_characters <= 400000;
end
$$;
comment on function private.are_words(jsonb) is
  'Whether this is a list of words with their seconds, [[text, start, end, probability or null], '
  '…]: at most 50,000, with 400,000 characters together.';

-- Called by settle_jobs and claim_jobs with jobs that they have locked.
create or replace function private.tell_analyses(
  job_ids bigint[], outcomes text[], results jsonb[]
)
  returns setof bigint
  language plpgsql volatile strict set search_path = '' set enable_seqscan = off set jit = off
as $$
declare
  v_job record;
begin
  for v_job in
    select told.*, j.subject, substr(j.kind, 10) as step
    from unnest(job_ids, outcomes, results) as told (id, outcome, result)
    cross join lateral (
      select held.subject, held.kind from private.jobs held where held.id = told.id offset 0
    ) as j
  loop
    perform from public.response_analyses a
      where a.response_id = v_job.subject and a.step = v_job.step
      for no key update skip locked;
    if found then
      perform private.write_analysis(v_job.subject, v_job.step, v_job.outcome, v_job.result);
      return next v_job.id;
    elsif not exists (
      select from public.response_analyses a
      where a.response_id = v_job.subject and a.step = v_job.step
    ) then
      return next v_job.id;
    end if;
  end loop;
end
$$;
comment on function private.tell_analyses(bigint[], text[], jsonb[]) is
  'Writes the outcomes of jobs to their analyses; skips those that are locked, and returns the '
  'other jobs.';

create or replace function private.write_analysis(
  response_id uuid, step text, outcome text, result jsonb
)
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  update public.response_analyses a
    set status = case outcome when 'accepted' then 'done' when 'failed' then 'failed'
                              else 'queued' end,
        finished_at = case when outcome in ('accepted', 'failed') then now() end,
        problem = result ->> 'problem',
        seconds = (result ->> 'seconds')::numeric,
        picture_seconds = (result ->> 'picture_seconds')::numeric,
        flags = array(
          select flag from jsonb_array_elements_text(coalesce(result -> 'flags', '[]')) as flag
          order by 1),
        language = coalesce(result ->> 'language', a.language),
        transcript = result ->> 'transcript',
        words = result -> 'words',
        engine = result ->> 'engine', model = result ->> 'model', version = result ->> 'version',
        digest = result ->> 'digest'
    where a.response_id = write_analysis.response_id and a.step = write_analysis.step;
end
$$;
comment on function private.write_analysis(uuid, text, text, jsonb) is
  'Writes what has become of an analysis, locked by the caller.';

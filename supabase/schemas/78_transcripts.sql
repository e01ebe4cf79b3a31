-- Transcripts: what people do with them.

-- For recruiters. Definer, because they may write neither analyses nor jobs.
create or replace function public.analyze_again(response_id uuid)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants;
  v_status text;
begin
  perform private.caller_id();
  select p.* into v_participant
    from public.interview_participants p
    where p.id = (
        select r.participant_id from public.interview_responses r
        where r.id = analyze_again.response_id)
      and p.recruiter_id = (select auth.uid())
    for no key update;
  -- Read again: the candidate may have deleted it during the wait.
  if v_participant.id is null or not exists (
    select from public.interview_responses r
    where r.id = analyze_again.response_id and r.kind <> 'text' and r.submitted_at is not null
  ) then
    perform private.refuse('response_not_found');
  elsif exists (
    select from public.interviews n
    where n.id = v_participant.interview_id and n.analysis = 'off'
  ) then
    perform private.refuse('analysis_off');
  elsif not v_participant.consents_to_analysis then
    perform private.refuse('no_analysis_consent');
  end if;
  -- Locked, so that no worker claims or settles it meanwhile.
  select a.status into v_status
    from public.response_analyses a
    where a.response_id = analyze_again.response_id and a.step = 'transcript'
    for no key update;
  if v_status in ('queued', 'running') then
    perform private.refuse('analysis_in_progress');
  end if;
  perform private.queue_analyses(array[analyze_again.response_id], 'transcript');
  return (
    select jsonb_build_object('response_id', a.response_id, 'status', a.status)
    from public.response_analyses a
    where a.response_id = analyze_again.response_id and a.step = 'transcript');
end
$$;
comment on function public.analyze_again(uuid) is
  'Makes a new transcript of a submitted recording; the old one goes at once, the candidate''s '
  'correction stays. Returns response_id and status. Raises response_not_found, analysis_off, '
  'no_analysis_consent, analysis_in_progress.';

-- Definer, like its caller: jobs are private.
create or replace function private.worker_state(kind text)
  returns text
  language sql stable security definer set search_path = ''
as $$
  select case
    when exists (
      select from private.job_kinds k
      where k.kind = worker_state.kind and k.paused_until > now()) then 'paused'
    when exists (
      select from private.job_workers w
      where w.kind = worker_state.kind and w.seen_at > now() - interval '60 seconds')
      then 'working'
    else 'stopped'
  end
$$;
comment on function private.worker_state(text) is
  'working; paused; stopped, because no worker for this kind was seen in the last minute.';

-- For screens, which say why there is no result yet. Definer: jobs are private.
create or replace function public.analysis_state(interview_id uuid default null)
  returns jsonb
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_caller_id uuid := private.caller_id();
  v_counts jsonb;
  v_analysis text := (
    select n.analysis from public.interviews n
    where n.id = analysis_state.interview_id and n.recruiter_id = v_caller_id);
begin
  if v_analysis is not null then
    select jsonb_object_agg(step.name || 's', (
        select jsonb_object_agg(state.name, (
          select count(*) from public.response_analyses a
          where a.interview_id = analysis_state.interview_id
            and a.step = step.name and a.status = state.name))
        from unnest('{queued,running,done,failed,skipped}'::text[]) as state (name)))
      into v_counts
      from unnest('{check,transcript}'::text[]) as step (name);
  end if;
  return jsonb_build_object(
    'check', private.worker_state('response_check'),
    'transcript', private.worker_state('response_transcript'),
    'analysis', v_analysis, 'checks', v_counts -> 'checks',
    'transcripts', v_counts -> 'transcripts');
end
$$;
comment on function public.analysis_state(uuid) is
  'Whether recordings are being analysed: check and transcript, each working, paused or stopped '
  '(no worker was seen in the last minute); of an own interview also analysis, and checks and '
  'transcripts, how many are queued, running, done, failed and skipped.';

-- ---- searching ----------------------------------------------------------------------------------

-- For search_responses, whose policies then say which of these its caller may read. Definer, for
-- speed: below a policy PostgreSQL does not use the index of search. So it looks only at what the
-- caller may read, or the time that it takes would tell others what was said. It looks for nothing
-- that has no word to quote, like -not: that would read the index of all interviews, and each
-- transcript of this one.
create or replace function private.matching_transcripts(interview_id uuid, query text)
  returns table (response_id uuid, asked tsquery)
  language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_custom_plan
as $$
declare
  v_caller_id uuid := (select auth.uid());
  v_reads_all boolean := exists (
      select from public.interviews n
      where n.id = matching_transcripts.interview_id and n.recruiter_id = v_caller_id)
    or matching_transcripts.interview_id in (select private.reviewed_interview_ids());
begin
  return query
    select a.response_id, spoken.asked
    from (
      select known.language,
             websearch_to_tsquery(
               private.search_config(known.language), matching_transcripts.query) as asked
      from (
        select distinct a.language from public.response_analyses a
        where a.interview_id = matching_transcripts.interview_id and a.step = 'transcript'
          and (v_reads_all or a.user_id = v_caller_id)
      ) as known
      offset 0
    ) as spoken
    join public.response_analyses a on a.search @@ spoken.asked
    where querytree(spoken.asked) not in ('', 'T')
      and a.interview_id = matching_transcripts.interview_id and a.step = 'transcript'
      and a.language = spoken.language and (v_reads_all or a.user_id = v_caller_id);
end
$$;
comment on function private.matching_transcripts(uuid, text) is
  'The transcripts of an interview, of those that the caller may read, that match a query as in a '
  'web search, and the query in their language.';

-- Lets the search mark what it finds, word by word: StartSel is a character that no quote has.
create or replace function private.find_quotes(
  language text, transcript text, words jsonb, asked tsquery
)
  returns table (start_seconds numeric, quote text)
  language plpgsql stable set search_path = ''
as $$
declare
  v_config regconfig := private.search_config(language);
  v_words text[] := case
    when jsonb_array_length(words) = 0
      then regexp_split_to_array(translate(transcript, E'\x01\x02', ''), '\s+')
    else array(
      select regexp_replace(word.value ->> 0, E'[\\s\x01\x02]', '', 'g')
      from jsonb_array_elements(words) with ordinality as word (value, number)
      order by word.number)
    end;
  v_hit integer;
  v_until integer := 0;
  v_hits integer[] := '{}';
  v_quotes text[] := '{}';
  v_whole boolean[];
begin
  for v_hit in
    select marked.number
    from unnest(string_to_array(ts_headline(
      v_config, array_to_string(v_words, ' '), asked,
      E'HighlightAll=true, StartSel=\x01, StopSel=\x02'), ' ')) with ordinality
      as marked (word, number)
    where marked.word like E'%\x01%'
    order by marked.number
  loop
    continue when v_hit <= v_until;  -- in the quote before
    exit when cardinality(v_hits) = 500;  -- more than anybody reads
    v_until := v_hit + 14;
    v_hits := v_hits || v_hit;
    v_quotes := v_quotes || array_to_string(v_words[greatest(v_hit - 6, 1) : v_until], ' ');
  end loop;
  -- It marks each word of a phrase, also where it stands alone.
  v_whole := array(
    select to_tsvector(v_config, found.text) @@ asked
    from unnest(v_quotes) with ordinality as found (text, number) order by found.number);
  return query
    select (words -> (found.hit - 1) ->> 1)::numeric, found.text
    from unnest(v_hits, v_quotes, v_whole) as found (hit, text, is_whole)
    where found.is_whole or not (true = any (v_whole))
    order by found.hit;
end
$$;
comment on function private.find_quotes(text, text, jsonb, tsquery) is
  'The passages of a transcript that match a query alone or, if none does, that have some of its '
  'words, with the second in which they begin.';

-- Invoker: the policies say which transcripts the caller may read.
create or replace function public.search_responses(interview_id uuid, query text)
  returns jsonb
  language plpgsql stable set search_path = ''
as $$
declare
  v_match record;
  v_found jsonb := '[]';
begin
  perform private.caller_id();
  for v_match in
    select a.participant_id, a.response_id, r.question_id, a.language, a.transcript, a.words,
           m.asked
    from private.matching_transcripts(
      search_responses.interview_id, left(search_responses.query, 1000)) as m
    join public.response_analyses a on a.response_id = m.response_id and a.step = 'transcript'
    join public.interview_responses r on r.id = a.response_id
    join public.interview_participants p on p.id = a.participant_id
    join public.interview_questions q on q.id = r.question_id
    order by p.joined_at, p.id, q.order_index, q.id
  loop
    v_found := v_found || (
      select coalesce(jsonb_agg(jsonb_build_object(
               'participant_id', v_match.participant_id, 'response_id', v_match.response_id,
               'question_id', v_match.question_id, 'start_seconds', found.start_seconds,
               'quote', found.quote)), '[]')
      from (
        select f.start_seconds, f.quote
        from private.find_quotes(
          v_match.language, v_match.transcript, v_match.words, v_match.asked) as f
        limit 200 - jsonb_array_length(v_found)
      ) as found);
    exit when jsonb_array_length(v_found) >= 200;
  end loop;
  return v_found;
end
$$;
comment on function public.search_responses(uuid, text) is
  'What was said in an interview that matches a query as in a web search ("a phrase", or, -not): a '
  'list of participant_id, response_id, question_id, start_seconds, quote, at most 200, in the '
  'order of joining, questions and seconds.';

-- Invoker, as above. Computed when it is read, because the terms may change.
create or replace function public.find_terms(participant_id uuid)
  returns jsonb
  language plpgsql stable set search_path = ''
as $$
begin
  perform private.caller_id();
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
             'criterion_id', f.criterion_id, 'term', f.term, 'response_id', f.response_id,
             'question_id', f.question_id, 'start_seconds', f.start_seconds, 'quote', f.quote)
           order by f.created_at, f.criterion_id, f.number, f.order_index, f.question_id,
                    f.start_seconds), '[]')
    from (
      select c.id as criterion_id, c.created_at, term.name as term, term.number, a.response_id,
             r.question_id, q.order_index, found.start_seconds, found.quote
      from public.response_analyses a
      join public.interview_responses r on r.id = a.response_id
      join public.interview_questions q on q.id = r.question_id
      join public.interview_criteria c on c.interview_id = a.interview_id
      cross join lateral unnest(c.terms) with ordinality as term (name, number)
      cross join lateral (
        select phraseto_tsquery(private.search_config(a.language), term.name) as asked
      ) as spoken
      cross join lateral private.find_quotes(
        a.language, a.transcript, a.words, spoken.asked) as found
      where a.participant_id = find_terms.participant_id and a.step = 'transcript'
        and a.search @@ spoken.asked
      order by c.created_at, c.id, term.number, q.order_index, q.id, found.start_seconds
      limit 500
    ) as f);
end
$$;
comment on function public.find_terms(uuid) is
  'Where a candidate says what the criteria of the interview look for: a list of criterion_id, '
  'term, response_id, question_id, start_seconds, quote, at most 500, in the order of criteria, '
  'terms, questions and seconds. What is not found may still have been said.';

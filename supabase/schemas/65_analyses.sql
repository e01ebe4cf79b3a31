-- Analyses: what software finds in recordings. A check says within seconds whether something went
-- wrong technically; a transcript, with consent, is what was said. Nothing here rates a person, and
-- nothing is offered to sort or filter people by it.

create or replace function private.search_config(language text)
  returns regconfig
  language sql immutable set search_path = ''
  return case language
    when 'ar' then 'arabic' when 'ca' then 'catalan' when 'da' then 'danish'
    when 'de' then 'german' when 'el' then 'greek' when 'en' then 'english'
    when 'es' then 'spanish' when 'eu' then 'basque' when 'fi' then 'finnish'
    when 'fr' then 'french' when 'ga' then 'irish' when 'hi' then 'hindi'
    when 'hu' then 'hungarian' when 'hy' then 'armenian' when 'id' then 'indonesian'
    when 'it' then 'italian' when 'lt' then 'lithuanian' when 'nb' then 'norwegian'
    when 'ne' then 'nepali' when 'nl' then 'dutch' when 'nn' then 'norwegian'
    when 'no' then 'norwegian' when 'pt' then 'portuguese' when 'ro' then 'romanian'
    when 'ru' then 'russian' when 'sr' then 'serbian' when 'sv' then 'swedish'
    when 'ta' then 'tamil' when 'tr' then 'turkish' when 'yi' then 'yiddish'
    else 'simple'
  end::regconfig;
comment on function private.search_config(text) is
  'The text search configuration of a language, or simple, which knows no endings.';

-- Columns of the response are copied, as those of the participant are in interview_responses.
create table if not exists public.response_analyses (
  response_id uuid,
  step text,
  interview_id uuid not null,
  participant_id uuid not null,
  recruiter_id uuid not null,
  user_id uuid not null,
  status text not null default 'queued',
  problem text,
  seconds numeric,
  picture_seconds numeric,
  flags text[] not null default '{}',
  language text not null,
  transcript text,
  words jsonb,
  engine text,
  model text,
  version text,
  digest text,
  queued_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  correction text,
  -- Of the first 100,000 characters, two hours of speech, which fit into a tsvector in any script.
  search tsvector not null generated always as (
    to_tsvector(private.search_config(language), left(coalesce(transcript, ''), 100000))) stored,
  primary key (response_id, step),
  constraint response_analyses_step_check check (step in ('check', 'transcript')),
  constraint response_analyses_status_check
    check (status in ('queued', 'running', 'done', 'failed', 'skipped')),
  constraint response_analyses_problem_check check (
    case status
      when 'done' then problem is null or (step = 'transcript' and problem in (
        'not_recognized', 'no_speech', 'language_not_supported'))
      when 'failed' then coalesce(problem in (
        'unreadable', 'too_long', 'too_large', 'took_too_long', 'engine_failed', 'gave_up'), false)
      when 'skipped' then coalesce(problem = 'too_large', false)
      else problem is null
    end),
  constraint response_analyses_seconds_check
    check (seconds between 0 and 100000 and picture_seconds between 0 and 100000),
  constraint response_analyses_flags_check check (
    flags <@ case step
      when 'check' then array['no_sound', 'no_speech', 'too_quiet', 'clipped', 'black_picture',
                              'cut_off', 'unreadable']
      else array['doubtful'] end),
  constraint response_analyses_language_check check (language ~ '^[a-z]{2,3}$'),
  constraint response_analyses_transcript_check check (
    (transcript is not null) = (words is not null)
    and (transcript is null or (step = 'transcript' and status = 'done'))
    and length(transcript) <= 200000 and jsonb_array_length(words) <= 50000),
  constraint response_analyses_digest_check check (digest ~ '^[0-9a-f]{64}$'),
  constraint response_analyses_finished_at_check
    check ((finished_at is not null) = (status in ('done', 'failed', 'skipped'))),
  constraint response_analyses_correction_check
    check (length(correction) <= 5000 and (correction is null or step = 'transcript')),
  constraint response_analyses_response_id_fkey
    foreign key (response_id) references public.interview_responses (id) on delete cascade
);
create index if not exists response_analyses_interview_id_idx
  on public.response_analyses (interview_id);
create index if not exists response_analyses_participant_id_idx
  on public.response_analyses (participant_id);
create index if not exists response_analyses_recruiter_id_idx
  on public.response_analyses (recruiter_id);
create index if not exists response_analyses_user_id_idx
  on public.response_analyses (user_id);
create index if not exists response_analyses_search_idx
  on public.response_analyses using gin (search) where step = 'transcript';

comment on table public.response_analyses is
  'What software has found in a recording, one row per step; written by the jobs response_check '
  'and response_transcript. Nothing in it rates a person.';
comment on column public.response_analyses.step is
  'check: technical, after the upload; transcript: what was said, once it is submitted, with '
  'consent.';
comment on column public.response_analyses.recruiter_id is
  'Copied from the response, like interview_id, participant_id and user_id.';
comment on column public.response_analyses.status is
  'queued -> running -> done or failed; skipped where the recording is too large to be analysed.';
comment on column public.response_analyses.problem is
  'Why it failed or was skipped, or why a transcript is empty.';
comment on column public.response_analyses.seconds is 'The length of the sound, as decoded.';
comment on column public.response_analyses.picture_seconds is
  'The length of the picture, as decoded; null for sound alone.';
comment on column public.response_analyses.flags is
  'Technical remarks: no_sound, no_speech, too_quiet, clipped, black_picture, cut_off and '
  'unreadable of a check, doubtful of a transcript.';
comment on column public.response_analyses.language is
  'The language that was expected and, once it is done, the one of the transcript.';
comment on column public.response_analyses.words is
  'The words of the transcript: [[text, start, end (seconds), probability or null], …]; empty if '
  'the engine gives no times.';
comment on column public.response_analyses.digest is 'The SHA-256 of the recording.';
comment on column public.response_analyses.correction is
  'What the candidate says about the transcript, for those who read it.';

create table if not exists private.analysis_counts (
  recruiter_id uuid,
  day date,
  seconds numeric not null default 0,
  primary key (recruiter_id, day)
);
comment on table private.analysis_counts is
  'Seconds of recordings that were given out to be transcribed for each recruiter per day (UTC), '
  'kept for two days.';

-- Definer, because the writer may not read the response.
create or replace function private.copy_response()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  select r.interview_id, r.participant_id, r.recruiter_id, r.user_id
    into new.interview_id, new.participant_id, new.recruiter_id, new.user_id
    from public.interview_responses r
    where r.id = new.response_id
    for key share;
  return new;
end
$$;
comment on function private.copy_response() is
  'Sets interview_id, participant_id, recruiter_id and user_id to those of the row''s response.';

-- Not before updates, which would then compute `search` again each time.
create or replace trigger _100_copy_response
  before insert on public.response_analyses
  for each row execute function private.copy_response();

create or replace function private.recording_seconds(response_id uuid)
  returns integer
  language plpgsql stable set search_path = '' set enable_seqscan = off set jit = off
as $$
begin
  return (
    select least(
      ceil(q.max_seconds * coalesce((
        select a.time_factor from public.accommodations a
        where a.participant_id = r.participant_id), 1)) + 60,
      (select s.analysis_max_seconds from private.settings s))
    from public.interview_responses r
    join public.interview_questions q on q.id = r.question_id
    where r.id = recording_seconds.response_id);
end
$$;
comment on function private.recording_seconds(uuid) is
  'How long a recording may be and still be analysed: what its question allows, a minute more for '
  'what recorders add, and at most analysis_max_seconds.';

create or replace function private.is_analysed(
  step text, interview public.interviews, participant public.interview_participants,
  response public.interview_responses
)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
begin
  return (interview).analysis <> 'off' and (response).status = 'uploaded'
    and (response).kind <> 'text'
    and (step = 'check'
         or ((response).submitted_at is not null and (participant).consents_to_analysis));
end
$$;
comment on function private.is_analysed(
  text, public.interviews, public.interview_participants, public.interview_responses) is
  'Whether a step may be done: never where the interview''s analysis is off; transcripts of what '
  'was submitted, with consent.';

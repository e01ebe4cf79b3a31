-- Consent: what candidates are told before they record, and what they agreed to.

create table if not exists private.consent_notices (
  version integer primary key,
  recording text not null,
  analysis text not null,
  published_at timestamptz not null default now(),
  constraint consent_notices_version_check check (version > 0),
  constraint consent_notices_texts_check
    check (private.trim_blanks(recording) <> '' and private.trim_blanks(analysis) <> '')
);
comment on table private.consent_notices is
  'The texts that a candidate agrees to; the highest version is shown. To change them, add a '
  'version: earlier ones stay, because consents refer to them.';
comment on column private.consent_notices.recording is
  'What is recorded, who watches it and how long it is kept.';
comment on column private.consent_notices.analysis is
  'What software does with the recordings; agreeing is optional.';

insert into private.consent_notices (version, recording, analysis) values (1,
  'I agree that my answers are recorded and stored, so that the people who run this interview, and '
  'colleagues whom they ask, can watch them. Software checks whether sound and picture are there. '
  'The recordings are deleted after the time shown here. I can delete them earlier at any time.',
  'I also agree that software writes down what I say and marks passages, to help people find '
  'them. People alone judge my answers. I can withdraw this at any time without a disadvantage.')
  on conflict do nothing;

create or replace function private.keep_notice()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  if exists (select from private.consents c where c.version = old.version) then
    perform private.refuse('consent_notice_in_use');
  end if;
  return new;
end
$$;
comment on function private.keep_notice() is
  'Before a notice is changed: raises consent_notice_in_use if somebody has agreed to it.';

create or replace trigger _100_keep_notice
  before update on private.consent_notices
  for each row execute function private.keep_notice();

create table if not exists private.consents (
  id bigint generated always as identity primary key,
  participant_id uuid not null,
  version integer not null,
  recording boolean not null,
  analysis boolean not null,
  given_at timestamptz not null default now(),
  constraint consents_participant_id_fkey
    foreign key (participant_id) references public.interview_participants (id) on delete cascade,
  constraint consents_version_fkey
    foreign key (version) references private.consent_notices (version) on delete restrict
);
create index if not exists consents_participant_id_idx on private.consents (participant_id);
create index if not exists consents_version_idx on private.consents (version);
comment on table private.consents is
  'Every consent and withdrawal, as evidence; the one in force stands in interview_participants.';

-- Definer, like its callers. A single update, which also counts the answers that will remain (see
-- follow_responses).
create or replace function private.record_consent(
  participant_id uuid, version integer, recording boolean, analysis boolean,
  deleted_kinds text[]
)
  returns public.interview_participants
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  -- The text that was shown, if the client says which.
  v_version integer := coalesce(
    record_consent.version, (select max(c.version) from private.consent_notices c));
  v_participant public.interview_participants;
begin
  if not exists (select from private.consent_notices c where c.version = v_version) then
    perform private.refuse('consent_notice_not_found');
  end if;
  insert into private.consents (participant_id, version, recording, analysis)
    values (record_consent.participant_id, v_version, record_consent.recording,
            record_consent.analysis);
  update public.interview_participants p
    set consents_to_recording = record_consent.recording,
        consents_to_analysis = record_consent.analysis,
        consent_version = v_version, consented_at = now(),
        answered = (
          select count(*) from public.interview_responses r
          where r.participant_id = p.id and r.status = 'uploaded'
            and r.kind <> all (record_consent.deleted_kinds)),
        responses_deleted_at = case when exists (
          select from public.interview_responses r
          where r.participant_id = p.id and r.kind = any (record_consent.deleted_kinds)
        ) then now() else p.responses_deleted_at end
    where p.id = record_consent.participant_id
    returning p.* into v_participant;
  delete from public.interview_responses r
    where r.participant_id = record_consent.participant_id
      and r.kind = any (record_consent.deleted_kinds);
  return v_participant;
end
$$;
comment on function private.record_consent(uuid, integer, boolean, boolean, text[]) is
  'Writes down what a participant, locked by the caller, agrees to from now on, and deletes their '
  'responses of some kinds.';

-- Definer, like its callers.
create or replace function private.lock_own_participant(interview_id uuid)
  returns public.interview_participants
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller_id();
  v_participant public.interview_participants;
begin
  select p.* into v_participant
    from public.interview_participants p
    where p.interview_id = lock_own_participant.interview_id and p.user_id = v_user_id
      and p.status <> 'withdrawn'
    for no key update;
  if not found then
    perform private.refuse('participation_not_found');
  end if;
  return v_participant;
end
$$;
comment on function private.lock_own_participant(uuid) is
  'The caller''s participation in an interview, locked; raises participation_not_found, also after '
  'withdrawing.';

-- For candidates. Definer, because they may update nothing but their status.
create or replace function public.set_consent(
  interview_id uuid, recording boolean, analysis boolean default false,
  version integer default null
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants :=
    private.lock_own_participant(set_consent.interview_id);
  v_recording boolean := coalesce(set_consent.recording, false);
  v_analysis boolean := v_recording and coalesce(set_consent.analysis, false);
begin
  v_participant := private.record_consent(
    v_participant.id, set_consent.version, v_recording, v_analysis,
    case when v_recording then '{}' else '{video,audio}' end::text[]);
  return jsonb_build_object(
    'interview_id', v_participant.interview_id, 'version', v_participant.consent_version,
    'recording', v_recording, 'analysis', v_analysis, 'given_at', v_participant.consented_at);
end
$$;
comment on function public.set_consent(uuid, boolean, boolean, integer) is
  'Records what the caller agrees to in an interview, under the version of the notice that they '
  'were shown (the newest, unless given). Without consent to recording, their recordings are '
  'deleted and analysis is off too. Returns interview_id, version, recording, analysis, given_at.';

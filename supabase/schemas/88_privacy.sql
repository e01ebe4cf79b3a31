-- Privacy: everything that is held about a person, as an export, and its erasure. docs/privacy.md
-- lists what is kept where, and for how long.

-- A participant names the invite that they redeemed last. What they redeemed before, and withdrew
-- from, is found by its address, unless somebody else has redeemed it.
create or replace function private.redeemed_invites(participant_ids uuid[])
  returns uuid[]
  language plpgsql stable set search_path = ''
as $$
begin
  return array(
    select p.invite_id from public.interview_participants p
    where p.id = any (redeemed_invites.participant_ids) and p.invite_id is not null
    union
    select i.id
    from public.interview_participants p
    left join public.interview_invites newest on newest.id = p.invite_id
    left join auth.users u on u.id = p.user_id and private.address_problem(u.id) is null
    join public.interview_invites i
      on i.interview_id = p.interview_id
      and i.email in (newest.email, private.normalize_email(u.email))
    where p.id = any (redeemed_invites.participant_ids)
      and i.status in ('accepted', 'completed')
      and not exists (
        select from public.interview_participants other
        where other.invite_id = i.id and other.user_id <> p.user_id));
end
$$;
comment on function private.redeemed_invites(uuid[]) is
  'The ids of the invites that participants have redeemed, also before they withdrew and came '
  'back.';

-- An account may have changed its address after it was invited, so this goes from the address to
-- the accounts that have it or redeemed an invite to it, and from these to their own addresses and
-- invites; no further, because an address may have been another person's before. An invite that
-- somebody else has redeemed is theirs. Reads all accounts, as no index has the canonical form.
create or replace function private.find_person(
  email text, out emails text[], out user_ids uuid[], out participant_ids uuid[],
  out invite_ids uuid[]
)
  language plpgsql volatile set search_path = ''
as $$
declare
  v_email text := private.normalize_email(find_person.email);
begin
  user_ids := array(
    select u.id from auth.users u where private.normalize_email(u.email) = v_email
    union
    select p.user_id from private.invites_of(v_email) i
      join public.interview_participants p on p.invite_id = i.id
    order by 1);
  emails := array(
    select v_email where v_email is not null
    union
    select private.normalize_email(u.email) from auth.users u
      where u.id = any (user_ids) and private.address_problem(u.id) is null
    order by 1);
  participant_ids := array(
    select p.id from public.interview_participants p where p.user_id = any (user_ids) order by 1);
  invite_ids := array(
    select i.id from unnest(emails) as known (email)
      cross join lateral private.invites_of(known.email) as i
    where not exists (
      select from public.interview_participants other
      where other.invite_id = i.id and other.user_id <> all (user_ids))
    union
    select unnest(private.redeemed_invites(participant_ids))
    order by 1);
end
$$;
comment on function private.find_person(text) is
  'Who has an address, in any spelling: their addresses, and the ids of their accounts, '
  'participations and invites, each in order.';

create or replace function private.reviewers_of(emails text[], user_ids uuid[])
  returns uuid[]
  language sql stable set search_path = ''
as $$
  select array(
    select r.id from public.interview_reviewers r
    where r.user_id = any (reviewers_of.user_ids)
      or (r.user_id is null and r.email = any (reviewers_of.emails))
    order by 1)
$$;
comment on function private.reviewers_of(text[], uuid[]) is
  'What asks a person, found by find_person, to review: the ids of interview_reviewers, in order.';

-- Who has deleted their account is found by their address, if they had no name.
create or replace function private.reviews_by(emails text[], user_ids uuid[])
  returns uuid[]
  language sql stable set search_path = ''
as $$
  select array(
    select r.id from public.candidate_reviews r
    where r.reviewer_id = any (reviews_by.user_ids)
      or (r.reviewer_id is null and r.reviewer_name = any (reviews_by.emails))
    order by 1)
$$;
comment on function private.reviews_by(text[], uuid[]) is
  'The ids of the reviews that a person, found by find_person, has written, in order.';

create or replace function private.rows_of(source regclass, key text, ids uuid[])
  returns jsonb
  language plpgsql stable set search_path = ''
as $$
declare
  v_rows jsonb;
begin
  execute format('select jsonb_agg(to_jsonb(r) order by r) from %s as r where r.%I = any ($1)',
                 source, key)
    into v_rows using ids;
  return coalesce(v_rows, '[]');
end
$$;
comment on function private.rows_of(regclass, text, uuid[]) is
  'The rows of a table whose key is one of the ids, with all their columns.';

-- For service_role and DBAs. Definer, because service_role may read neither auth.users nor the
-- tables of schema private. Of an account the columns are named: the others are secrets.
create or replace function public.export_person(email text)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_person record;
  v_reviewers uuid[];
  v_written uuid[];
begin
  select * into v_person from private.find_person(export_person.email);
  v_reviewers := private.reviewers_of(v_person.emails, v_person.user_ids);
  v_written := private.reviews_by(v_person.emails, v_person.user_ids);
  return jsonb_build_object(
    'addresses', v_person.emails,
    'accounts', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'id', u.id, 'email', u.email, 'email_confirmed_at', u.email_confirmed_at,
               'phone', u.phone, 'created_at', u.created_at, 'last_sign_in_at', u.last_sign_in_at,
               'user_metadata', u.raw_user_meta_data, 'app_metadata', u.raw_app_meta_data)
             order by u.id), '[]')
      from auth.users u where u.id = any (v_person.user_ids)),
    'code_requests', private.rows_of('private.code_requests', 'user_id', v_person.user_ids),
    'invite_counts', private.rows_of('private.invite_counts', 'user_id', v_person.user_ids),
    'notifications', private.rows_of('private.notifications', 'user_id', v_person.user_ids),
    'interviews', private.rows_of('public.interviews', 'recruiter_id', v_person.user_ids),
    'templates', private.rows_of('public.interview_templates', 'owner_id', v_person.user_ids),
    'invites', private.rows_of('public.interview_invites', 'id', v_person.invite_ids),
    'participations',
      private.rows_of('public.interview_participants', 'id', v_person.participant_ids),
    'accommodations',
      private.rows_of('public.accommodations', 'participant_id', v_person.participant_ids),
    'consents', private.rows_of('private.consents', 'participant_id', v_person.participant_ids),
    'responses',
      private.rows_of('public.interview_responses', 'participant_id', v_person.participant_ids),
    'analyses', (
      select coalesce(jsonb_agg(to_jsonb(a) - 'search' order by a.response_id, a.step), '[]')
      from public.response_analyses a
      where a.participant_id = any (v_person.participant_ids)),
    'reviews',
      private.rows_of('public.candidate_reviews', 'participant_id', v_person.participant_ids),
    'ratings', private.rows_of('public.candidate_ratings', 'review_id', array(
      select r.id from public.candidate_reviews r
      where r.participant_id = any (v_person.participant_ids))),
    'decisions',
      private.rows_of('public.candidate_decisions', 'participant_id', v_person.participant_ids),
    'reviewing', private.rows_of('public.interview_reviewers', 'id', v_reviewers),
    'reviews_written', private.rows_of('public.candidate_reviews', 'id', v_written),
    'ratings_written', private.rows_of('public.candidate_ratings', 'review_id', v_written),
    'takes', private.rows_of('private.response_takes', 'participant_id', v_person.participant_ids),
    'watched', private.rows_of('private.access_log', 'participant_id', v_person.participant_ids),
    'has_watched', private.rows_of('private.access_log', 'actor_id', v_person.user_ids),
    'jobs', (
      select coalesce(jsonb_agg(to_jsonb(j) - 'lease_token' order by j.id), '[]')
      from private.jobs j
      where j.subject = any (v_person.invite_ids || v_person.participant_ids || v_reviewers
            || array(select md5(e)::uuid from unnest(v_person.emails) as e))
         or j.subject = any (array(
              select unnest(array[r.id, md5(r.object_path)::uuid])
              from public.interview_responses r
              where r.participant_id = any (v_person.participant_ids)))));
end
$$;
comment on function public.export_person(text) is
  'Everything that is held about the person with an address: addresses, accounts (without their '
  'secrets), and the rows of the other tables, with all columns but response_analyses.search. '
  'Recordings are named by '
  'object_path, in the bucket interview-responses.';

-- The caller has locked the interviews `for update`, so that nobody can redeem an invite meanwhile,
-- and no lock is missing here (see hold_interview). Definer, like its callers.
create or replace function private.erase_rows(
  participant_ids uuid[], invite_ids uuid[], other_subjects uuid[]
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_removals uuid[];
  v_responses integer;
  v_participations integer;
  v_invites integer;
  v_mails integer;
begin
  perform from public.interview_participants p
    where p.id = any (erase_rows.participant_ids) order by p.id for update;
  perform from public.interview_invites i
    where i.id = any (erase_rows.invite_ids) order by i.id for update;
  select count(*), array_agg(md5(r.object_path)::uuid) into v_responses, v_removals
    from public.interview_responses r where r.participant_id = any (erase_rows.participant_ids);
  delete from private.access_log l where l.participant_id = any (erase_rows.participant_ids);
  -- Responses go with their participants, analyses with them; their triggers queue the removal of
  -- recordings.
  delete from public.interview_participants p where p.id = any (erase_rows.participant_ids);
  get diagnostics v_participations = row_count;
  delete from public.interview_invites i where i.id = any (erase_rows.invite_ids);
  get diagnostics v_invites = row_count;
  delete from private.jobs j
    where j.kind <> 'response_removal'
      and j.subject = any (participant_ids || invite_ids || other_subjects);
  get diagnostics v_mails = row_count;
  return jsonb_build_object(
    'participations', v_participations, 'responses', v_responses, 'invites', v_invites,
    'mails', v_mails,
    'removals_open', (
      select count(*) from private.jobs j
      where j.kind = 'response_removal' and j.subject = any (v_removals)));
end
$$;
comment on function private.erase_rows(uuid[], uuid[], uuid[]) is
  'Deletes participants with everything below them, invites, and the emails about them and about '
  'other subjects; returns how many of each, and how many recordings are yet to be removed.';

-- For service_role and DBAs. Definer, because service_role may delete no rows. Takes the locks that
-- transfers, inviting, redeeming and signing up take before they wait for the account's row; then
-- interviews, participants, invites and jobs in the usual order (see hold_interview).
create or replace function public.erase_person(email text)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_person record;
  v_reviewers uuid[];
  v_erased jsonb;
  v_accounts integer := 0;
begin
  select * into v_person from private.find_person(erase_person.email);
  perform private.lock_inviting(id) from unnest(v_person.user_ids) as id;
  perform private.lock_candidate(id) from unnest(v_person.user_ids) as id;
  perform from auth.users u where u.id = any (v_person.user_ids) order by u.id for update;
  if exists (select from public.interviews n where n.recruiter_id = any (v_person.user_ids)) then
    perform private.refuse('owns_interviews');
  end if;
  perform private.hold_interviews(array(
    select p.interview_id from public.interview_participants p
      where p.id = any (v_person.participant_ids)
    union
    select i.interview_id from public.interview_invites i
      where i.id = any (v_person.invite_ids)
    union  -- what they wrote stays, without their id
    select r.interview_id from public.candidate_reviews r
      where r.id = any (private.reviews_by(v_person.emails, v_person.user_ids))
    union
    select r.interview_id from public.interview_reviewers r
      where r.id = any (private.reviewers_of(v_person.emails, v_person.user_ids))
    union
    select d.interview_id from public.candidate_decisions d
      where d.decided_by = any (v_person.user_ids)));
  -- Again: they may have joined another interview during the wait.
  select * into v_person from private.find_person(erase_person.email);
  v_reviewers := private.reviewers_of(v_person.emails, v_person.user_ids);
  -- Who removes one holds it before its email.
  perform from public.interview_reviewers r
    where r.id = any (v_reviewers) order by r.id for update;
  v_erased := private.erase_rows(v_person.participant_ids, v_person.invite_ids,
    v_reviewers || array(select md5(e)::uuid from unnest(v_person.emails) as e));
  delete from public.interview_reviewers r where r.id = any (v_reviewers);
  update public.candidate_reviews r set reviewer_name = null
    where r.id = any (private.reviews_by(v_person.emails, v_person.user_ids));
  delete from private.code_requests r where r.user_id = any (v_person.user_ids);
  delete from private.invite_counts c where c.user_id = any (v_person.user_ids);
  delete from public.interview_templates t where t.owner_id = any (v_person.user_ids);
  delete from private.notifications s where s.user_id = any (v_person.user_ids);
  begin
    delete from auth.users u where u.id = any (v_person.user_ids);
    get diagnostics v_accounts = row_count;
  exception
    when foreign_key_violation or restrict_violation or insufficient_privilege then
    null;  -- the answer says that they are left
  end;
  return v_erased || jsonb_build_object(
    'reviewing', cardinality(v_reviewers),
    'accounts', v_accounts, 'accounts_left', cardinality(v_person.user_ids) - v_accounts);
end
$$;
comment on function public.erase_person(text) is
  'Deletes everything that export_person finds but interviews: raises owns_interviews if there are '
  'any. What they wrote about candidates stays, without their name. Returns counts: '
  'participations, responses, invites, reviewing, mails, removals_open (recordings that the worker '
  'is yet to remove), accounts, and accounts_left, which tables of other programs refer to. '
  'Calling it again is harmless.';

-- For recruiters, service_role and DBAs. Definer, because clients may delete neither participants
-- nor redeemed invites. Locks the interview first, and only if it is the caller's own.
create or replace function public.erase_candidate(candidate_id uuid)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite_ids uuid[];
  v_participant_ids uuid[];
begin
  perform private.require_recruiter();
  perform from public.interviews n
    where n.id = (
        select i.interview_id from public.interview_invites i where i.id = candidate_id
        union all
        select p.interview_id from public.interview_participants p where p.id = candidate_id)
      and (n.recruiter_id = (select auth.uid()) or not private.is_client())
    for update;
  if not found then
    perform private.refuse('participant_not_found');
  end if;
  v_invite_ids := array(
    select same.id
    from public.interview_invites i
    cross join lateral private.invites_of(i.email) as same
    where i.id = coalesce(
        (select p.invite_id from public.interview_participants p where p.id = candidate_id),
        candidate_id)
      and same.interview_id = i.interview_id);
  v_participant_ids := array(
    select p.id from public.interview_participants p
    where p.id = candidate_id or p.invite_id = any (v_invite_ids));
  return private.erase_rows(
    v_participant_ids, v_invite_ids || private.redeemed_invites(v_participant_ids), '{}');
end
$$;
comment on function public.erase_candidate(uuid) is
  'Deletes one candidate, named by an invite or a participation, from that interview: all invites '
  'to their address or redeemed by them, their participation, consents and responses, and emails '
  'that wait. Returns counts: participations, responses, invites, mails, removals_open. Raises '
  'participant_not_found.';

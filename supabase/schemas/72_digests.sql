-- Digests: one email a day with what has happened in all interviews of a recruiter who wants that
-- instead of notices. It is read from the rows themselves when it is claimed, so that no candidate
-- waits for another one of the same recruiter, and nothing is told that is no longer true.

create or replace function private.queue_digest(settings private.notifications, until timestamptz)
  returns void
  language sql volatile set search_path = ''
as $$
  insert into private.jobs (kind, lane, subject, key, due_at, data)
    select 'daily_digest', (settings).user_id, (settings).user_id,
           extract(epoch from queue_digest.until)::bigint::text,
           -- A minute, for transactions that began before.
           now() + interval '1 minute',
           jsonb_build_object('since', (settings).digested_until, 'until', queue_digest.until,
                              'kinds', private.daily_kinds(settings))
    where private.daily_kinds(settings) <> '{}'
    on conflict on constraint jobs_subject_key do nothing
$$;
comment on function private.queue_digest(private.notifications, timestamptz) is
  'Queues an email about what an account is told daily, and has not been told yet.';

create or replace function private.queue_digests()
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_until timestamptz :=
    date_trunc('day', now() - interval '6 hours', 'utc') + interval '6 hours';
  v_due private.notifications[];
begin
  v_due := array(
    select s from private.notifications s
    where 'daily' in (s.candidate_completed, s.renewal_requested, s.delivery_failed)
      and s.digested_until < v_until
    order by s.digested_until limit 10000
    for update skip locked);
  perform private.queue_digest(d, v_until)
    from unnest(v_due) as d order by (d).user_id;
  update private.notifications s set digested_until = v_until
    where s.user_id = any (array(select (d).user_id from unnest(v_due) as d));
  return cardinality(v_due);
end
$$;
comment on function private.queue_digests() is
  'Queues the daily emails of 06:00 UTC, up to 10,000; returns how many. Those about nothing are '
  'dropped when they are claimed.';

create or replace function private.digest_of(
  user_id uuid, since timestamptz, until timestamptz, kinds text[]
)
  returns table (interviews jsonb, number bigint)
  language plpgsql stable rows 1 set search_path = '' set enable_seqscan = off set jit = off
as $$
begin
  return query
  with event as (
    -- By the address that the recruiter knows, as in notices.
    select 'candidate_completed' as kind, p.interview_id,
           coalesce(i.email, private.normalize_email(u.email)) as email
    from public.interview_participants p
    join auth.users u on u.id = p.user_id
    left join public.interview_invites i on i.id = p.invite_id
    where p.recruiter_id = digest_of.user_id and p.status = 'completed' and u.email is not null
      and p.completed_at > digest_of.since and p.completed_at <= digest_of.until
    union all
    select 'renewal_requested', i.interview_id, i.email
    from public.interview_invites i
    where i.recruiter_id = digest_of.user_id
      and i.renewal_requested_at > digest_of.since and i.renewal_requested_at <= digest_of.until
    union all
    select 'delivery_failed', i.interview_id, i.email
    from public.interview_invites i
    where i.recruiter_id = digest_of.user_id and i.delivery_status = 'failed'
      and i.delivery_at > digest_of.since and i.delivery_at <= digest_of.until
  ), told as (
    select e.interview_id, e.kind, count(*) as number,
           (array_agg(e.email order by e.email))[1:11] as people
    from event e
    where e.kind = any (digest_of.kinds)
      and private.notice_choice(digest_of.user_id, e.kind) <> 'never'
    group by 1, 2
  ), interview as (
    select t.interview_id, n.title,
           jsonb_agg(jsonb_build_object('kind', t.kind, 'number', t.number, 'people', t.people)
                     order by t.kind) as told,
           row_number() over (order by n.title, n.id) as place
    from told t join public.interviews n on n.id = t.interview_id
    group by t.interview_id, n.title, n.id
  )
  select jsonb_agg(jsonb_build_object(
             'interview_id', i.interview_id, 'title', i.title, 'told', i.told) order by i.place)
           filter (where i.place <= 50),
         count(*)
  from interview i;
end
$$;
comment on function private.digest_of(uuid, timestamptz, timestamptz, text[]) is
  'What a daily email tells: up to 50 interviews in which something has happened, with the kind of '
  'it, how many people and some of their addresses; and the number of all such interviews.';

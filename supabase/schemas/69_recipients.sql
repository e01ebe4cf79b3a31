-- Recipients: whether an email may go to an address, for every kind of email.

create table if not exists private.reminder_counts (
  recruiter_id uuid not null,
  day date not null,
  reminders integer not null,
  primary key (recruiter_id, day)
);
comment on table private.reminder_counts is
  'Reminders queued for a recruiter per day (UTC), for settings.invites_per_day. Only maintenance '
  'writes it, so that it never waits for a recruiter who is inviting.';

-- Reminders are a day apart whatever they are about, or moving a deadline again and again would
-- send one each time. (An hour less, because runs are not exact to the second.)
-- All at once: a call for each costs 13 µs of CPU per reminder instead of 2. (invites_of would
-- make it 5.)
create or replace function private.mail_times(
  kinds text[], recruiter_ids uuid[], emails text[], invited_as text[], reminded_at timestamptz[]
)
  returns timestamptz[]
  language plpgsql stable set search_path = '' set enable_seqscan = off set jit = off
as $$
begin
  return array(
    select case
      -- Most recruiters have none, and then no function is called for each address.
      when exists (select from private.unsubscribes u where u.recruiter_id = a.recruiter_id)
        and (private.is_unsubscribed(a.recruiter_id, a.email)
             or (nullif(a.invited_as, a.email) is not null
                 and private.is_unsubscribed(a.recruiter_id, a.invited_as)))
        then null
      when a.kind in ('interview_invitation', 'candidate_invitation', 'reviewer_invitation')
        then now()
      when earlier.delivery = 'failed' then null
      else greatest(now(), greatest(earlier.reminded_at, a.reminded_at) + interval '23 hours') end
    from unnest(kinds, recruiter_ids, emails, invited_as, reminded_at) with ordinality
      as a (kind, recruiter_id, email, invited_as, reminded_at, place)
    left join lateral (
      select (array_agg(i.delivery_status
                        order by i.delivery_at desc nulls last, i.delivery_status desc)
              filter (where i.delivery_status in ('accepted', 'failed')))[1] as delivery,
             max(greatest(i.reminded_at, p.reminded_at)) as reminded_at
      from (
        -- By address alone (see invites_of).
        select * from public.interview_invites i where i.email = a.email offset 0
      ) as i
      left join lateral (
        select p.reminded_at from public.interview_participants p
        where p.invite_id = i.id
        offset 0
      ) as p on true
      where i.recruiter_id = a.recruiter_id
        and a.kind in ('interview_reminder', 'submission_reminder')
    ) as earlier on true
    order by a.place);
end
$$;
comment on function private.mail_times(text[], uuid[], text[], text[], timestamptz[]) is
  'When each email, all of unsubscribable_kinds, may go to the address at the same place for the '
  'recruiter; null if it may not. No invitation and no reminder where the person has unsubscribed, '
  'with this address or the one that a participant was invited by; no reminder after the '
  'recruiter''s last invitation to the address failed, or within a day of another one to it, or to '
  'the invite or participant that was reminded at reminded_at.';

create or replace function private.reminders_left(recruiter_id uuid)
  returns integer
  language sql stable set search_path = ''
as $$
  select s.invites_per_day - coalesce((
    select c.reminders from private.reminder_counts c
    where c.recruiter_id = reminders_left.recruiter_id
      and c.day = (now() at time zone 'utc')::date), 0)
  from private.settings s
$$;
comment on function private.reminders_left(uuid) is
  'How many more reminders may be queued today about invites that an account made.';

create or replace function private.plan_reminders(kind text, subjects uuid[])
  returns table (subject uuid, recruiter_id uuid, due_at timestamptz, is_limited boolean)
  language plpgsql stable set search_path = ''
as $$
begin
  return query
  with recipient as materialized (
    select i.id, i.recruiter_id, i.email::text as email, null as invited_as, i.reminded_at,
           i.is_limited
    from public.interview_invites i
    where i.id = any (plan_reminders.subjects)
    union all
    select p.id, p.recruiter_id, private.normalize_email(u.email), i.email, p.reminded_at,
           coalesce(i.is_limited, true)
    from public.interview_participants p
    join auth.users u on u.id = p.user_id
    left join public.interview_invites i on i.id = p.invite_id
    where p.id = any (plan_reminders.subjects)
  ), checked as materialized (
    select unnest(array_agg(r.id)) as id, unnest(array_agg(r.recruiter_id)) as recruiter_id,
           unnest(array_agg(r.email)) as email, unnest(array_agg(r.is_limited)) as is_limited,
           unnest(private.mail_times(
             array_agg(plan_reminders.kind), array_agg(r.recruiter_id), array_agg(r.email),
             array_agg(r.invited_as), array_agg(r.reminded_at))) as may_mail_at
    from recipient r
  ), allowed as (
    select c.*, row_number() over (partition by c.recruiter_id, c.is_limited order by c.id) as place
    from checked c where c.may_mail_at is not null
  ), room as materialized (
    select r.recruiter_id, private.reminders_left(r.recruiter_id) as reminders
    from (select distinct a.recruiter_id from allowed a) as r
  )
  select a.id, a.recruiter_id,
         a.may_mail_at + interval '23 hours' * (row_number() over (
           partition by a.recruiter_id, a.email collate "C" order by a.id) - 1),
         a.is_limited
  from allowed a join room on room.recruiter_id = a.recruiter_id
  where not a.is_limited or a.place <= room.reminders;
end
$$;
comment on function private.plan_reminders(text, uuid[]) is
  'Which of these invites and participants get a reminder of this kind, and when.';

create or replace function private.remind(kind text, subjects uuid[], distance interval)
  returns integer
  language plpgsql volatile set search_path = ''
as $$
#variable_conflict use_column
declare
  v_subjects uuid[];
  v_lanes uuid[];
  v_due_at timestamptz[];
  v_limited boolean[];
begin
  select array_agg(p.subject), array_agg(p.recruiter_id), array_agg(p.due_at),
         array_agg(p.is_limited)
    into v_subjects, v_lanes, v_due_at, v_limited
    from private.plan_reminders(remind.kind, remind.subjects) as p;
  -- All of them: those who get none now are not looked at again either. One update of each row: a
  -- second one in a transaction would check its foreign key, and wait for a transfer that waits for
  -- the row.
  update public.interview_invites i
    set reminded_at = coalesce(p.due_at, now()),
        reminded_for = case when i.expires_at <= now() + remind.distance
                            then least(i.reminded_for, remind.distance) else i.reminded_for end
    from unnest(remind.subjects) as s (id)
    left join unnest(v_subjects, v_due_at) as p (id, due_at) on p.id = s.id
    where i.id = s.id;
  update public.interview_participants i set reminded_at = coalesce(p.due_at, now())
    from unnest(remind.subjects) as s (id)
    left join unnest(v_subjects, v_due_at) as p (id, due_at) on p.id = s.id
    where i.id = s.id;
  insert into private.reminder_counts as c (recruiter_id, day, reminders)
    select p.lane, (now() at time zone 'utc')::date, count(*)
    from unnest(v_lanes, v_limited) as p (lane, is_limited)
    where p.is_limited
    group by p.lane
    on conflict (recruiter_id, day) do update set reminders = c.reminders + excluded.reminders;
  insert into private.jobs as j (kind, lane, subject, due_at, queued_at, data)
    select remind.kind, p.lane, p.subject, p.due_at, p.due_at,
           jsonb_strip_nulls(jsonb_build_object('distance', remind.distance))
    from unnest(v_lanes, v_subjects, v_due_at) as p (lane, subject, due_at)
    on conflict (kind, subject, key) do update
      set queued_at = excluded.due_at, due_at = excluded.due_at, attempts = 0, failed_at = null,
          done_at = null, data = excluded.data
      where j.lease_token is null;
  return coalesce(cardinality(v_subjects), 0);
end
$$;
comment on function private.remind(text, uuid[], interval) is
  'Queues a reminder of this kind for each of these invites and participants, which the caller has '
  'locked, if it may be sent; returns how many.';

-- Notices: emails that tell recruiters what has happened in their interviews.

create table if not exists private.notifications (
  user_id uuid primary key,
  candidate_completed text not null default 'each',
  renewal_requested text not null default 'each',
  delivery_failed text not null default 'each',
  digested_until timestamptz not null default now(),
  constraint notifications_candidate_completed_check
    check (candidate_completed in ('each', 'daily', 'never')),
  constraint notifications_renewal_requested_check
    check (renewal_requested in ('each', 'daily', 'never')),
  constraint notifications_delivery_failed_check
    check (delivery_failed in ('each', 'daily', 'never')),
  constraint notifications_user_id_fkey
    foreign key (user_id) references auth.users (id) on delete cascade
);
create index if not exists notifications_daily_idx on private.notifications (digested_until)
  where 'daily' in (candidate_completed, renewal_requested, delivery_failed);
comment on table private.notifications is
  'Of what an account is told by email: each time, once a day together, or never; each time '
  'without a row.';
comment on column private.notifications.digested_until is
  'Up to when the last daily email tells, or since when there are daily ones.';

create or replace function private.daily_kinds(settings private.notifications)
  returns text[]
  language sql immutable set search_path = ''
as $$
  select array_remove(array[
    case when (settings).candidate_completed = 'daily' then 'candidate_completed' end,
    case when (settings).renewal_requested = 'daily' then 'renewal_requested' end,
    case when (settings).delivery_failed = 'daily' then 'delivery_failed' end], null)
$$;
comment on function private.daily_kinds(private.notifications) is
  'The kinds of notices that an account wants once a day.';

-- For recruiters. Definer, because the table is private.
create or replace function public.set_notifications(
  candidate_completed text default null, renewal_requested text default null,
  delivery_failed text default null
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller_id();
  v_before private.notifications;
  v_settings private.notifications;
begin
  perform private.confirmed_email(v_user_id);
  if exists (
    select from unnest(array[set_notifications.candidate_completed,
                             set_notifications.renewal_requested,
                             set_notifications.delivery_failed]) as chosen
    where chosen not in ('each', 'daily', 'never')
  ) then
    perform private.refuse('invalid_notification');
  end if;
  select s.* into v_before from private.notifications s where s.user_id = v_user_id for update;
  insert into private.notifications as s
      (user_id, candidate_completed, renewal_requested, delivery_failed)
    values (v_user_id, coalesce(set_notifications.candidate_completed, 'each'),
            coalesce(set_notifications.renewal_requested, 'each'),
            coalesce(set_notifications.delivery_failed, 'each'))
    on conflict (user_id) do update
      set candidate_completed =
            coalesce(set_notifications.candidate_completed, s.candidate_completed),
          renewal_requested = coalesce(set_notifications.renewal_requested, s.renewal_requested),
          delivery_failed = coalesce(set_notifications.delivery_failed, s.delivery_failed)
    returning * into v_settings;
  -- One email is about the same time for all kinds. So that nothing is lost, or told twice, what
  -- has waited is told now.
  if private.daily_kinds(v_before) <> private.daily_kinds(v_settings) then
    update private.notifications s set digested_until = now() where s.user_id = v_user_id;
    perform private.queue_digest(v_before, now());
  end if;
  return to_jsonb(v_settings) - 'user_id' - 'digested_until';
end
$$;
comment on function public.set_notifications(text, text, text) is
  'Sets of what the caller is told by email: each, daily or never; what is left out stays as it '
  'is. When another kind is told daily, or one no more, the email about what has waited comes at '
  'once. Returns all: candidate_completed, renewal_requested, delivery_failed. Raises '
  'invalid_notification.';

create or replace function private.notice_choice(user_id uuid, kind text)
  returns text
  language plpgsql stable set search_path = ''
as $$
begin
  return coalesce((
    select case notice_choice.kind
      when 'candidate_completed' then s.candidate_completed
      when 'renewal_requested' then s.renewal_requested
      when 'delivery_failed' then s.delivery_failed
    end
    from private.notifications s where s.user_id = notice_choice.user_id), 'each');
end
$$;
comment on function private.notice_choice(uuid, text) is
  'When an account is told of what this kind of notice is about: each, daily or never.';

-- At most one email an hour for each interview and kind: the job of this hour takes up people until
-- it is claimed, then the job of the next hour does. Sent ones are kept for an hour (see
-- settle_jobs). Locks the jobs of one kind in the order of their interviews.
create or replace function private.tell_recruiters(kind text, ids uuid[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_told record;
  v_hour timestamptz;
begin
  for v_told in
    select what.interview_id, what.recruiter_id, count(*) as number,
           (array_agg(what.id order by what.id))[1:100] as ids
    from (
      select p.id, p.interview_id, p.recruiter_id from public.interview_participants p
      where tell_recruiters.kind = 'candidate_completed' and p.id = any (tell_recruiters.ids)
      union all
      select i.id, i.interview_id, i.recruiter_id from public.interview_invites i
      where tell_recruiters.kind <> 'candidate_completed' and i.id = any (tell_recruiters.ids)
    ) as what
    where private.notice_choice(what.recruiter_id, tell_recruiters.kind) = 'each'
    group by 1, 2 order by 1
  loop
    for v_hour in
      select date_trunc('hour', now(), 'utc') + hours * interval '1 hour'
      from generate_series(0, 2) as hours
    loop
      insert into private.jobs as j (kind, lane, subject, key, due_at, data)
        values (tell_recruiters.kind, v_told.recruiter_id, v_told.interview_id,
                extract(epoch from v_hour)::bigint::text,
                -- A minute, for those who come at the same time.
                greatest(v_hour, now() + interval '1 minute'),
                jsonb_build_object('number', v_told.number, 'ids', v_told.ids))
        on conflict on constraint jobs_subject_key do update
          set data = private.add_to_notice(j.data, excluded.data)
          where j.lease_token is null and j.done_at is null and j.failed_at is null;
      exit when found;
    end loop;
  end loop;
end
$$;
comment on function private.tell_recruiters(text, uuid[]) is
  'Queues notices about participants (candidate_completed) or invites (the other kinds) to the '
  'recruiters that want one each time.';

create or replace function private.add_to_notice(data jsonb, more jsonb)
  returns jsonb
  language sql immutable set search_path = ''
as $$
  select jsonb_build_object(
    'number', (data ->> 'number')::bigint + (more ->> 'number')::bigint
              - jsonb_array_length(data -> 'ids') - jsonb_array_length(more -> 'ids')
              + count(*),
    'ids', case when jsonb_array_length(data -> 'ids') < 100 then jsonb_agg(known.id)
                else data -> 'ids' end)
  from (
    select distinct id from jsonb_array_elements((data -> 'ids') || (more -> 'ids')) as id
  ) as known
$$;
comment on function private.add_to_notice(jsonb, jsonb) is
  'The data of a notice with more people: their number, and the ids of about a hundred, each once.';

create or replace function private.people_of_notice(kind text, ids jsonb)
  returns text[]
  language plpgsql stable set search_path = ''
as $$
begin
  if people_of_notice.kind = 'candidate_completed' then
    -- By the address that the recruiter knows: the account's may be another one by now.
    return array(
      select coalesce(i.email, private.normalize_email(u.email))
      from jsonb_array_elements_text(people_of_notice.ids) as told (id)
      join public.interview_participants p on p.id = told.id::uuid
      join auth.users u on u.id = p.user_id
      left join public.interview_invites i on i.id = p.invite_id
      where p.status = 'completed' and u.email is not null
      order by 1);
  end if;
  return array(
    select i.email
    from jsonb_array_elements_text(people_of_notice.ids) as told (id)
    join public.interview_invites i on i.id = told.id::uuid
    where case people_of_notice.kind
      when 'delivery_failed' then i.delivery_status = 'failed'
      else i.renewal_requested_at is not null
    end
    order by 1);
end
$$;
comment on function private.people_of_notice(text, jsonb) is
  'The addresses of those of whom a notice is still true.';

-- In a trigger, for the same reason as receipts; once a statement, because a row trigger would lock
-- the notices in the order of the rows. Definer, because candidates may not write jobs.
create or replace function private.tell_of_completing()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_completed uuid[] := array(
    select now_is.id from was join now_is using (id)
    where now_is.status = 'completed' and was.status <> 'completed');
begin
  if v_completed <> '{}' then
    perform private.tell_recruiters('candidate_completed', v_completed);
  end if;
  return null;
end
$$;
comment on function private.tell_of_completing() is
  'When participants complete, tells their recruiters.';

create or replace trigger _600_tell_of_completing
  after update on public.interview_participants
  referencing old table as was new table as now_is
  for each statement execute function private.tell_of_completing();

-- Not when the email fails: settling waits for nothing.
create or replace function private.tell_of_failures()
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_job_ids bigint[] := array(
    select j.id from private.jobs j
    where j.failed_at > now() - interval '1 day' and j.kind = 'interview_invitation'
      and j.done_at is null and j.data ->> 'told_of' is distinct from j.failed_at::text
    order by j.failed_at limit 10000
    for update skip locked);
begin
  perform private.tell_recruiters('delivery_failed', array(
    select j.subject from private.jobs j where j.id = any (v_job_ids)));
  update private.jobs j
    set data = coalesce(j.data, '{}') || jsonb_build_object('told_of', j.failed_at::text)
    where j.id = any (v_job_ids);
  return cardinality(v_job_ids);
end
$$;
comment on function private.tell_of_failures() is
  'Tells recruiters of invitations that have failed since the last call, up to 10,000. Returns how '
  'many.';

-- Mail: how the emails of invites are queued, and the delivery that is shown on invites.

create or replace function private.queue_new_invites()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.jobs (kind, lane, subject)
    select 'interview_invitation', i.recruiter_id, i.id from new_invites i;
  return null;
end
$$;
comment on function private.queue_new_invites() is
  'Queues one email for each new invite, however it was inserted. Definer, because callers may not '
  'write jobs.';

create or replace trigger _400_queue_new_invites
  after insert on public.interview_invites
  referencing new table as new_invites
  for each statement execute function private.queue_new_invites();

create or replace function private.queue_invite_again()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.email <> old.email then
    delete from private.jobs j where j.subject = new.id
      and j.kind in ('interview_invitation', 'interview_reminder');
  end if;
  insert into private.jobs as j (kind, lane, subject)
    values ('interview_invitation', new.recruiter_id, new.id)
    on conflict (kind, subject, key) do update
      set due_at = least(j.due_at, now()), failed_at = null, done_at = null,
          queued_at = case when j.failed_at is null and j.done_at is null then j.queued_at
                           else now() end,
          attempts = case when j.failed_at is null and j.done_at is null then j.attempts else 0 end,
          data = case when j.failed_at is null and j.done_at is null then j.data end
      where j.lease_token is null;
  return null;
end
$$;
comment on function private.queue_invite_again() is
  'Queues another email, unless one is waiting or being sent. Drops jobs for an old address, so '
  'that a worker that is sending one settles nothing. Definer, because callers may not write jobs.';

create or replace trigger _400_queue_invite_again
  after update on public.interview_invites
  for each row when (new.queued_at is distinct from old.queued_at)
  execute function private.queue_invite_again();

create or replace function private.hurry_mails(invite_ids uuid[], asked_for boolean)
  returns void
  language sql volatile set search_path = ''
as $$
  update private.jobs j
  set due_at = '-infinity',
      data = case when hurry_mails.asked_for then '{"asked_for": true}'::jsonb else j.data end
  where j.kind = 'interview_invitation' and j.subject = any (hurry_mails.invite_ids)
    and j.lease_token is null
$$;
comment on function private.hurry_mails(uuid[], boolean) is
  'Moves the emails of these invites, for which a person is waiting, to the head of their lanes. '
  'Those that the candidate asked for come even if they have unsubscribed.';

create or replace function private.tell_invites(
  invite_ids uuid[], outcomes text[], errors text[]
)
  returns setof uuid
  language plpgsql volatile set search_path = ''
as $$
declare
  v_free uuid[] := array(
    select i.id from public.interview_invites i
    where i.id = any (tell_invites.invite_ids)
    for no key update skip locked);
  v_accepted uuid[] := array(
    select d.invite_id from unnest(invite_ids, outcomes) as d (invite_id, outcome)
    where d.outcome = 'accepted');
begin
  update public.interview_invites i
    set delivery_status = 'accepted', delivery_at = now(), delivery_error = null
    where i.id = any (array(select unnest(v_free) intersect select unnest(v_accepted)));
  update public.interview_invites i
    set (delivery_status, delivery_at, delivery_error) = (
      select case d.outcome when 'retry' then 'queued' else d.outcome end, now(),
             coalesce(d.error, i.delivery_error)
      from unnest(invite_ids, outcomes, errors) as d (invite_id, outcome, error)
      where d.invite_id = i.id)
    where i.id = any (array(select unnest(v_free) except select unnest(v_accepted)));
  return query select unnest(v_free);
end
$$;
comment on function private.tell_invites(uuid[], text[], text[]) is
  'Writes the outcomes of emails to their invites; skips invites that are locked, and returns the '
  'others.';

create or replace function private.tell_what_was_settled()
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_job_ids bigint[] := array(
    select j.id from private.jobs j
    where j.kind = 'interview_invitation' and j.done_at is not null
    order by j.done_at limit 100
    for update skip locked);
  v_over bigint[];
begin
  if cardinality(v_job_ids) = 0 then
    return;
  end if;
  with job as materialized (
    select j.* from private.jobs j where j.id = any (v_job_ids)
  ), told as materialized (
    select private.tell_invites(
             array_agg(j.subject), array_agg(case when j.failed_at is null then 'accepted'
                                                  else 'failed' end), array_agg(j.last_error))
             as invite_id
    from job j
  )
  select array_agg(j.id) into v_over from job j
    where j.subject in (select t.invite_id from told t)
      or not exists (select from public.interview_invites i where i.id = j.subject);
  update private.jobs j set done_at = null where j.id = any (v_over) and j.failed_at is not null;
  delete from private.jobs j where j.id = any (v_over) and j.failed_at is null;
end
$$;
comment on function private.tell_what_was_settled() is
  'Updates the invites that were locked when their emails were settled, 100 per call.';

-- For the service, to send one email while its caller waits. Definer: jobs are private.
create or replace function public.claim_invite_mail(
  email text, invite_code text, worker text, lease_seconds integer default 60
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite record;
  v_job private.jobs;
  v_paused text := (
    select k.paused_reason from private.job_kinds k
    where k.kind = 'interview_invitation' and k.paused_until > now());
  v_claimed json;
begin
  select i.id, i.interview_id, i.recruiter_id, i.email, i.delivery_status, i.delivery_error
  into v_invite
  from public.interview_invites i
  where i.email = private.normalize_email(claim_invite_mail.email)
    and i.invite_code = private.read_code(claim_invite_mail.invite_code)
    and i.status = 'pending' and i.expires_at > now();
  if not found then
    perform private.refuse('invite_not_found:service');
  end if;
  if v_invite.delivery_status is null then
    -- An invite of the first version, not queued yet.
    if exists (
      select from public.interviews n
      where n.id = v_invite.interview_id and private.has_link(n.title)
    ) then
      perform private.refuse('text_not_allowed:inviting');
    end if;
    update public.interview_invites i set queued_at = now() where i.id = v_invite.id;
  end if;
  select j.* into v_job
  from private.jobs j
  where j.kind = 'interview_invitation' and j.subject = v_invite.id
  for update;
  if coalesce(not v_job.data ? 'asked_for', true)
     and private.is_unsubscribed(v_invite.recruiter_id, v_invite.email) then
    return '{"delivery": "unsubscribed"}';
  elsif v_job.id is null then
    select i.delivery_status, i.delivery_error into v_invite
      from public.interview_invites i where i.id = v_invite.id;
    return jsonb_build_object(
      'delivery', v_invite.delivery_status, 'error', v_invite.delivery_error);
  elsif v_job.failed_at is not null then
    return jsonb_build_object('delivery', 'failed', 'error', v_job.last_error);
  elsif v_job.done_at is not null then
    -- Sent, but the invite is not updated yet (see tell_what_was_settled).
    return '{"delivery": "accepted"}';
  elsif v_job.lease_token is not null and v_job.due_at > now() then
    return '{"delivery": "in_progress"}';
  elsif v_paused is not null then
    return jsonb_build_object('delivery', 'paused', 'reason', v_paused);
  end if;
  v_claimed := private.lease_jobs(array[v_job.id], claim_invite_mail.lease_seconds);
  if json_array_length(v_claimed) = 0 then
    return '{"delivery": "cancelled"}';
  end if;
  return jsonb_build_object('delivery', 'claimed', 'mail', v_claimed -> 0);
end
$$;
comment on function public.claim_invite_mail(text, text, text, integer) is
  'Leases the queued email of one pending invite, found by address and code. Returns delivery: '
  'claimed (with mail), in_progress, accepted, failed (with error), cancelled, unsubscribed or '
  'paused (with reason); raises invite_not_found, and text_not_allowed for one that was never '
  'queued.';

-- For recruiters, so that they do not wait for emails that are not being sent, and the service.
-- Definer: jobs are private.
create or replace function public.delivery_state()
  returns text
  language sql stable security definer set search_path = ''
as $$
  select case
    when exists (
      select from private.job_kinds k
      where k.kind = 'interview_invitation' and k.paused_until > now()) then 'paused'
    when exists (
      select from private.job_workers w
      where w.kind = 'interview_invitation' and w.seen_at > now() - interval '60 seconds')
      then 'sending'
    else 'stopped'
  end
$$;
comment on function public.delivery_state() is
  'sending; paused, because the mail server refuses our emails; stopped, because no worker was '
  'seen in the last minute.';

-- Mail: the kinds of jobs that are emails, what workers must know of each job, and the delivery
-- that is shown on invites.

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

-- `offset 0` keeps each part a look-up by key: a plan cached while there were few participants
-- would read all of them for every job.
create or replace view private.job_details with (security_invoker = true) as
select
  j.id as job_id,
  j.due_at,
  case
    when j.kind in ('candidate_invitation', 'response_removal') then true
    when j.kind = 'reviewer_invitation' then asked.interview_id is not null
    when j.kind = 'submission_reminder' then coalesce(
      p.status = 'active' and p.answered > 0 and n.status <> 'completed'
      and now() >= n.deadline and now() < n.submit_until, false)
    when j.kind = 'submission_receipt' then coalesce(p.status = 'completed', false)
    when notice.interview_id is not null then notice.is_wanted and notice.people <> '{}'
    when i.id is null and j.kind = 'interview_reminder' then coalesce(
      p.status = 'active' and n.status <> 'completed' and n.deadline > now()
      and n.deadline - (j.data ->> 'distance')::interval <= now(), false)
    else coalesce(
      i.status = 'pending' and i.expires_at > now() and private.is_open(n.status, n.deadline)
      and (j.kind = 'interview_invitation'
           or least(i.expires_at, n.deadline) - (j.data ->> 'distance')::interval <= now()), false)
  end
  and (coalesce(j.data ? 'asked_for', false)
       or private.may_mail_at(
            j.kind, coalesce(i.recruiter_id, p.recruiter_id, asked.recruiter_id, j.lane),
            coalesce(i.email, p.email, asked.email, j.data ->> 'email'), p.invited_as) is not null) as is_wanted,
  coalesce(i.email, p.email, notice.email, asked.email, j.data ->> 'email') as email,
  i.invite_code,
  n.title as interview_title,
  coalesce(i.recruiter_name, p.recruiter_name, asked.recruiter_name, j.data ->> 'recruiter_name',
           'HireVision') as recruiter_name,
  case when notice.interview_id is null then n.reply_to end as reply_to,
  i.expires_at,
  n.deadline,
  p.answered,
  p.questions,
  n.submit_until,
  case j.kind when 'response_removal' then 'interview-responses' end as bucket,
  j.data ->> 'path' as path,
  case when j.kind = any (private.unsubscribable_kinds())
    then private.unsubscribe_token(
      coalesce(i.recruiter_id, p.recruiter_id, asked.recruiter_id, j.lane), j.subject,
      coalesce(i.email, p.email, asked.email, j.data ->> 'email'))
  end as unsubscribe_token,
  p.completed_at,
  case when p.answered > 0
    then p.completed_at + (select s.responses_kept_for from private.settings s)
  end as kept_until,
  coalesce(i.candidate_name, p.candidate_name) as candidate_name,
  notice.interview_id,
  notice.people,
  -- Without those who are gone meanwhile.
  (j.data ->> 'number')::bigint - jsonb_array_length(j.data -> 'ids')
    + cardinality(notice.people) as number
from private.jobs j
left join public.interview_invites i on i.id = j.subject
left join lateral (
  select p.interview_id, p.recruiter_id, p.status, p.answered, p.completed_at,
         redeemed.recruiter_name, redeemed.candidate_name, redeemed.email as invited_as,
         (select count(*) from public.interview_questions q
          where q.interview_id = p.interview_id) as questions,
         private.normalize_email(u.email) as email
  from public.interview_participants p
  join auth.users u on u.id = p.user_id
  left join public.interview_invites redeemed on redeemed.id = p.invite_id
  where j.kind in ('interview_reminder', 'submission_reminder', 'submission_receipt')
    and p.id = j.subject
  offset 0
) as p on true
left join lateral (
  select n.id as interview_id, private.normalize_email(r.email) as email,
         private.address_problem(r.id) is null
           and private.wants_notice(r.id, j.kind) as is_wanted,
         private.people_of_notice(j.kind, j.data -> 'ids') as people
  from public.interviews n
  join auth.users r on r.id = n.recruiter_id
  where j.kind = any (private.notice_kinds())
    and n.id = j.subject
  offset 0
) as notice on true
left join lateral (
  select r.interview_id, r.recruiter_id, r.email,
         private.recruiter_name(r.interview_id) as recruiter_name
  from public.interview_reviewers r
  where j.kind = 'reviewer_invitation'
    and r.id = j.subject and r.user_id is null
  offset 0
) as asked on true
left join lateral (
  select n.title, n.status, n.deadline, r.email as reply_to,
         n.deadline + (select s.upload_grace from private.settings s) as submit_until
  from public.interviews n
  join auth.users r on r.id = n.recruiter_id
  where n.id = coalesce(
    i.interview_id, p.interview_id, notice.interview_id, asked.interview_id)
  offset 0
) as n on true;

comment on view private.job_details is
  'What a worker needs to do each job (recipient and contents of an email, path of an object), and '
  'whether it is still wanted.';

create or replace function private.drop_unwanted_mails(job_ids bigint[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_invite_ids uuid[];
begin
  if cardinality(drop_unwanted_mails.job_ids) = 0 then
    return;
  end if;
  -- Others lock the invite before its jobs, so locked invites are left for the next claim.
  v_invite_ids := array(
    select i.id from public.interview_invites i
    where i.id in (
      select j.subject from private.jobs j
      where j.id = any (drop_unwanted_mails.job_ids) and j.kind = 'interview_invitation')
    for no key update skip locked);
  update public.interview_invites i
    set delivery_status = 'cancelled', delivery_at = now()
    where i.id = any (v_invite_ids) and i.delivery_status = 'queued';
  delete from private.jobs j
    where j.id = any (drop_unwanted_mails.job_ids)
      and (j.kind <> 'interview_invitation' or j.subject = any (v_invite_ids)
           or not exists (select from public.interview_invites i where i.id = j.subject));
  -- Those are due again a little later, so that they do not block others.
  update private.jobs j set due_at = now() + interval '10 seconds'
    where j.id = any (drop_unwanted_mails.job_ids);
end
$$;
comment on function private.drop_unwanted_mails(bigint[]) is
  'Deletes the jobs of emails that are no longer wanted, and marks their invites as cancelled.';

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

-- Mail: an outbox that holds whom to write to about what, never a text. Workers claim rows
-- under a lease, talk SMTP with no transaction open, and settle them.

create table if not exists private.outbox (
  id uuid primary key default gen_random_uuid(),
  mail text not null,
  invite_id uuid references public.interview_invites (id) on delete cascade,
  participant_id uuid references public.interview_participants (id) on delete cascade,
  email varchar(255),
  distance interval,
  target timestamptz,
  recruiter_name varchar(100),
  status text not null default 'queued',
  queued_at timestamptz not null default now(),
  next_attempt_at timestamptz not null default now(),
  attempts integer not null default 0,
  lease_token uuid,
  settled_at timestamptz,
  last_error text,
  constraint outbox_mail_check check (mail in ('interview_invitation', 'candidate_invitation', 'interview_reminder')),
  constraint outbox_status_check check (status in ('queued', 'accepted', 'failed', 'cancelled')),
  constraint outbox_recipient_check check (num_nonnulls(invite_id, participant_id, email) = 1),
  constraint outbox_reminder_check check (
    (mail = 'interview_reminder') = (distance is not null) and (distance is null) = (target is null))
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
create unique index if not exists outbox_queued_invite_key on private.outbox (invite_id, mail) where status = 'queued';
create index if not exists outbox_due_idx on private.outbox (next_attempt_at) where status = 'queued';
create unique index if not exists outbox_reminder_key
  on private.outbox (coalesce(invite_id, participant_id), target, distance) where distance is not null;
create index if not exists outbox_invite_id_idx on private.outbox (invite_id);
create index if not exists outbox_participant_id_idx on private.outbox (participant_id) where participant_id is not null;
create index if not exists outbox_email_idx on private.outbox (email, queued_at) where email is not null;
create index if not exists outbox_settled_at_idx on private.outbox (settled_at) where settled_at is not null;

comment on table private.outbox is 'Mails to send and what became of them; address and code are read from the invite when claimed.';
comment on column private.outbox.participant_id is 'The recipient of a reminder who has joined.';
comment on column private.outbox.email is 'The recipient of a general invitation, which has no invite.';
comment on column private.outbox.distance is 'How long before its target a reminder was due.';
comment on column private.outbox.target is 'What a reminder reminds of: the earlier of expiry and deadline.';
comment on column private.outbox.next_attempt_at is
  'Not claimed before; a claim moves it to the end of the lease, so that an orphan comes back by itself.';
comment on column private.outbox.lease_token is 'Held by the worker that claimed the row last; without it nothing is settled.';

create table if not exists private.mail_state (
  singleton boolean primary key default true check (singleton),
  paused_until timestamptz,
  paused_reason text,
  accepted bigint not null default 0,
  failed bigint not null default 0,
  retried bigint not null default 0
);
comment on table private.mail_state is
  'One row: whether sending is paused, until when and why; and how many tries ever ended how, for monitoring.';
insert into private.mail_state default values on conflict do nothing;

create table if not exists private.mail_workers (
  worker text primary key,
  seen_at timestamptz not null default now()
);
comment on table private.mail_workers is 'Heartbeats of the workers that claim mails.';

-- With enable_seqscan off for the sake of the foreign keys, see 10_setup.sql: a large call queues
-- 10,000 mails.
create or replace function private.queue_new_invites()
  returns trigger
  language plpgsql volatile security definer set search_path = '' set enable_seqscan = off
as $$
begin
  insert into private.outbox (mail, invite_id) select 'interview_invitation', i.id from new_invites i;
  return null;
end
$$;
comment on function private.queue_new_invites() is
  'Queues one mail for each new invite, whatever door it came by. Definer: nobody else may write to the outbox.';

create or replace trigger queue_new_invites
  after insert on public.interview_invites
  referencing new table as new_invites
  for each statement execute function private.queue_new_invites();

create or replace function private.queue_invite_again()
  returns trigger
  language plpgsql volatile security definer set search_path = '' set enable_seqscan = off
as $$
begin
  if new.email <> old.email then
    update private.outbox o set status = 'cancelled', settled_at = now(), lease_token = null
      where o.invite_id = new.id and o.status = 'queued';
  end if;
  insert into private.outbox as o (mail, invite_id) values ('interview_invitation', new.id)
    on conflict (invite_id, mail) where status = 'queued'
    do update set next_attempt_at = least(o.next_attempt_at, now()) where o.lease_token is null;
  return null;
end
$$;
comment on function private.queue_invite_again() is
  'Queues another mail, unless one is waiting or under way; what was meant for an old address is cancelled. '
  'Definer: nobody else may write to the outbox.';

create or replace trigger queue_invite_again
  after update on public.interview_invites
  for each row when (new.queued_at is distinct from old.queued_at)
  execute function private.queue_invite_again();

-- The next four are for the mail workers, with the service-role key. Definer: the outbox is private.

create or replace function private.claim(mail_ids uuid[], lease_seconds integer)
  returns jsonb
  language sql volatile set search_path = ''
as $$
  with letter as (
    select o.id, o.mail, o.queued_at, coalesce(i.email, u.email, o.email) as email, n.title,
           case when o.invite_id is not null then i.invite_code end as invite_code,
           coalesce(i.recruiter_name, joined_by.recruiter_name, o.recruiter_name, 'HireVision') as recruiter_name,
           r.email as reply_to, i.expires_at, n.deadline,
           case
             when o.invite_id is not null then
               i.status = 'pending' and i.expires_at > now() and private.is_open(n.status, n.deadline)
               and (o.target is null or o.target = least(i.expires_at, n.deadline))
             when o.participant_id is not null then
               p.status = 'active' and n.status <> 'completed' and n.deadline > now() and o.target = n.deadline
             else true
           end as is_wanted
    from private.outbox o
    left join public.interview_invites i on i.id = o.invite_id
    left join public.interview_participants p on p.id = o.participant_id
    left join public.interview_invites joined_by on joined_by.id = p.invite_id
    left join auth.users u on u.id = p.user_id
    left join public.interviews n on n.id = coalesce(i.interview_id, p.interview_id)
    left join auth.users r on r.id = n.recruiter_id
    where o.id = any (claim.mail_ids)
  ), to_show as (
    -- Everybody else locks the invite before its mail. So an invite that somebody has locked is
    -- not waited for: its mail is left for the next claim.
    select i.id
    from public.interview_invites i
    where i.id in (
      select o.invite_id from letter l join private.outbox o on o.id = l.id
      where not l.is_wanted and l.mail = 'interview_invitation')
    for no key update skip locked
  ), claimed as (
    update private.outbox o
    set status = case when l.is_wanted then 'queued' else 'cancelled' end,
        settled_at = case when not l.is_wanted then now() end,
        attempts = o.attempts + l.is_wanted::integer,
        lease_token = case when l.is_wanted then gen_random_uuid() end,
        next_attempt_at = now() + make_interval(secs => claim.lease_seconds)
    from letter l
    where o.id = l.id
      and (l.is_wanted or l.mail <> 'interview_invitation' or o.invite_id in (select s.id from to_show s))
    returning o.id, o.invite_id, o.mail, o.lease_token, o.attempts, o.status
  ), cancelled as (
    update public.interview_invites i
    set delivery_status = 'cancelled', delivery_at = now()
    from claimed c
    where c.status = 'cancelled' and c.mail = 'interview_invitation' and i.id = c.invite_id and i.delivery_status = 'queued'
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'mail_id', c.id, 'lease_token', c.lease_token, 'mail', l.mail, 'attempts', c.attempts, 'email', l.email,
    'invite_code', l.invite_code, 'interview_title', l.title, 'recruiter_name', l.recruiter_name,
    'reply_to', l.reply_to, 'expires_at', l.expires_at, 'deadline', l.deadline, 'queued_at', l.queued_at
  ) order by l.queued_at), '[]')
  from claimed c join letter l on l.id = c.id
  where c.status = 'queued'
$$;
comment on function private.claim(uuid[], integer) is
  'Leases rows that the caller has locked and returns what to send; cancels those whose invite is no longer to be mailed.';

create or replace function public.claim_mails(worker text, batch integer default 50, lease_seconds integer default 60)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.mail_workers as w (worker) values (left(claim_mails.worker, 200))
    on conflict on constraint mail_workers_pkey do update set seen_at = now() where w.seen_at < now() - interval '5 seconds';
  if exists (select from private.mail_state s where s.paused_until > now()) then
    return '[]';
  end if;
  return private.claim(array(
    select o.id from private.outbox o
    where o.status = 'queued' and o.next_attempt_at <= now()
    order by o.next_attempt_at
    limit greatest(least(claim_mails.batch, 1000), 0)
    for update skip locked
  ), claim_mails.lease_seconds);
end
$$;
comment on function public.claim_mails(text, integer, integer) is
  'Leases up to batch due mails to a worker for lease_seconds and returns them with address and code; none while paused. '
  'Also the worker''s heartbeat.';

create or replace function public.claim_invite_mail(email text, invite_code text, worker text, lease_seconds integer default 60)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite record;
  v_mail record;
  v_claimed jsonb;
begin
  select i.id, i.delivery_status, i.delivery_error into v_invite
  from public.interview_invites i
  where i.email = private.normalize_email(claim_invite_mail.email)
    and i.invite_code = private.trim_blanks(claim_invite_mail.invite_code)
    and i.status = 'pending' and i.expires_at > now();
  if not found then
    raise exception 'There is no pending invite of this address with this code.'
      using errcode = 'PT404', detail = 'invite_not_found',
            hint = 'Invite the address first; the answer carries its code.';
  end if;
  if v_invite.delivery_status is null then
    -- An invite of the first version, which nobody has mailed from here.
    update public.interview_invites i set queued_at = now() where i.id = v_invite.id;
  end if;
  select o.id, o.next_attempt_at, o.lease_token into v_mail
  from private.outbox o
  where o.invite_id = v_invite.id and o.mail = 'interview_invitation' and o.status = 'queued'
  for update;
  if not found then
    select i.delivery_status, i.delivery_error into v_invite from public.interview_invites i where i.id = v_invite.id;
    return jsonb_build_object('delivery', v_invite.delivery_status, 'error', v_invite.delivery_error);
  elsif v_mail.lease_token is not null and v_mail.next_attempt_at > now() then
    return '{"delivery": "in_progress"}';
  elsif exists (select from private.mail_state s where s.paused_until > now()) then
    return (select jsonb_build_object('delivery', 'paused', 'reason', s.paused_reason) from private.mail_state s);
  end if;
  v_claimed := private.claim(array[v_mail.id], claim_invite_mail.lease_seconds);
  if v_claimed = '[]' then
    return '{"delivery": "cancelled"}';
  end if;
  return jsonb_build_object('delivery', 'claimed', 'mail', v_claimed -> 0);
end
$$;
comment on function public.claim_invite_mail(text, text, text, integer) is
  'Leases the queued mail of one pending invite, named by address and code. Returns delivery: claimed (with mail), '
  'in_progress, accepted, failed (with error), cancelled or paused (with reason); raises invite_not_found.';

create or replace function public.settle_mails(results jsonb)
  returns jsonb
  language sql volatile security definer set search_path = ''
as $$
  -- The invites before their mails, and in one order: whoever queues a mail again does the same,
  -- and the other way round would be a deadlock.
  select from public.interview_invites i
  where i.id in (
    select o.invite_id
    from jsonb_to_recordset(settle_mails.results) as r (mail_id uuid, lease_token uuid)
    join private.outbox o on o.id = r.mail_id and o.lease_token = r.lease_token)
  order by i.id
  for no key update;

  with result as (
    select o.id, r.lease_token, r.outcome, left(r.error, 1000) as error, r.retry_in,
      case
        when r.outcome in ('accepted', 'failed') then r.outcome
        -- By age, but never at once after a long pause, when everything is old.
        when r.outcome = 'retry' and o.attempts > 5 and o.queued_at < now() - s.mail_give_up_after then 'failed'
        else 'queued'
      end as status
    from jsonb_to_recordset(settle_mails.results)
      as r (mail_id uuid, lease_token uuid, outcome text, error text, retry_in integer)
    join private.outbox o on o.id = r.mail_id
    cross join private.settings s
    where r.outcome in ('accepted', 'failed', 'retry', 'released')
  ), settled as (
    update private.outbox o
    set status = r.status,
        settled_at = case when r.status <> 'queued' then now() end,
        attempts = o.attempts - (r.outcome = 'released')::integer,
        lease_token = null,
        next_attempt_at = now() + make_interval(secs => case r.outcome when 'retry' then coalesce(r.retry_in, 60) else 0 end),
        last_error = coalesce(r.error, o.last_error)
    from result r
    where o.id = r.id and o.lease_token = r.lease_token and o.status = 'queued'
    returning o.invite_id, o.mail, o.status, r.outcome, r.error
  ), shown as (
    update public.interview_invites i
    set delivery_status = s.status, delivery_at = now(),
        delivery_error = case s.status when 'accepted' then null else coalesce(s.error, i.delivery_error) end
    from settled s
    where i.id = s.invite_id and s.mail = 'interview_invitation' and s.outcome <> 'released'
  ), counted as (
    update private.mail_state m
    set accepted = m.accepted + c.accepted, failed = m.failed + c.failed, retried = m.retried + c.retried
    from (
      select count(*) filter (where s.status = 'accepted') as accepted,
             count(*) filter (where s.status = 'failed') as failed,
             count(*) filter (where s.status = 'queued' and s.outcome = 'retry') as retried
      from settled s
    ) as c
    where c.accepted + c.failed + c.retried > 0
  )
  select jsonb_build_object('settled', count(*)) from settled
$$;
comment on function public.settle_mails(jsonb) is
  'Writes what became of claimed mails: objects of mail_id, lease_token, outcome (accepted, failed, retry, released), '
  'error, retry_in (seconds). A row whose lease went to another worker is left alone. Returns settled, a count.';

create or replace function public.pause_mail(reason text, seconds integer)
  returns void
  language sql volatile security definer set search_path = ''
as $$
  update private.mail_state s
    set paused_until = now() + make_interval(secs => pause_mail.seconds), paused_reason = left(pause_mail.reason, 1000)
$$;
comment on function public.pause_mail(text, integer) is
  'Stops all claiming for some seconds, every row kept. Definer: the state is private.';

create or replace function public.resume_mail()
  returns void
  language sql volatile security definer set search_path = ''
as $$
  update private.mail_state s set paused_until = null, paused_reason = null
$$;
comment on function public.resume_mail() is 'Ends a pause of the mail. Definer: the state is private.';

create or replace function public.mail_status()
  returns jsonb
  language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'queued', waiting.mails,
    'oldest_seconds', waiting.oldest_seconds,
    'late_seconds', waiting.late_seconds,
    'accepted', s.accepted,
    'failed', s.failed,
    'retried', s.retried,
    'paused_until', case when s.paused_until > now() then s.paused_until end,
    'paused_reason', case when s.paused_until > now() then s.paused_reason end,
    'workers', (select count(*) from private.mail_workers w where w.seen_at > now() - interval '60 seconds'),
    'last_seen_seconds', (select extract(epoch from now() - max(w.seen_at))::integer from private.mail_workers w))
  from (
    select count(*) as mails, extract(epoch from now() - min(o.queued_at))::integer as oldest_seconds,
           greatest(extract(epoch from now() - min(o.next_attempt_at))::integer, 0) as late_seconds
    from private.outbox o where o.status = 'queued'
  ) as waiting
  cross join private.mail_state s
$$;
comment on function public.mail_status() is
  'queued, oldest_seconds (since it was queued), late_seconds (since one could have been sent that nobody took), '
  'accepted, failed, retried (tries, ever), paused_until, paused_reason, workers (seen in the last minute), '
  'last_seen_seconds. Definer: the outbox is private.';

create or replace function public.retry_mails(failed_since timestamptz)
  returns jsonb
  language sql volatile security definer set search_path = ''
as $$
  -- Invites before mails, as in settle_mails; in one statement, for mails that fail meanwhile have
  -- invites that are not locked.
  with held as materialized (
    select i.id
    from public.interview_invites i
    where i.id in (
      select o.invite_id from private.outbox o where o.status = 'failed' and o.settled_at >= retry_mails.failed_since)
    order by i.id
    for no key update
  ), again as (
    update private.outbox o
    set status = 'queued', settled_at = null, next_attempt_at = now(), queued_at = now(), attempts = 0, lease_token = null
    where o.status = 'failed' and o.settled_at >= retry_mails.failed_since
      and (o.invite_id is null or o.invite_id in (select h.id from held h))
      and not exists (
        select from private.outbox other
        where other.invite_id = o.invite_id and other.mail = o.mail
          and (other.status = 'queued' or other.settled_at > o.settled_at))
    returning o.invite_id, o.mail
  ), shown as (
    update public.interview_invites i
    set delivery_status = 'queued', delivery_error = null
    from again a where i.id = a.invite_id and a.mail = 'interview_invitation'
  )
  select jsonb_build_object('retried', count(*)) from again
$$;
comment on function public.retry_mails(timestamptz) is
  'Queues mails again that failed since a time, unless a later one of the same invite waits or was settled; what is no '
  'longer wanted is cancelled when claimed. Returns retried, a count. Definer: the outbox is private.';

-- For recruiters, who would otherwise wait for mails that nobody sends. Definer: the state is private.
create or replace function public.delivery_state()
  returns text
  language sql stable security definer set search_path = ''
as $$
  select case
    when exists (select from private.mail_state s where s.paused_until > now()) then 'paused'
    when exists (select from private.mail_workers w where w.seen_at > now() - interval '60 seconds') then 'sending'
    else 'stopped'
  end
$$;
comment on function public.delivery_state() is
  'sending; paused, because the mail server refuses us at the moment; stopped, because no worker was seen for a minute.';

-- For the service. Definer: the outbox is private.
create or replace function public.invite_candidates(emails text[], recruiter_name text default null)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_name text := coalesce(private.display_name(invite_candidates.recruiter_name), 'HireVision');
  v_outcomes jsonb;
begin
  if coalesce(cardinality(invite_candidates.emails), 0) = 0 then
    raise exception 'There is no address to invite.'
      using errcode = 'PT400', detail = 'no_emails', hint = 'Give at least one email address.';
  end if;
  if cardinality(invite_candidates.emails) > 10000 then
    raise exception 'At most 10,000 addresses can be invited in one call; these are %.', cardinality(invite_candidates.emails)
      using errcode = 'PT413', detail = 'too_many_emails', hint = 'Split the list into several calls.';
  end if;
  perform private.lock_codes();
  with classified as materialized (
    select r.position, r.sent, r.email,
      case
        when not private.is_email(r.email) then 'invalid_email'
        when row_number() over (partition by r.email collate "C" order by r.position) > 1 then 'duplicate_in_request'
        when exists (
          select from private.outbox o
          where o.email = r.email and o.mail = 'candidate_invitation' and o.queued_at > now() - interval '10 minutes'
        ) then 'unchanged'
        else 'queued'
      end as outcome
    from (
      select u.position, u.email as sent, private.normalize_email(u.email) as email
      from unnest(invite_candidates.emails) with ordinality as u (email, position)
    ) as r
  ), queued as (
    insert into private.outbox (mail, email, recruiter_name)
    select 'candidate_invitation', c.email, v_name from classified c where c.outcome = 'queued' order by c.position
  )
  select jsonb_agg(jsonb_build_object(
    'email', case c.outcome when 'invalid_email' then c.sent else c.email end, 'outcome', c.outcome) order by c.position)
  into v_outcomes
  from classified c;
  return v_outcomes;
end
$$;
comment on function public.invite_candidates(text[], text) is
  'Queues the general invitation to join HireVision; one object per address in the order given: email, outcome. '
  'Outcomes: queued, unchanged (queued in the last 10 minutes), duplicate_in_request, invalid_email.';

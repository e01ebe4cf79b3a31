-- Job contents: what workers must know of each job, and which are no longer wanted.

-- Its predecessor, which looked up for each job whether the recipient has unsubscribed.
drop view if exists private.job_details;

-- `offset 0` keeps each part a look-up by key: a plan cached while there were few participants
-- would read all of them for every job.
create or replace view private.job_contents with (security_invoker = true) as
select
  j.id as job_id,
  j.kind,
  j.due_at,
  case
    when j.kind in ('candidate_invitation', 'response_removal') then true
    when j.kind = 'reviewer_invitation' then asked.interview_id is not null
    when j.kind = any (private.analysis_kinds()) then coalesce(recording.is_wanted, false)
    when j.kind = 'submission_reminder' then coalesce(
      p.status = 'active' and p.answered > 0 and n.status <> 'completed'
      and now() >= n.deadline and now() < n.submit_until, false)
    when j.kind = 'submission_receipt' then coalesce(p.status = 'completed', false)
    when notice.interview_id is not null then notice.is_wanted and notice.people <> '{}'
    when j.kind = 'daily_digest' then coalesce(digest.is_wanted and digest.number > 0, false)
    when i.id is null and j.kind = 'interview_reminder' then coalesce(
      p.status = 'active' and n.status <> 'completed' and case
        when j.data ? 'by_hand' then private.is_open(n.status, n.deadline)
        else n.deadline > now() and n.deadline - (j.data ->> 'distance')::interval <= now() end,
      false)
    else coalesce(
      i.status = 'pending' and i.expires_at > now() and private.is_open(n.status, n.deadline)
      and (j.kind = 'interview_invitation' or j.data ? 'by_hand'
           or least(i.expires_at, n.deadline) - (j.data ->> 'distance')::interval <= now()), false)
  end as is_wanted,
  j.kind = any (private.unsubscribable_kinds()) as is_unsubscribable,
  coalesce(j.data ? 'asked_for', false) as is_asked_for,
  coalesce(i.recruiter_id, p.recruiter_id, asked.recruiter_id, j.lane) as recruiter_id,
  p.invited_as,
  coalesce(i.email, p.email, notice.email, digest.email, asked.email, j.data ->> 'email')
    as email,
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
  case when j.kind = 'response_removal' or recording.path is not null
    then 'interview-responses' end as bucket,
  coalesce(recording.path, j.data ->> 'path') as path,
  p.completed_at,
  case when p.answered > 0
    then p.completed_at + (select s.responses_kept_for from private.settings s)
  end as kept_until,
  coalesce(i.candidate_name, p.candidate_name) as candidate_name,
  notice.interview_id,
  notice.people,
  -- Without those who are gone meanwhile.
  coalesce((j.data ->> 'number')::bigint - jsonb_array_length(j.data -> 'ids')
           + cardinality(notice.people), digest.number) as number,
  digest.interviews as digest,
  recording.mime_type,
  recording.size_bytes,
  recording.language,
  recording.max_seconds
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
           and private.notice_choice(r.id, j.kind) = 'each' as is_wanted,
         private.people_of_notice(j.kind, j.data -> 'ids') as people
  from public.interviews n
  join auth.users r on r.id = n.recruiter_id
  where j.kind = any (private.notice_kinds())
    and n.id = j.subject
  offset 0
) as notice on true
left join lateral (
  select private.normalize_email(r.email) as email,
         private.address_problem(r.id) is null as is_wanted, told.interviews, told.number
  from auth.users r
  cross join lateral private.digest_of(
    r.id, (j.data ->> 'since')::timestamptz, (j.data ->> 'until')::timestamptz,
    array(select jsonb_array_elements_text(j.data -> 'kinds'))) as told
  where j.kind = 'daily_digest'
    and r.id = j.subject
  offset 0
) as digest on true
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
) as n on true
left join lateral (
  select r.object_path as path, r.mime_type, r.size_bytes, n.language,
         private.recording_seconds(r.id) as max_seconds,
         private.is_analysed(a.step, n, p, r) as is_wanted
  from public.response_analyses a
  join public.interview_responses r on r.id = a.response_id
  join public.interview_participants p on p.id = r.participant_id
  join public.interviews n on n.id = r.interview_id
  where j.kind in ('response_check', 'response_transcript')
    and a.response_id = j.subject and a.step = substr(j.kind, 10)
  offset 0
) as recording on true;

comment on view private.job_contents is
  'What a worker needs to do each job (recipient and contents of an email, path of an object, '
  'language of a recording), and whether it is still wanted. Of emails that are unsubscribable and '
  'not asked for, mail_times says whether the recipient wants them.';

create or replace function private.drop_unwanted_jobs(job_ids bigint[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_invite_ids uuid[];
begin
  if cardinality(drop_unwanted_jobs.job_ids) = 0 then
    return;
  end if;
  -- Others lock the invite before its jobs, so locked invites are left for the next claim.
  v_invite_ids := array(
    select i.id from public.interview_invites i
    where i.id in (
      select j.subject from private.jobs j
      where j.id = any (drop_unwanted_jobs.job_ids) and j.kind = 'interview_invitation')
    for no key update skip locked);
  update public.interview_invites i
    set delivery_status = 'cancelled', delivery_at = now()
    where i.id = any (v_invite_ids) and i.delivery_status = 'queued';
  -- So are locked analyses; the jobs of the others go with them.
  delete from public.response_analyses a
    using (
      select free.response_id, free.step
      from private.jobs j
      cross join lateral (
        select unwanted.response_id, unwanted.step from public.response_analyses unwanted
        where unwanted.response_id = j.subject and unwanted.step = substr(j.kind, 10)
        for update skip locked
      ) as free
      where j.id = any (drop_unwanted_jobs.job_ids) and j.kind = any (private.analysis_kinds())
    ) as free
    where a.response_id = free.response_id and a.step = free.step;
  delete from private.jobs j
    where j.id = any (drop_unwanted_jobs.job_ids)
      and (
        (j.kind <> 'interview_invitation' and j.kind <> all (private.analysis_kinds()))
        or j.subject = any (v_invite_ids)
        or (j.kind = 'interview_invitation' and not exists (
              select from public.interview_invites i where i.id = j.subject))
        or (j.kind = any (private.analysis_kinds()) and not exists (
              select from public.response_analyses a
              where a.response_id = j.subject and a.step = substr(j.kind, 10))));
  -- Those are due again a little later, so that they do not block others.
  update private.jobs j set due_at = now() + interval '10 seconds'
    where j.id = any (drop_unwanted_jobs.job_ids);
end
$$;
comment on function private.drop_unwanted_jobs(bigint[]) is
  'Deletes jobs that are no longer wanted; marks the invites of emails as cancelled, and deletes '
  'analyses.';

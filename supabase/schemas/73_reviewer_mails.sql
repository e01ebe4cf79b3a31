-- Emails to reviewers: one asks them to review the candidates of an interview.

-- Definer, like the next, because callers may not write jobs.
create or replace function private.queue_reviewer_mail()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.jobs as j (kind, lane, subject)
    values ('reviewer_invitation', new.recruiter_id, new.id)
    on conflict on constraint jobs_subject_key do update
      set due_at = now(), queued_at = now(), attempts = 0, failed_at = null
      where j.lease_token is null;
  return null;
end
$$;
comment on function private.queue_reviewer_mail() is
  'After somebody was invited to review, queues the email that says so, unless it is being sent.';

create or replace trigger _400_queue_reviewer_mail
  after insert or update of invited_at on public.interview_reviewers
  for each row execute function private.queue_reviewer_mail();

create or replace function private.drop_reviewer_mail()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from private.jobs j where j.kind = 'reviewer_invitation' and j.subject = old.id;
  return null;
end
$$;
comment on function private.drop_reviewer_mail() is
  'After a reviewer is removed, drops the email that waits.';

create or replace trigger _400_drop_reviewer_mail
  after delete on public.interview_reviewers
  for each row execute function private.drop_reviewer_mail();

-- Receipts: the email that tells candidates what they have submitted.

-- In a trigger, because a participant completes by complete_interview, by an update of their status
-- or, after the deadline, by maintenance. Definer, because candidates may not write jobs.
create or replace function private.queue_receipt()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.jobs (kind, lane, subject)
    values ('submission_receipt', new.recruiter_id, new.id)
    on conflict (kind, subject, key) do nothing;
  return null;
end
$$;
comment on function private.queue_receipt() is
  'When a participant completes, queues one email that says so. Participants that were completed '
  'before this existed get none.';

create or replace trigger _500_queue_receipt
  after update of status on public.interview_participants
  for each row when (new.status = 'completed' and old.status <> 'completed')
  execute function private.queue_receipt();

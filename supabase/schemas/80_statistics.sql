-- Statistics: an interview's numbers for its recruiter.

create or replace view public.interview_stats with (security_invoker = true) as
select
  n.id as interview_id,
  n.title,
  n.status,
  n.created_at,
  i.invited,
  i.pending,
  i.invited - i.open_or_redeemed as expired,
  p.joined,
  p.completed,
  p.withdrawn,
  round(p.joined / nullif(i.invited, 0)::numeric, 4) as join_rate,
  round(p.completed / nullif(p.joined, 0)::numeric, 4) as completion_rate,
  n.deadline,
  n.archived_at,
  i.asks_for_code,
  i.not_delivered,
  i.to_review
from (
  -- In the order of lists, so that a page counts no other interviews.
  select mine.id, mine.title, mine.status, mine.created_at, mine.recruiter_id,
         mine.deadline, mine.archived_at
  from public.interviews mine
  where mine.recruiter_id = (select auth.uid())
  order by mine.created_at desc
) as n
cross join lateral (
  select
    count(distinct i.email) as invited,
    count(distinct i.email) filter (where i.status = 'pending' and i.expires_at > now()) as pending,
    count(distinct i.email) filter (
      where i.status in ('accepted', 'completed') or (i.status = 'pending' and i.expires_at > now())
    ) as open_or_redeemed,
    count(*) filter (where i.state = 'asks_for_code') as asks_for_code,
    count(*) filter (where i.state = 'not_delivered') as not_delivered,
    count(*) filter (where i.state = 'completed') as to_review
  from public.interview_invites i
  where i.interview_id = n.id
) as i
cross join lateral (
  select
    count(*) as joined,
    count(*) filter (where p.status = 'completed') as completed,
    count(*) filter (where p.status = 'withdrawn') as withdrawn
  from public.interview_participants p
  where p.recruiter_id = n.recruiter_id and p.interview_id = n.id
) as p;

comment on view public.interview_stats is
  'The calling recruiter''s interviews, counted by person: addresses invited, with a pending '
  'invite, with only expired ones; people who joined (whatever their status now), completed, '
  'withdrew, ask for a code, were not reached, wait for a review. Rates are from 0 to 1, null if '
  'the denominator is 0.';

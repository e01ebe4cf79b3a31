-- Lists: pages of what recruiters and backends look at, newest first. The next page begins after
-- the last row of this one (a cursor), so that it costs the same however far down it is.
-- They are functions because PostgREST cannot compare two columns with a cursor, and the invites
-- of one call share their created_at. Their generic plans are kept: planning each call anew would
-- take as long as reading the page.

-- For recruiters. Definer, with their own interviews chosen here: the policy's `or` (one's own, or
-- joined) has PostgreSQL gather and sort all 10,000 for a page (6.1 instead of 1.8 ms of CPU).
create or replace function public.list_interviews(
  page_size integer default 50,
  before_created_at timestamptz default null,
  before_id uuid default null
)
  returns setof public.interview_stats
  language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
begin
  return query
    select s.*
    from (
      select n.id
      from public.interviews n
      where n.recruiter_id = (select private.caller_id())
        and (n.created_at, n.id) < (coalesce(before_created_at, 'infinity'),
                                    coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      order by n.created_at desc, n.id desc
      limit greatest(least(list_interviews.page_size, 1000), 0)
    ) as page
    cross join lateral (
      select * from public.interview_stats s where s.interview_id = page.id offset 0
    ) as s
    order by s.created_at desc, s.interview_id desc;
end
$$;
comment on function public.list_interviews(integer, timestamptz, uuid) is
  'The caller''s own interviews with their numbers (see interview_stats), newest first: at most '
  'page_size (up to 1,000), after the one with before_created_at and before_id.';

-- For recruiters, under their policy, and the service. Without enable_sort off, a plan made while
-- the table was small reads and sorts all invites of the interview for each page.
create or replace function public.list_invites(
  interview_id uuid,
  filter text default null,
  search text default null,
  page_size integer default 50,
  before_created_at timestamptz default null,
  before_id uuid default null
)
  returns setof public.interview_invites
  language plpgsql stable set search_path = '' set enable_sort = off
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_filter text := coalesce(list_invites.filter, 'all');
  v_search text := lower(coalesce(list_invites.search, '') collate "C");
  -- Not in the query: under a policy, an index takes only what PostgreSQL knows to leak nothing,
  -- of which coalesce is none.
  v_created_at timestamptz := coalesce(before_created_at, 'infinity');
  v_id uuid := coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
  if v_filter not in ('all', 'pending', 'joined', 'expired', 'failed') then
    perform private.refuse('invalid_filter');
  end if;
  return query
    select i.*
    from public.interview_invites i
    cross join lateral (
      select case
          when i.status in ('accepted', 'completed') then 'joined'
          when i.status = 'expired' or i.expires_at <= now() then 'expired'
          else 'pending'
        end as state,
        case when i.delivery_status = 'failed' and i.status in ('pending', 'expired')
          then 'failed' end as delivery
    ) as shown
    where i.interview_id = list_invites.interview_id
      and (i.created_at, i.id) < (v_created_at, v_id)
      and strpos(i.email, v_search) > 0
      and v_filter in ('all', shown.state, shown.delivery)
    order by i.created_at desc, i.id desc
    limit greatest(least(list_invites.page_size, 1000), 0);
end
$$;
comment on function public.list_invites(uuid, text, text, integer, timestamptz, uuid) is
  'The invites of an interview, newest first: at most page_size (up to 1,000), after the one with '
  'before_created_at and before_id. filter is all, pending, joined, expired or failed (the email '
  'was refused); search is a part of the address.';

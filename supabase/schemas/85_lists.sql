-- Lists: pages for recruiters, by cursor instead of offset, so that every page costs the same.

-- The order and the comparison are fixed texts, chosen by sort. Each kind of interview (archived or
-- not, by status) is read by the index of that order, up to a page of it; a search or a choice of
-- ids reads on through those that it leaves out. Without enable_sort: a planner that expects one
-- row may read and sort all 10,000 instead.
create or replace function private.page_of_interviews(
  recruiter_id uuid, kinds jsonb, search text, only_ids uuid[], sort text, backwards boolean,
  cursor_key text, cursor_id uuid, page_size integer
)
  returns uuid[]
  language plpgsql stable set search_path = '' set enable_sort = off
as $$
declare
  v_key text := case sort
    when 'title' then 'lower(n.title)'
    when 'deadline' then 'coalesce(n.deadline, ''infinity'')'
    else 'n.created_at' end;
  v_falls boolean := backwards <> (sort = 'created');
  v_ids uuid[];
begin
  execute format($query$
    select array(
      select page.id
      from jsonb_to_recordset($2) as kind (archived boolean, status text)
      cross join lateral (
        select n.id, %1$s as key
        from public.interviews n
        where n.recruiter_id = $1
          and (n.archived_at is null) = not kind.archived and n.status = kind.status
          and ($3 is null or strpos(lower(n.title), lower($3)) > 0)
          and ($4 is null or n.id = any ($4))
          and ($5 is null or (%1$s, n.id) %2$s ($5::%3$s, $6))
        order by %1$s %4$s, n.id %4$s
        limit $7
      ) as page
      order by page.key %4$s, page.id %4$s
      limit $7)
    $query$,
    v_key,
    case when v_falls then '<' else '>' end,
    case sort when 'title' then 'text' else 'timestamptz' end,
    case when v_falls then 'desc' else 'asc' end)
    into v_ids
    using page_of_interviews.recruiter_id, kinds, search, only_ids, cursor_key,
          coalesce(cursor_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'), page_size;
  return v_ids;
end
$$;
comment on function private.page_of_interviews(
  uuid, jsonb, text, uuid[], text, boolean, text, uuid, integer) is
  'The ids of a page of a recruiter''s interviews of some kinds (archived, status), those nearest '
  'to the cursor first.';

create index if not exists interview_invites_attention_idx
  on public.interview_invites (recruiter_id, interview_id)
  where state in ('asks_for_code', 'not_delivered', 'completed');

create or replace function private.interviews_to_attend(recruiter_id uuid)
  returns uuid[]
  language sql stable set search_path = ''
as $$
  select array(
    select distinct i.interview_id from public.interview_invites i
    where i.recruiter_id = interviews_to_attend.recruiter_id
      and i.state in ('asks_for_code', 'not_delivered', 'completed'))
$$;
comment on function private.interviews_to_attend(uuid) is
  'The interviews of a recruiter in which a candidate asks for a code, was not reached by their '
  'invitation, or has completed and is neither reviewed nor decided about.';

-- For recruiters. Definer, with their own interviews selected here: with the `or` of the policy
-- (own or joined), PostgreSQL reads and sorts all 10,000 for a page (6.1 instead of 1.8 ms of CPU).
-- Generic plan, because planning takes as long as reading the page.
create or replace function public.list_interviews(
  page_size integer default 50,
  cursor_created_at timestamptz default null,
  cursor_id uuid default null,
  backwards boolean default false,
  search text default null,
  status text default null,
  archived boolean default false,
  attention boolean default false,
  sort text default 'created',
  cursor_title text default null,
  cursor_deadline timestamptz default null
)
  returns setof public.interview_stats
  language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_recruiter_id uuid := private.caller_id();
  v_sort text := coalesce(list_interviews.sort, 'created');
  v_backwards boolean := list_interviews.backwards is true;
  v_key text := case v_sort
    when 'title' then lower(cursor_title)
    when 'deadline' then case when cursor_id is not null
                              then coalesce(cursor_deadline, 'infinity')::text end
    else cursor_created_at::text end;
  v_ids uuid[];
begin
  if v_sort not in ('created', 'title', 'deadline') then
    perform private.refuse('invalid_sort');
  elsif v_backwards and v_key is null then
    return;
  end if;
  v_ids := private.page_of_interviews(
    v_recruiter_id,
    (select jsonb_agg(jsonb_build_object('archived', a, 'status', s))
     from unnest(array[false, true]) as a
     cross join unnest(array['active', 'inactive', 'completed']) as s
     where a = coalesce(list_interviews.archived, a) and s = coalesce(list_interviews.status, s)),
    nullif(private.trim_blanks(list_interviews.search), ''),
    case when attention then private.interviews_to_attend(v_recruiter_id) end,
    v_sort, v_backwards, v_key, cursor_id, greatest(least(list_interviews.page_size, 1000), 0));
  return query
    select s.*
    from unnest(v_ids) with ordinality as page (id, place)
    cross join lateral (
      select * from public.interview_stats s where s.interview_id = page.id offset 0
    ) as s
    order by case when v_backwards then -page.place else page.place end;
end
$$;
comment on function public.list_interviews(
  integer, timestamptz, uuid, boolean, text, text, boolean, boolean, text, text, timestamptz) is
  'The caller''s own interviews with their numbers (see interview_stats), up to page_size (at most '
  '1,000) after the one that the cursor names or, if backwards, just before it. sort is created '
  '(the newest first), title, or deadline (the next first); the cursor is a row''s id and its '
  'value of that. archived null lists those in the archive too; search is for a part of the title.';

-- For recruiters. Definer, like list_interviews; reads the row of each of their interviews once.
create or replace function public.count_interviews(search text default null)
  returns jsonb
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_recruiter_id uuid := private.caller_id();
  v_search text := nullif(private.trim_blanks(count_interviews.search), '');
  v_attention uuid[] := private.interviews_to_attend(v_recruiter_id);
begin
  return (
    select jsonb_build_object(
      'all', count(*) filter (where n.archived_at is null),
      'active', count(*) filter (where n.archived_at is null and n.status = 'active'),
      'inactive', count(*) filter (where n.archived_at is null and n.status = 'inactive'),
      'completed', count(*) filter (where n.archived_at is null and n.status = 'completed'),
      'attention', count(attended.id) filter (where n.archived_at is null),
      'archived', count(n.archived_at))
    from public.interviews n
    left join unnest(v_attention) as attended (id) on attended.id = n.id
    where n.recruiter_id = v_recruiter_id
      and (v_search is null or strpos(lower(n.title), lower(v_search)) > 0));
end
$$;
comment on function public.count_interviews(text) is
  'How many interviews of the caller, whose title contains search, each choice of list_interviews '
  'has: all, active, inactive, completed and attention of those that are not archived, and '
  'archived.';

-- Codes: six digits. A code is only looked up together with an address, so two recruiters may use
-- the same one, and none waits for another's codes or uses them up.

-- Serializes a recruiter's inviting, so that each call sees which codes are taken; two calls that
-- insert in different orders would deadlock on the unique indexes. Taken before any interview or
-- invite is locked (see hold_interview).
create or replace function private.lock_inviting(recruiter_id uuid)
  returns void
  language sql volatile set search_path = ''
as $$
  select pg_catalog.pg_advisory_xact_lock(
    hashtextextended(lock_inviting.recruiter_id::text, 715518))
$$;
comment on function private.lock_inviting(uuid) is
  'Serializes the inviting of one recruiter until the transaction ends.';

create or replace function private.lock_inviting_first()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if private.is_client() and auth.uid() is not null then
    perform private.lock_inviting(auth.uid());
  end if;
  return null;
end
$$;
comment on function private.lock_inviting_first() is
  'Takes lock_inviting for the client before a statement inserts rows. Definer, because clients '
  'may not call lock_inviting.';

create or replace trigger _050_lock_inviting_first
  before insert on public.interview_invites
  for each statement execute function private.lock_inviting_first();
-- So that two statements at once cannot pass the limits of interviews, questions, criteria and
-- templates.
create or replace trigger _050_lock_inviting_first
  before insert on public.interviews
  for each statement execute function private.lock_inviting_first();
create or replace trigger _050_lock_inviting_first
  before insert on public.interview_questions
  for each statement execute function private.lock_inviting_first();

-- The caller must hold lock_inviting. Draws a code for each address, and again for those whose code
-- is taken: by the address, this call or the recruiter's pending invites, and in the first 10
-- rounds by anybody's pending invites, to keep codes apart while that is easy. 48 random bits make
-- each of the million codes equally likely to within 4e-9.
-- Without enable_seqscan off, a plan cached on an empty table runs a sequential scan for each code.
-- Without `offset 0` it is a join that reads both indexes from end to end: 1.4 instead of 0.04 ms
-- for one address, once the table has 10,000 invites.
create or replace function private.draw_codes(recruiter_id uuid, emails text[])
  returns table (email text, code text)
  language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
declare
  v_missing text[] := draw_codes.emails;
  v_emails text[];
  v_codes text[];
  v_drawn text[] := '{}';
  v_round integer := 0;
  v_misses integer := 0;
begin
  while cardinality(v_missing) > 0 loop
    if v_misses >= 990 then
      perform private.refuse('codes_exhausted');
    end if;
    v_round := v_round + 1;
    with tries as materialized (
      select m.email, lpad((('x' || left(m.bits, 8) || substr(m.bits, 10, 4))::bit(48)::bigint
                            % 1000000)::text, 6, '0') as code
      from (select t.email, gen_random_uuid()::text as bits from unnest(v_missing) as t (email)) m
    ), free as (
      select distinct on (t.code) t.email, t.code
      from tries t
      where t.code not in (select unnest(v_drawn))
        and not exists (
          select from public.interview_invites i
          where i.email = t.email and i.invite_code = t.code offset 0)
        and not exists (
          select from public.interview_invites i
          where case when i.status = 'pending' then i.invite_code end = t.code
            and (v_round <= 10 or i.recruiter_id = draw_codes.recruiter_id) offset 0)
    )
    select array_agg(f.email), array_agg(f.code) into v_emails, v_codes from free f;
    if v_emails is null then
      v_misses := v_misses + case when v_round > 10 then cardinality(v_missing) else 0 end;
      continue;
    end if;
    v_misses := 0;
    v_drawn := v_drawn || v_codes;
    return query select f.email, f.code from unnest(v_emails, v_codes) as f (email, code);
    v_missing := array(select unnest(v_missing) except select unnest(v_emails));
  end loop;
end
$$;
comment on function private.draw_codes(uuid, text[]) is
  'A random code for each address, all different: none that the address ever had or that a pending '
  'invite of the recruiter has. Raises codes_exhausted after 1,000 failed tries.';

-- By address alone, as an address has few invites: a plan cached for a small interview would search
-- by interview, and read all invites of a large one for each address (3,000 known addresses: 1,290
-- instead of 64 ms of CPU).
create or replace function private.invites_of(email text)
  returns setof public.interview_invites
  language plpgsql stable rows 2 set search_path = ''
as $$
begin
  return query select i.* from public.interview_invites i where i.email = invites_of.email;
end
$$;
comment on function private.invites_of(text) is 'All invites of an address, by its index.';

create or replace function private.make_room(interview_id uuid, emails text[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_invite_ids uuid[] := array(
    select old.id
    from unnest(make_room.emails) as asked (email)
    cross join lateral private.invites_of(asked.email) as old
    where old.interview_id = make_room.interview_id
      and (old.is_current or old.renewal_requested_at is not null));
begin
  perform from public.interview_invites i
    where i.id = any (v_invite_ids) order by i.id for no key update;
  update public.interview_invites i
    set status = case when i.status = 'pending' and i.expires_at <= now() then 'expired'
                      else i.status end,
        renewal_requested_at = null,
        is_current = false
    where i.id = any (v_invite_ids);
end
$$;
comment on function private.make_room(uuid, text[]) is
  'Before addresses are invited to an interview: expires their overdue invites, clears their '
  'requests for renewal, and takes their earlier invites out of the list of candidates.';

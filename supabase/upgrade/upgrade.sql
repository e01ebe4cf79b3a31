-- ---- checks ------------------------------------------------------------------------------------

create function pg_temp.stop(problems text)
  returns void
  language plpgsql
as $$
begin
  if stop.problems is not null then
    raise exception 'The upgrade stopped before it changed anything: %', stop.problems
      using errcode = 'PT409', detail = 'upgrade_blocked';
  end if;
end
$$;

create function pg_temp.stop_at_other_tables()
  returns void
  language sql
as $$
  select pg_temp.stop(
    string_agg(problem, '; ' order by problem) || '. Change these tables to the form of the '
    'first version, then apply the migrations again.')
  from pg_temp.problems_of_tables() as problem
$$;

create function pg_temp.stop_at_rows_that_cannot_be_kept()
  returns void
  language sql
as $$
  select pg_temp.stop(
    'some rows cannot be kept as they are: '
    || string_agg(format('%s: %s', b.name, b.affected), '; ')
    || '. supabase/preflight.sql lists their ids and says what to do; then apply the migrations '
    'again.')
  from (
    select c.place, c.name, count(*) as affected
    from pg_temp.blocking_rows() r join pg_temp.cases() c on c.name = r.name
    group by c.place, c.name order by c.place
  ) as b
$$;

-- ---- the steps ---------------------------------------------------------------------------------

create function pg_temp.report()
  returns void
  language plpgsql
as $$
declare
  v_case record;
begin
  for v_case in
    select s.name, s.affected,
           -- Objects are listed by name; rows are too many to list.
           s.outcome || case when s.place < 20 then ': ' || array_to_string(s.ids, ', ') else '' end
             as outcome
    from pg_temp.summary() s where s.affected > 0
  loop
    raise notice '%: % -> %', v_case.name, v_case.affected, v_case.outcome;
    raise log 'upgrade of the interviews: %: % -> %',
      v_case.name, v_case.affected, v_case.outcome;
  end loop;
end
$$;

create function pg_temp.drop_old_rules()
  returns void
  language plpgsql
as $$
declare
  v_name text;
  v_command text;
begin
  -- Closed to all but the owner until the next migration writes the new policies.
  for v_name in select t.table_name from pg_temp.interview_tables() t loop
    execute format(
      'alter table public.%I enable row level security, no force row level security', v_name);
    execute format(
      'revoke all on public.%I from public, anon, authenticated, service_role', v_name);
  end loop;
  for v_command in select o.command from pg_temp.old_rules() o order by o.step loop
    execute v_command;
  end loop;
  for v_command in
    select format('alter table public.%I rename constraint %I to %I',
                  t.table_name, k.conname, t.table_name || '_pkey')
    from pg_temp.interview_tables() t
    join pg_catalog.pg_constraint k on k.conrelid = t.oid and k.contype = 'p'
    where k.conname <> t.table_name || '_pkey'
  loop
    execute v_command;
  end loop;
end
$$;

-- Required columns may be null until the rows are written.
create function pg_temp.add_new_columns()
  returns void
  language plpgsql
as $$
declare
  v_column record;
begin
  for v_column in select * from pg_temp.new_columns() loop
    execute format(
      'alter table public.%I add column %I %s%s', v_column.table_name, v_column.column_name,
      v_column.type, ' default ' || v_column.default_value);
  end loop;
end
$$;

create function pg_temp.write_rows()
  returns void
  language plpgsql
as $$
begin
  update public.interviews n
    set title = c.title, status = c.status, created_at = c.created_at, updated_at = c.updated_at
    from pg_temp.clean_interviews() c
    where c.id = n.id and c.cases <> '{}';
  update public.interview_questions q
    set recruiter_id = c.recruiter_id, question = c.question, order_index = c.order_index,
        created_at = c.created_at
    from pg_temp.clean_questions() c
    where c.id = q.id;
  -- The delivery of old invites is unknown, and none is queued. Materialized, to clean a name once
  -- per interview instead of once per invite.
  with signed as materialized (
    select n.id, n.recruiter_id, coalesce(
      pg_temp.display_name(u.raw_user_meta_data ->> 'full_name'), 'HireVision') as recruiter_name
    from public.interviews n join auth.users u on u.id = n.recruiter_id
  )
  update public.interview_invites i
    set email = p.email, invite_code = coalesce(p.invite_code, ''), status = p.status,
        created_at = p.created_at, accepted_at = p.accepted_at, completed_at = p.completed_at,
        recruiter_id = s.recruiter_id, recruiter_name = s.recruiter_name,
        queued_at = null, delivery_status = null,
        expires_at = case p.status
          when 'pending' then now() + interval '30 days'
          else least(p.created_at + interval '30 days', now()) end
    from pg_temp.planned_invites p join signed s on s.id = p.interview_id
    where p.id = i.id;
  update public.interview_participants p
    set status = c.status, invite_id = c.invite_id, joined_at = c.joined_at,
        completed_at = c.completed_at, recruiter_id = n.recruiter_id
    from pg_temp.planned_participants c, public.interviews n
    where c.id = p.id and n.id = p.interview_id;
  -- One invite stands for its person. When they withdrew is unknown, but not before they joined.
  update public.interview_invites i
    set is_current = ranked.place = 1, withdrawn_at = ranked.withdrawn_at
    from (
      select r.id, p.joined_at as withdrawn_at, row_number() over (
          partition by r.interview_id, r.email
          order by r.status = 'pending' desc, r.created_at desc, r.id desc) as place
      from public.interview_invites r
      left join public.interview_participants p on p.invite_id = r.id and p.status = 'withdrawn'
    ) as ranked
    where i.id = ranked.id and (ranked.place > 1 or ranked.withdrawn_at is not null);
end
$$;

-- A code is unique per address, and among an interview's pending invites.
create function pg_temp.draw_codes()
  returns void
  language plpgsql
as $$
declare
  v_invite record;
  v_code text;
begin
  create index interview_invites_upgrade_idx on public.interview_invites (invite_code);
  for v_invite in
    select p.id, p.interview_id, p.email, p.status
    from pg_temp.planned_invites p where p.invite_code is null
  loop
    loop
      -- 48 random bits make each of the million codes equally likely to within 4e-9.
      v_code := 'x' || left(replace(gen_random_uuid()::text, '-', ''), 12);
      v_code := lpad((v_code::bit(48)::bigint % 1000000)::text, 6, '0');
      exit when not exists (
        select from public.interview_invites i
        where i.invite_code = v_code and (i.email = v_invite.email or (
          i.interview_id = v_invite.interview_id
          and i.status = 'pending' and v_invite.status = 'pending')));
    end loop;
    update public.interview_invites i set invite_code = v_code where i.id = v_invite.id;
  end loop;
  drop index public.interview_invites_upgrade_idx;
end
$$;

-- Constraints call functions of schema private, which the next migration writes, so they are
-- created here from the temporary ones.
create function pg_temp.add_functions_of_constraints()
  returns void
  language plpgsql
as $$
declare
  v_command text;
begin
  create schema if not exists private;
  for v_command in
    select regexp_replace(pg_get_functiondef(p.oid), 'pg_temp(_\d+)?\.', 'private.', 'g')
    from pg_catalog.pg_proc p
    where p.pronamespace = pg_my_temp_schema() and p.proname in (
      select called[1]
      from pg_temp.schema_rules() r, regexp_matches(r.change, 'private\.(\w+)', 'g') as called)
  loop
    execute v_command;
  end loop;
end
$$;

create function pg_temp.add_new_rules()
  returns void
  language plpgsql
as $$
declare
  v_command text;
begin
  -- Columns first, and foreign keys last: each needs what comes before it.
  for v_command in
    select format('alter table public.%I ', r.table_name) || string_agg(r.change, ', ')
    from (
      select s.table_name, 1 as step, format('alter column %I %s, alter column %I %s',
        s.column_name, coalesce('set default ' || s.default_value, 'drop default'),
        s.column_name, case when s.is_required then 'set' else 'drop' end || ' not null') as change
      from pg_temp.schema_columns() s
      union all
      select a.table_name, case when a.change like 'add % foreign key %' then 3 else 2 end, a.change
      from pg_temp.schema_rules() a
    ) as r
    group by r.step, r.table_name order by r.step
  loop
    execute v_command;
  end loop;
end
$$;

-- ---- the upgrade -------------------------------------------------------------------------------

do $$
begin
  if pg_temp.is_first_version() then
    perform pg_temp.stop_at_other_tables();
    -- No reads or writes during the upgrade.
    lock table public.interviews, public.interview_questions, public.interview_participants,
      public.interview_invites in access exclusive mode;
    perform pg_temp.stop_at_rows_that_cannot_be_kept();
    perform pg_temp.plan_rows();
    perform pg_temp.report();
    perform pg_temp.drop_old_rules();
    perform pg_temp.add_new_columns();
    perform pg_temp.write_rows();
    perform pg_temp.draw_codes();
    perform pg_temp.add_functions_of_constraints();
    perform pg_temp.add_new_rules();
  end if;
end
$$;

-- Makes room for a backup of the first version: removes everything in public that belongs to the
-- role postgres, and all that the migrations made elsewhere but the bucket. It begins a transaction
-- and leaves it open, so that run alone it changes nothing. docs/adopting.md says how to use it.

begin;

-- With it go the triggers that call its functions; the policies of Storage go with our tables.
drop schema private cascade;

do $$
declare
  v_command text;
begin
  for v_command in
    select format('drop %s if exists %s cascade', o.type, o.identity)
    from (
      select 'pg_class'::regclass, c.oid from pg_class c
      where c.relnamespace = 'public'::regnamespace and pg_has_role(c.relowner, 'usage')
      union all
      select 'pg_proc'::regclass, p.oid from pg_proc p
      where p.pronamespace = 'public'::regnamespace and pg_has_role(p.proowner, 'usage')
      union all
      select 'pg_type'::regclass, t.oid from pg_type t
      where t.typnamespace = 'public'::regnamespace and pg_has_role(t.typowner, 'usage')
        and t.typtype in ('d', 'e', 'r')
    ) as found (kind, oid)
    cross join pg_identify_object(found.kind, found.oid, 0) as o
    where o.type in ('table', 'view', 'materialized view', 'sequence',
                     'function', 'procedure', 'aggregate', 'type')
      -- What an extension or an identity column owns goes with it.
      and not exists (
        select from pg_depend d
        where d.classid = found.kind and d.objid = found.oid and d.deptype in ('e', 'i'))
  loop
    execute v_command;
  end loop;
  if to_regclass('cron.job') is not null then
    perform cron.unschedule(j.jobid) from cron.job j where j.jobname = 'interviews-maintenance';
  end if;
end
$$;

"""The catalog of the interviews' schemas by name, for comparing two databases."""

from tests.kit.database import Database, Row

OURS = "(select oid from pg_namespace where nspname in ('public', 'private'))"

CATALOG = f"""
select 'relation' as kind, c.oid::regclass::text as name,
  concat_ws(' ', c.relkind, c.relowner::regrole, c.relrowsecurity, c.relforcerowsecurity,
            c.reloptions, (select array_agg(a::text order by a::text) from unnest(c.relacl) a),
            case c.relkind when 'v' then pg_get_viewdef(c.oid) end, obj_description(c.oid)) as is
from pg_class c where c.relnamespace in {OURS}
union all
select 'column', a.attrelid::regclass || '.' || a.attname,
  concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull,
            pg_get_expr(d.adbin, d.adrelid), col_description(a.attrelid, a.attnum),
            (select array_agg(p::text order by p::text) from unnest(a.attacl) p))
from pg_attribute a join pg_class c on c.oid = a.attrelid
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where c.relnamespace in {OURS} and c.relkind in ('r', 'v') and a.attnum > 0 and not a.attisdropped
union all
select 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
from pg_constraint where connamespace in {OURS}
union all
select 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid)
from pg_index join pg_class c on c.oid = indexrelid where c.relnamespace in {OURS}
union all
select 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) || tgenabled::text
from pg_trigger where not tgisinternal
union all
select 'function', p.oid::regprocedure::text,
  concat_ws(' ', pg_get_functiondef(p.oid), p.proowner::regrole,
            (select array_agg(a::text order by a::text) from unnest(p.proacl) a),
            obj_description(p.oid))
from pg_proc p where p.pronamespace in {OURS}
union all
select 'policy', polrelid::regclass || '.' || polname,
  concat_ws(' ', polcmd, polpermissive, polroles::regrole[], pg_get_expr(polqual, polrelid),
            pg_get_expr(polwithcheck, polrelid))
from pg_policy
union all
select 'schema', nspname,
  concat_ws(' ', nspowner::regrole,
            (select array_agg(a::text order by a::text) from unnest(nspacl) a),
            obj_description(oid))
from pg_namespace where oid in {OURS}
order by 1, 2
"""


def catalog(db: Database) -> list[Row]:
    """Every object by kind and name: how it is defined, its comment, and who may do what."""
    return db.rows(CATALOG)


def names(db: Database, sql: str) -> list[str]:
    """The first column of a query about the catalog, as names."""
    return [str(next(iter(row.values()))) for row in db.rows(sql)]

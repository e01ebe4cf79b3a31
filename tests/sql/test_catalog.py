"""What the catalog must look like, whatever the rows are; and database_schema.sql as a file."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from local import schema
from local.postgres import Cluster
from tests.kit.catalog import OURS, catalog
from tests.kit.database import Database, Row, committed

ROOT = Path(__file__).resolve().parents[2]

# The policies that each table is meant to have.
POLICIES = {
    "interviews": "SELECT INSERT UPDATE DELETE",
    "interview_questions": "SELECT INSERT UPDATE DELETE",
    "interview_invites": "SELECT INSERT DELETE",
    "interview_participants": "SELECT UPDATE",
}


def names(db: Database, sql: str) -> list[str]:
    """The first column of a query about the catalog, as names."""
    return [str(next(iter(row.values()))) for row in db.rows(sql)]


def test_every_public_table_has_row_security_and_exactly_the_policies_meant(db: Database) -> None:
    found = db.rows(
        "select c.relname::text as name, c.relrowsecurity as on,"
        " coalesce((select array_agg(p.cmd) from pg_policies p"
        "   where p.schemaname = 'public' and p.tablename = c.relname), '{}') as commands"
        " from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'"
    )
    assert {row["name"]: sorted(row["commands"]) for row in found if row["on"]} == {
        table: sorted(commands.split()) for table, commands in POLICIES.items()
    }


def test_policies_are_permissive_for_signed_in_accounts_and_named_alike(db: Database) -> None:
    for policy in db.rows("select * from pg_policies where schemaname = 'public'"):
        assert (policy["permissive"], policy["roles"]) == ("PERMISSIVE", ["authenticated"]), policy
        start = f"{policy['tablename']}_{policy['cmd'].lower()}_"
        assert policy["policyname"].startswith(start), policy


def test_update_policies_check_the_new_row_as_they_do_the_old(db: Database) -> None:
    """No column that decides is granted; should one ever be, the row still cannot be given away."""
    policies = db.rows("select qual, with_check from pg_policies where cmd = 'UPDATE'")
    assert policies and all(policy["qual"] == policy["with_check"] for policy in policies)


def test_policies_ask_who_calls_once_a_statement(db: Database) -> None:
    """auth.uid() and our own functions stand in sub-selects, never in the row's condition."""
    for policy in db.rows("select policyname, qual, with_check from pg_policies"):
        for text in filter(None, (policy["qual"], policy["with_check"])):
            rest = re.sub(r"SELECT ((auth|private|public)\.)?\w+\(\)", "", text)
            assert not re.search(r"\w+\.\w+\(|may_recruit\(", rest), policy["policyname"]


def test_columns_that_policies_read_lead_an_index(db: Database) -> None:
    unindexed = names(
        db,
        """
        select distinct d.refobjid::regclass || '.' || a.attname
        from pg_policy p
        join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
          and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0
        join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        where not exists (
          select from pg_index i
          where i.indrelid = d.refobjid and i.indkey[0] = d.refobjsubid and i.indpred is null)
        """,
    )
    # Deleting is by id and recruiter; the status of the row found is looked at afterwards.
    assert unindexed == ["interview_invites.status"]


def test_every_foreign_key_has_an_index_and_says_on_delete(db: Database) -> None:
    assert (
        names(
            db,
            f"""
            select conname from pg_constraint k
            where contype = 'f' and connamespace in {OURS} and (confdeltype = 'a' or not exists (
              select from pg_index i
              where i.indrelid = k.conrelid and i.indkey[0] = k.conkey[1]
                and coalesce(pg_get_expr(i.indpred, i.indrelid) = format(
                  '(%I IS NOT NULL)', (select attname from pg_attribute
                    where attrelid = k.conrelid and attnum = k.conkey[1])), true)))
            """,
        )
        == []
    )


def test_deleting_somebody_or_something(db: Database) -> None:
    """What `on delete` says, by name, so that no change of it goes unseen."""
    rules = db.rows(
        "select conrelid::regclass::text || '.' || a.attname as key, confdeltype::text as rule"
        " from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid"
        f" and a.attnum = k.conkey[1] where contype = 'f' and connamespace in {OURS}"
    )
    words = {"c": "cascade", "r": "restrict", "n": "set null"}
    assert {row["key"]: words[row["rule"]] for row in rules} == {
        "interviews.recruiter_id": "restrict",
        "interview_questions.interview_id": "cascade",
        "interview_invites.interview_id": "cascade",
        "interview_participants.interview_id": "cascade",
        "interview_participants.user_id": "cascade",
        "interview_participants.invite_id": "set null",
        "private.invite_counts.user_id": "cascade",
        "private.code_requests.user_id": "cascade",
    }


def test_every_table_has_a_primary_key(db: Database) -> None:
    keyless = names(
        db,
        f"select oid::regclass from pg_class c where relnamespace in {OURS} and relkind = 'r'"
        " and not exists (select from pg_index where indrelid = c.oid and indisprimary)",
    )
    assert keyless == []


# Every other column has a value, by whatever door the row comes.
MAY_BE_EMPTY = {
    "interviews": "description company_number deadline reminded_for",
    "interview_invites": "accepted_at completed_at renewal_requested_at reminded_at reminded_for"
    " queued_at delivery_status delivery_at delivery_error",
    "interview_participants": "invite_id completed_at reminded_at",
    "private.code_requests": "resent_at",
    "private.jobs": "lease_token failed_at done_at last_error data",
    "private.job_kinds": "paused_until paused_reason",
}


def test_columns_that_may_be_empty(db: Database) -> None:
    found = db.rows(
        "select attrelid::regclass::text as table,"
        " array_agg(attname::text order by attnum) as names"
        " from pg_attribute a join pg_class c on c.oid = attrelid"
        f" where relnamespace in {OURS} and relkind = 'r' and attnum > 0 and not attisdropped"
        " and not attnotnull group by 1"
    )
    assert {row["table"]: row["names"] for row in found} == {
        table: columns.split() for table, columns in MAY_BE_EMPTY.items()
    }


# What a column is when a row leaves it out.
DEFAULTS = {
    "gen_random_uuid()": "interviews.id interview_questions.id interview_invites.id"
    " interview_participants.id",
    "'00000000-0000-0000-0000-000000000000'": "private.jobs.lane",
    "auth.uid()": "interviews.recruiter_id",
    "now()": "interviews.created_at interviews.updated_at interview_questions.created_at"
    " interview_invites.created_at interview_invites.queued_at interview_participants.joined_at"
    " private.jobs.queued_at private.jobs.due_at private.job_workers.seen_at",
    "(now() + '30 days'::interval)": "interview_invites.expires_at",
    "'active'": "interviews.status interview_participants.status",
    "'pending'": "interview_invites.status",
    "'queued'": "interview_invites.delivery_status",
    "0": "private.jobs.attempts private.job_kinds.accepted private.job_kinds.failed"
    " private.job_kinds.retried",
    "''": "private.jobs.key",
    "true": "private.settings.singleton",
    "'{}'": "private.code_requests.wrong_guesses",
    "1000": "private.settings.invites_per_day",
    "false": "private.settings.require_recruiter_role",
    "'1 day'": "private.settings.mail_give_up_after",
    "'30 days'": "private.settings.outbox_kept_for",
    '\'{"3 days","1 day"}\'': "private.settings.reminder_distances",
}


def test_what_a_column_is_when_it_is_left_out(db: Database) -> None:
    db.run("set local search_path = public")
    found = db.rows(
        r"""
        select adrelid::regclass::text || '.' || attname as name,
          regexp_replace(pg_get_expr(adbin, adrelid), '^(''.*'')::[a-z ]+(\[\])?$', '\1') as value
        from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
        join pg_class c on c.oid = adrelid
        """
        f" where relnamespace in {OURS}"
    )
    assert {row["name"]: row["value"] for row in found} == {
        name: value for value, names in DEFAULTS.items() for name in names.split()
    }


def test_every_function_pins_its_search_path(db: Database) -> None:
    assert (
        names(
            db,
            f"select oid::regprocedure::text from pg_proc where pronamespace in {OURS}"
            " and not coalesce(proconfig @> array['search_path=\"\"'], false)",
        )
        == []
    )


def test_nothing_is_granted_to_public(db: Database) -> None:
    """No function, table or column; of schemas only the usage of `public`."""
    assert (
        names(
            db,
            f"""
            select oid::regprocedure::text from pg_proc
            where pronamespace in {OURS} and (proacl is null
                or array_to_string(proacl, ' ') ~ '(^| )=')
            union all
            select oid::regclass::text from pg_class
            where relnamespace in {OURS} and array_to_string(relacl, ' ') ~ '(^| )='
            union all
            select attrelid::regclass::text from pg_attribute
            where attrelid in (select oid from pg_class where relnamespace in {OURS})
              and array_to_string(attacl, ' ') ~ '(^| )='
            union all
            select nspname::text from pg_namespace
            where nspname = 'private' and array_to_string(nspacl, ' ') ~ '(^| )='
            """,
        )
        == []
    )


def test_the_list_in_functions_sql_names_every_function(db: Database) -> None:
    text = (ROOT / "policies" / "functions.sql").read_text()
    values = text.partition("with listed (signature, roles) as (")[2].partition("), known as (")[0]
    # A signature may run on over two lines, which SQL joins.
    joined = re.sub(r"'\s*\n\s*'", "", values)
    listed = re.findall(r"\('((?:public|private)\.\w+\([^']*\))'", joined)
    oids = [
        row["oid"] for row in db.rows("select unnest(%s::text[])::regprocedure::oid as oid", listed)
    ]
    assert len(oids) == len(set(oids))
    assert sorted(oids) == sorted(
        row["oid"] for row in db.rows(f"select oid from pg_proc where pronamespace in {OURS}")
    )


def test_older_signatures_go_and_grants_come_back(cluster: Cluster, database: str) -> None:
    """An argument that is added replaces the function: PostgREST could not tell two apart."""
    url = cluster.url(database)
    with committed(url) as db:
        before = catalog(db)
        db.run(
            "create function public.transfer_interviews(from_recruiter uuid, to_recruiter uuid)"
            " returns integer language sql as 'select 1'"
        )
        db.run("create function private.lock_codes() returns void language sql as 'select'")
        db.run("grant execute on function public.transfer_interviews(uuid, uuid) to service_role")
        db.run("create function public.theirs() returns integer language sql as 'select 1'")
    cluster.run_sql(schema.joined(), database, "postgres")
    with committed(url) as db:
        assert db.value("select public.theirs()") == 1, "what is not ours stays"
        db.run("drop function public.theirs()")
        assert catalog(db) == before


def test_triggers_are_numbered_in_the_order_in_which_they_run(db: Database) -> None:
    """PostgreSQL runs those of one moment by name: _NNN_what_it_does, one number a moment."""
    rows = db.rows(
        "select tgrelid::regclass::text as table, tgname::text as name, tgtype::integer as type,"
        " proname::text as function from pg_trigger join pg_proc p on p.oid = tgfoid"
        f" where not tgisinternal and p.pronamespace in {OURS} order by tgname"
    )
    assert len(rows) > 10
    for row in rows:
        assert re.fullmatch(r"_\d{3}_[a-z]+(_[a-z]+)+", row["name"]), row
        # Named after its function, and where two of them call one, with one word more.
        words = set(row["name"].split("_")[2:])
        assert set(row["function"].split("_")) <= words, row
    # Before the statement, before its rows, afterwards.
    moments = {
        table: [_moment(row["type"]) for row in rows if row["table"] == table]
        for table in {row["table"] for row in rows}
    }
    for table, found in moments.items():
        assert found == sorted(found), f"{table}: numbers grow with the moments"
    numbered = [(row["table"], row["name"][:4], row["type"]) for row in rows]
    assert len(numbered) == len(set(numbered))


def _moment(type: int) -> int:
    """When a trigger of this pg_trigger.tgtype runs: its bits are row (1) and before (2)."""
    is_row, is_before = type & 1, type & 2
    return (0 if not is_row else 1) if is_before else 2


def test_everything_is_commented(db: Database) -> None:
    assert (
        names(
            db,
            f"""
            select oid::regclass::text from pg_class
            where relnamespace in {OURS} and relkind in ('r', 'v') and obj_description(oid) is null
            union all
            select oid::regprocedure::text from pg_proc
            where pronamespace in {OURS} and obj_description(oid) is null
            union all
            select nspname::text from pg_namespace where nspname = 'private'
              and obj_description(oid) is null
            """,
        )
        == []
    )


def test_lists_come_as_one_value_or_in_pages(db: Database) -> None:
    """PostgREST would cut a set of rows at db-max-rows, by default 1,000: more than a page has."""
    assert names(
        db,
        "select proname from pg_proc where pronamespace = 'public'::regnamespace and proretset"
        " order by 1",
    ) == ["list_interviews", "list_invites"]


def test_no_name_of_a_function_is_overloaded(db: Database) -> None:
    """PostgREST could not tell which one is meant."""
    assert (
        names(
            db,
            f"select proname from pg_proc where pronamespace in {OURS}"
            " group by 1 having count(*) > 1",
        )
        == []
    )


def test_the_views_read_with_the_caller_s_rights(db: Database) -> None:
    views = f"from pg_class where relnamespace in {OURS} and relkind in ('v', 'm')"
    assert names(db, f"select oid::regclass::text {views} order by 1") == [
        "interview_stats",
        "private.mail_details",
    ]
    assert names(db, f"select relname {views} and reloptions @> '{{security_invoker=true}}'"), views
    assert (
        names(db, f"select relname {views} and not reloptions @> '{{security_invoker=true}}'") == []
    )
    readers = names(
        db,
        "select r.rolname from pg_roles r where has_table_privilege(r.oid, 'private.mail_details',"
        " 'select') and not r.rolsuper and r.rolname <> 'postgres'"
        " and r.rolname not like 'pg\\_%'",
    )
    assert readers == [], "what is in a mail is read by the functions of its owner alone"


# ---- the sources ---------------------------------------------------------------------------

SOURCES = [*(ROOT / "supabase" / "schemas").glob("*.sql"), *(ROOT / "policies").glob("*.sql")]
# What is longer than it should be, and why.
LONG_FUNCTIONS = {
    "public.settle_jobs": "one statement, so that what was accepted is deleted unwritten",
    "private.remind_of_deadline": "one interview after the other, its invites and participants",
}
LONG_FILES: dict[str, str] = {}
LONG_LINES: dict[str, str] = {}


def functions_of(text: str) -> Iterator[tuple[str, int]]:
    """Each function of a file, and how many lines it has from create to its end."""
    for made in re.finditer(
        r"^create or replace function (\w+\.\w+)\(.*?(?:\$\$;|^  return [^;]*;)\n",
        text,
        re.DOTALL | re.MULTILINE,
    ):
        yield made[1], made[0].count("\n")


def test_functions_fit_on_a_screen(db: Database) -> None:
    lines = {
        name: length
        for source in SOURCES
        for name, length in functions_of(source.read_text(encoding="utf-8"))
    }
    assert len(lines) == db.value(f"select count(*) from pg_proc where pronamespace in {OURS}"), (
        "each is seen"
    )
    assert {name: length for name, length in lines.items() if length > 60}.keys() == (
        LONG_FUNCTIONS.keys()
    )


def test_files_and_lines_are_short() -> None:
    lines = {source.name: source.read_text(encoding="utf-8").splitlines() for source in SOURCES}
    assert {name for name, all_lines in lines.items() if len(all_lines) > 400} == set(LONG_FILES)
    # The matrix on top of a file of policies is a table.
    long = [
        line.strip()
        for name, all_lines in lines.items()
        for line in all_lines
        if len(line) > 100 and not (name.startswith("interview") and line.startswith("--"))
    ]
    assert [line for line in long if not line.startswith(tuple(LONG_LINES))] == []
    assert all(any(line.startswith(start) for line in long) for start in LONG_LINES)


# ---- the file ------------------------------------------------------------------------------


def test_database_schema_is_up_to_date() -> None:
    assert not schema.stale()


def test_it_is_one_transaction_of_plain_sql() -> None:
    lines = (ROOT / schema.SCHEMA).read_text().splitlines()
    code = [line for line in lines if line and not line.startswith("--")]
    assert (code[0], code[-1]) == ("begin;", "commit;")
    assert not [line for line in code if line.startswith("\\")]
    assert code.count("begin;") == code.count("commit;") == 1


def test_applying_it_again_changes_nothing_and_loses_nothing(
    cluster: Cluster, database: str
) -> None:
    def everything(db: Database) -> tuple[list[Row], list[list[Row]]]:
        tables = names(
            db,
            "select oid::regclass::text from pg_class"
            f" where relnamespace in {OURS} and relkind = 'r'",
        )
        with db.superuser():
            return catalog(db), [
                db.rows(f"select * from {table} t order by t") for table in sorted(tables)
            ]

    url = cluster.url(database)
    with committed(url) as db:
        scene = db.scene()
        db.accept(scene.candidate, scene.code)
        db.as_owner().run(
            "update private.settings set invites_per_day = 7, require_recruiter_role = true"
        )
        db.as_service().run("select public.pause_jobs('{interview_invitation}', 'a reason', 600)")
    with committed(url) as db:
        before = everything(db)
    cluster.run_sql((ROOT / schema.SCHEMA).read_text(), database, "postgres")
    with committed(url) as db:
        assert everything(db) == before
    assert any(row["name"] == "interview_invites.invite_code" for row in before[0])


def test_it_puts_foreign_grants_and_policies_of_ours_right(cluster: Cluster, database: str) -> None:
    """What somebody granted by hand is taken back; applying it is a remedy."""
    url = cluster.url(database)
    with committed(url) as db:
        before = catalog(db)
        db.run("grant all on all tables in schema public to anon, authenticated, service_role")
        db.run("grant insert (accepted_at) on public.interview_invites to authenticated")
        db.run("grant execute on all functions in schema public, private to public")
        db.run("alter table public.interviews disable row level security")
        db.run("alter policy interviews_delete_recruiter on public.interviews using (true)")
        assert catalog(db) != before
    cluster.run_sql((ROOT / schema.SCHEMA).read_text(), database, "postgres")
    with committed(url) as db:
        assert catalog(db) == before


# ---- where it must not run -----------------------------------------------------------------

FIRST_VERSION = """
create table public.interviews (
  id uuid primary key default gen_random_uuid(), title varchar(255) not null, description text,
  recruiter_id uuid references auth.users, company_number varchar(50), status varchar(20),
  created_at timestamptz default now(), updated_at timestamptz default now());
create table public.interview_questions (
  id uuid primary key default gen_random_uuid(), interview_id uuid references public.interviews,
  question text not null, order_index integer not null, created_at timestamptz default now());
create table public.interview_invites (
  id uuid primary key default gen_random_uuid(), interview_id uuid references public.interviews,
  email varchar(255) not null, invite_code varchar(6) unique not null, status varchar(20),
  created_at timestamptz default now(), accepted_at timestamptz, completed_at timestamptz);
create table public.interview_participants (
  id uuid primary key default gen_random_uuid(), interview_id uuid references public.interviews,
  user_id uuid references auth.users, status varchar(20), joined_at timestamptz default now(),
  completed_at timestamptz);
alter table public.interviews enable row level security;
create policy "Anyone can do anything" on public.interviews using (true);
"""


def refusal_of_schema(url: str) -> psycopg.Error:
    """The error that database_schema.sql meets, applied as one script."""
    with psycopg.connect(url, autocommit=True) as connection:
        with pytest.raises(psycopg.Error) as caught:
            connection.execute((ROOT / schema.SCHEMA).read_text())
        connection.execute("rollback")
    return caught.value


@pytest.mark.parametrize(
    "kept", ["interviews", "interview_questions", "interview_invites", "interview_participants"]
)
def test_it_stops_before_a_first_version(
    cluster: Cluster, create_database: Callable[..., str], kept: str
) -> None:
    """Any one table of the first version is enough; nothing is changed."""
    name = create_database(schema=False)
    cluster.run_sql(FIRST_VERSION, name, "postgres")
    for table in re.findall(r"create table public\.(\w+)", FIRST_VERSION):
        if table != kept:
            cluster.run_sql(f"drop table public.{table} cascade", name)
    with committed(cluster.url(name)) as db:
        before = catalog(db)
    error = refusal_of_schema(cluster.url(name, "postgres"))
    assert (error.sqlstate, error.diag.message_detail) == ("PT409", "first_version_found")
    with committed(cluster.url(name)) as db:
        assert catalog(db) == before
    cluster.run_sql(f"drop database {name}")


def test_it_needs_a_supabase_project(cluster: Cluster) -> None:
    cluster.run_sql("create database bare_database owner postgres")
    error = refusal_of_schema(cluster.url("bare_database", "postgres"))
    assert (error.sqlstate, error.diag.message_detail) == ("PT400", "supabase_required")
    with committed(cluster.url("bare_database")) as db:
        assert names(db, "select nspname::text from pg_namespace where nspname = 'private'") == []
    cluster.run_sql("drop database bare_database")

"""The sources of the schema, and database_schema.sql: applied again, and where it does not fit."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from local import schema
from local.postgres import Cluster
from tests.kit.catalog import OURS, catalog, names
from tests.kit.database import Database, Row, committed

ROOT = Path(__file__).resolve().parents[2]

# ---- the sources ---------------------------------------------------------------------------

SOURCES = [*(ROOT / "supabase" / "schemas").glob("*.sql"), *(ROOT / "policies").glob("*.sql")]
# What is longer than it should be, and why.
LONG_FUNCTIONS = {
    "public.settle_jobs": "one statement, so that what was accepted is deleted unwritten",
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


POLICIES = {source.name for source in SOURCES if source.parent.name == "policies"}


def test_files_and_lines_are_short() -> None:
    lines = {source.name: source.read_text(encoding="utf-8").splitlines() for source in SOURCES}
    assert {name for name, all_lines in lines.items() if len(all_lines) > 400} == set(LONG_FILES)
    # The matrix on top of a file of policies is a table.
    long = [
        line.strip()
        for name, all_lines in lines.items()
        for line in all_lines
        if len(line) > 100 and not (name in POLICIES and line.startswith("--"))
    ]
    assert [line for line in long if not line.startswith(tuple(LONG_LINES))] == []
    assert all(any(line.startswith(start) for line in long) for start in LONG_LINES)


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
    """Grants that were made by hand are revoked: applying it again repairs them."""
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

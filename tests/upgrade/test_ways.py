"""Every way to the schema ends in the same catalog, and going it twice changes nothing."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.kit.catalog import catalog
from tests.kit.database import Database
from tests.kit.waiting import PATIENCE, wait_for_a_lock
from tests.upgrade.conftest import GENERATED, MIGRATIONS, PREFLIGHT, Project
from tests.upgrade.test_released import RELEASED

OTHER_PEOPLES = """
    drop table public.scorecards;
    drop view public.interview_overview;
    drop function public.update_updated_at_column();
"""


def read(project: Project) -> dict[tuple[str, str], str]:
    """The project's catalog: what each object is, by kind and name."""
    with psycopg.connect(project.url) as connection:
        rows = catalog(Database(connection))
    found = {(row["kind"], row["name"]): row["is"] for row in rows}
    assert len(found) == len(rows)
    return found


def test_the_generated_file_and_the_migrations_end_alike(
    make_project: Callable[..., Project], dirty: Project
) -> None:
    generated = read(make_project(GENERATED))
    assert ("column", "interviews.deadline") in generated
    assert read(make_project(*MIGRATIONS)) == generated
    dirty.apply(*MIGRATIONS)
    dirty.connection.execute(OTHER_PEOPLES)
    assert read(dirty) == generated


def test_the_generated_file_over_the_last_release(make_project: Callable[..., Project]) -> None:
    project = make_project(*MIGRATIONS[: len(RELEASED)])
    project.apply(GENERATED)
    assert read(project) == read(make_project(GENERATED))


def test_on_a_fresh_project_the_upgrade_does_nothing(
    make_project: Callable[..., Project],
) -> None:
    project = make_project()
    before = read(project)
    assert project.apply(MIGRATIONS[0]) == []
    assert read(project) == before


def test_a_second_run_changes_nothing(upgraded: Project) -> None:
    catalog_before, rows_before = read(upgraded), contents(upgraded)
    for files in ([MIGRATIONS[0]], MIGRATIONS[1:], [GENERATED]):
        assert upgraded.apply(*files) == []
    assert read(upgraded) == catalog_before
    assert contents(upgraded) == rows_before


def test_the_generated_file_stops_at_the_first_version(dirty: Project) -> None:
    catalog_before, rows_before = read(dirty), contents(dirty)
    with pytest.raises(psycopg.Error) as caught:
        dirty.apply(GENERATED)
    assert caught.value.diag.message_detail == "first_version_found"
    assert read(dirty) == catalog_before
    assert contents(dirty) == rows_before


def test_preflight_writes_nothing(dirty: Project) -> None:
    """Before it makes the transaction read only it defines temporary functions, no more."""
    catalog_before, rows_before = read(dirty), contents(dirty)
    head, _, rest = PREFLIGHT.read_text().partition("\nset transaction read only;\n")
    assert not re.search("^(commit|begin;|set)", rest, re.M)
    assert rest.endswith("\nrollback;\n")
    dirty.connection.execute(head.encode())
    assert dirty.value("select count(*) from public.interviews") == 4
    assert (
        dirty.rows(
            "select from pg_locks l join pg_class c on c.oid = l.relation"
            " where l.pid = pg_backend_pid() and c.relnamespace = 'public'::regnamespace"
            " and l.mode <> 'AccessShareLock'"
        )
        == []
    )
    dirty.connection.execute("commit")
    assert read(dirty) == catalog_before
    assert contents(dirty) == rows_before
    dirty.connection.execute("discard temp")
    dirty.preflight()
    assert dirty.rows("select from pg_proc where pronamespace = pg_my_temp_schema()") == []


def test_what_the_upgrade_has_defined_goes_with_it(upgraded: Project) -> None:
    assert upgraded.rows("select from pg_proc where pronamespace = pg_my_temp_schema()") == []


def test_a_function_whose_arguments_changed_is_replaced(
    make_project: Callable[..., Project],
) -> None:
    """Applied over an earlier state of itself, the file leaves no other signature behind."""
    project = make_project(GENERATED)
    catalog_before = read(project)
    for old in (
        "public.create_invites(interview_id uuid, emails text[]) returns jsonb",
        "private.confirmed_email() returns text",
        "private.is_open(status text) returns boolean",
    ):
        project.connection.execute(
            f"create function {old} language plpgsql as 'begin return null; end'"
        )
    assert read(project) != catalog_before
    project.apply(GENERATED)
    assert (
        project.rows(
            "select proname::text from pg_proc where pronamespace in"
            " ('public'::regnamespace, 'private'::regnamespace)"
            " group by pronamespace, proname having count(*) > 1"
        )
        == []
    )
    assert read(project) == catalog_before


def test_between_the_two_migrations_nobody_gets_in(dirty: Project) -> None:
    dirty.apply(MIGRATIONS[0])
    assert dirty.rows("select from pg_policies") == []
    assert dirty.value(
        "select bool_and(relrowsecurity) from pg_class"
        " where relnamespace = 'public'::regnamespace and relname ~ '^interview.*s$'"
        " and relkind = 'r'"
    )
    for role in ("anon", "authenticated", "service_role"):
        assert not dirty.value(
            "select has_table_privilege(%s, 'public.interview_invites', 'select, insert')", role
        )


def contents(project: Project) -> list[dict[str, object]]:
    """Every row of the four tables, as text."""
    return project.rows(
        "select n::text as row from public.interviews n union all"
        " select q::text from public.interview_questions q union all"
        " select i::text from public.interview_invites i union all"
        " select p::text from public.interview_participants p order by 1"
    )


def test_the_file_waits_for_a_worker_and_holds_nothing_it_needs(upgraded: Project) -> None:
    """Over a database in use: the first table that everybody locks comes first."""
    with psycopg.connect(upgraded.url) as worker, ThreadPoolExecutor(1) as pool:
        worker.execute("select from public.interviews for key share")
        applying = pool.submit(apply_elsewhere, upgraded.url)
        wait_for_a_lock(upgraded.url, held_by=worker.info.backend_pid)
        with psycopg.connect(upgraded.url, autocommit=True) as watch:
            watch.execute("set lock_timeout = '100ms'")
            # What the worker goes on to.
            watch.execute("select from public.interview_invites for update")
            watch.execute("select from private.jobs for update")
        worker.commit()
        applying.result(timeout=PATIENCE)


def test_the_file_gives_up_where_tables_stay_in_use(upgraded: Project) -> None:
    catalog_before = read(upgraded)
    with psycopg.connect(upgraded.url) as worker:
        worker.execute("select from private.jobs for update")
        with pytest.raises(psycopg.Error) as caught:
            apply_elsewhere(upgraded.url)
        assert caught.value.diag.message_detail == "tables_in_use"
    assert read(upgraded) == catalog_before


def apply_elsewhere(url: str) -> None:
    """Runs the generated file in a session of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(GENERATED.read_bytes())

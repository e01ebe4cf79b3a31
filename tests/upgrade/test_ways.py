"""Every way to the schema ends in the same catalog, and going it twice changes nothing."""

import re
from collections.abc import Callable

import psycopg
import pytest

from tests.database import Database
from tests.sql.catalog import catalog
from tests.upgrade.conftest import GENERATED, MIGRATIONS, PREFLIGHT, ROOT, Project

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


def test_the_second_migration_is_the_generated_file() -> None:
    """As long as nothing is released; what changes later is a migration written by hand."""
    if len(MIGRATIONS) == 2:
        assert MIGRATIONS[1].read_bytes() == GENERATED.read_bytes(), (
            f"cp {GENERATED.name} {MIGRATIONS[1].relative_to(ROOT)}"
        )


def test_the_upgrade_judges_addresses_by_the_schemas_own_patterns() -> None:
    """They are repeated, since the schema's functions do not exist yet."""
    body = GENERATED.read_text().split("function private.is_email(")[1].split("$$;")[0]
    patterns = re.findall("~ ('[^']+')", body)
    assert patterns
    for file in (MIGRATIONS[0], PREFLIGHT):
        assert all(pattern in file.read_text() for pattern in patterns)


def contents(project: Project) -> list[dict[str, object]]:
    """Every row of the four tables, as text."""
    return project.rows(
        "select n::text as row from public.interviews n union all"
        " select q::text from public.interview_questions q union all"
        " select i::text from public.interview_invites i union all"
        " select p::text from public.interview_participants p order by 1"
    )

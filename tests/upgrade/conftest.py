"""Databases that hold the first version, and what a DBA does with them, as the role postgres."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from local.postgres import Cluster

ROOT = Path(__file__).resolve().parents[2]
FIRST_VERSION = ROOT / "tests" / "upgrade" / "first_version.sql"
DIRTY_ROWS = ROOT / "tests" / "upgrade" / "dirty_rows.sql"
MIGRATIONS = sorted((ROOT / "supabase" / "migrations").glob("*.sql"))
PREFLIGHT = ROOT / "supabase" / "preflight.sql"
GENERATED = ROOT / "database_schema.sql"

Row = dict[str, Any]


@dataclass
class Project:
    """One database like a hosted project's, and a session of its owner, who is no superuser."""

    name: str
    url: str
    connection: psycopg.Connection[Row]
    notices: list[str] = field(default_factory=list)

    def apply(self, *files: Path) -> list[str]:
        """Run SQL files as psql would; returns the notices."""
        self.notices.clear()
        for file in files:
            try:
                self.connection.execute(file.read_bytes())
            finally:
                self.connection.rollback()  # what a failed file left open
        return list(self.notices)

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        return self.connection.execute(sql, values or None).fetchall()

    def row(self, table: str, key: str) -> Row:
        """The row whose id ends with these digits (see dirty_rows.sql)."""
        (row,) = self.rows(f"select * from public.{table} where id = %s", row_id(key))
        return row

    def value(self, sql: str, *values: Any) -> Any:
        """The only column of the only row."""
        (row,) = self.rows(sql, *values)
        (value,) = row.values()
        return value

    def preflight(self) -> dict[str, int]:
        """What supabase/preflight.sql counts, by case."""
        cursor = self.connection.execute(PREFLIGHT.read_bytes())
        # As the SQL editor does, show the last result that has rows.
        found = [result.fetchall() for result in cursor.results() if result.description][-1]
        return {row["case"]: row["rows"] for row in found}


def row_id(key: str) -> uuid.UUID:
    """The id of a row of dirty_rows.sql."""
    return uuid.UUID(key.rjust(32, "0"))


@pytest.fixture(scope="module")
def make_project(
    cluster: Cluster, create_database: Callable[..., str]
) -> Iterator[Callable[..., Project]]:
    """Makes a hosted project, on which the given files have been run already."""
    made: list[Project] = []

    def make(*files: Path) -> Project:
        name = create_database(schema=False)
        url = cluster.url(name, "postgres")
        connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)
        project = Project(name, url, connection)
        made.append(project)
        connection.add_notice_handler(
            lambda notice: project.notices.append(notice.message_primary or "")
        )
        project.apply(*files)
        return project

    yield make
    for project in made:
        project.connection.close()
        cluster.run_sql(f"drop database {project.name} with (force)")


@pytest.fixture
def first_version(make_project: Callable[..., Project]) -> Project:
    """A project with the first version and no rows."""
    return make_project(FIRST_VERSION)


@pytest.fixture
def dirty(make_project: Callable[..., Project]) -> Project:
    """A project with the first version and its dirty rows."""
    return make_project(FIRST_VERSION, DIRTY_ROWS)


@pytest.fixture(scope="module")
def upgraded(make_project: Callable[..., Project]) -> Project:
    """The same after the migrations, for tests that leave it as it is."""
    return make_project(FIRST_VERSION, DIRTY_ROWS, *MIGRATIONS)

"""policies/access.txt on PostgreSQL: every line as every role, and the catalog."""

import re
import uuid
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from tests.kit.access import Cast, commands_of, expected, found, grants, key_of
from tests.kit.access_page import (
    FUNCTIONS,
    PAGE,
    PRIVATE_FUNCTIONS,
    PUBLIC_TABLES,
    ROLES,
    TABLES,
    Line,
)
from tests.kit.database import Database, Row

# ---- the page, line by line ----------------------------------------------------------------


class SqlDoor:
    """SQL, as the roles that PostgREST takes on. What it changes is undone at once."""

    def __init__(self, db: Database, cast: Cast) -> None:
        self.db = db
        self.cast = cast

    def select(self, role: str, table: str, interview: uuid.UUID) -> str:
        return self._rows(role, f"select * from {table} {_of_interview(table)}", interview)

    def insert(self, role: str, table: str, row: Row) -> str:
        names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
        return self._rows(role, f"insert into {table} ({names}) values ({marks})", *row.values())

    def update(self, role: str, table: str, column: str, interview: uuid.UUID) -> str:
        sql = f"update {table} set {column} = {column} {_of_interview(table)}"
        return self._rows(role, sql, interview)

    def delete(self, role: str, table: str, interview: uuid.UUID) -> str:
        return self._rows(role, f"delete from {table} {_of_interview(table)}", interview)

    def call(self, role: str, function: str, arguments: Row) -> str:
        given = ", ".join(f"{name} => %s" for name in arguments) or self._nulls(function)
        if function == "private.refuse":  # variadic: it takes no names
            given = "%s"
        self._become(role)
        try:
            with self.db.connection.transaction(force_rollback=True):
                rows = self.db.rows(f"select {function}({given}) as answer", *arguments.values())
        except psycopg.errors.InsufficientPrivilege:
            return "!"
        except psycopg.Error as error:
            if not str(error.sqlstate).startswith("PT"):
                raise
            return str(error.diag.message_detail)
        answer = rows[0]["answer"] if rows else None
        if isinstance(answer, dict) and str(answer.get("code")).startswith("PT"):
            return str(answer["details"])
        return "ok"

    def _rows(self, role: str, sql: str, *values: Any) -> str:
        self._become(role)
        try:
            with self.db.connection.transaction(force_rollback=True):
                return str(self.db.run(sql, *values))
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.GeneratedAlways):
            # The latter, of a column that the database numbers, comes before any look at rights.
            return "!"
        except psycopg.errors.ObjectNotInPrerequisiteState:
            return "-"
        except psycopg.Error as error:
            if not str(error.sqlstate).startswith("PT"):
                raise
            return str(error.diag.message_detail)

    def _nulls(self, function: str) -> str:
        """As many nulls as it has arguments, for functions that must refuse any call."""
        types: list[str] = self.db.as_owner().value(
            "select array(select format_type(t, null) from unnest(proargtypes) as t) from pg_proc"
            " where oid = %s::regproc",
            function,
        )
        return ", ".join(f"null::{type}" for type in types)

    def _become(self, role: str) -> None:
        if role == "anon":
            self.db.as_anon()
        elif role == "service":
            self.db.as_service()
        else:
            self.db.as_user(self.cast.people[role], is_anonymous=role == "anonymous")


def _of_interview(table: str) -> str:
    """Selects the rows of an interview; of the private tables all."""
    if "." in table:
        return "where %s::uuid is not null"
    return f"where {key_of(table)} = %s"


@pytest.mark.parametrize("role", ROLES)
def test_tables(db: Database, cast: Cast, role: str) -> None:
    met = found(TABLES, role, SqlDoor(db, cast), lambda: cast)
    assert met == expected(TABLES, role)


@pytest.mark.parametrize("role", ROLES)
def test_functions(db: Database, cast: Cast, role: str) -> None:
    functions = [FUNCTIONS, PRIVATE_FUNCTIONS]
    assert found(functions, role, SqlDoor(db, cast), lambda: cast) == expected(functions, role)


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_visible_beyond_the_two_interviews(db: Database, cast: Cast, role: str) -> None:
    """Those who read anything read their own alone."""
    SqlDoor(db, cast)._become(role)
    for table in PUBLIC_TABLES if role not in ("anon", "service") else []:
        sql = f"select from {table.name} where {key_of(table.name)} <> all (%s)"
        own = [cast.interview, cast.elsewhere, *cast.people.values()]
        assert db.run(sql, own) == 0


# ---- the page is complete ------------------------------------------------------------------


def test_every_table_and_column_is_on_the_page(db: Database) -> None:
    columns = db.rows(
        "select case nspname when 'public' then '' else nspname || '.' end || relname as table,"
        " array_agg(attname::text order by attname) as columns"
        " from pg_attribute a join pg_class c on c.oid = attrelid"
        " join pg_namespace n on n.oid = relnamespace"
        " where nspname in ('public', 'private') and relkind in ('r', 'p', 'f', 'v', 'm')"
        " and attnum > 0 and not attisdropped group by 1"
    )
    assert {row["table"]: row["columns"] for row in columns} == {
        table.name: sorted(table.columns) for table in TABLES
    }


def test_every_line_of_a_table_is_on_the_page() -> None:
    for table in TABLES:
        elsewhere = [] if "." in table.name else ["select elsewhere"]
        commands = {line.command for line in table.lines}
        assert commands == {"select", *elsewhere, "insert", "update", "delete"}, table.name
        for command in ("insert", "update"):
            lines = [line for line in table.lines if line.command == command]
            named = [column for line in lines for column in line.columns]
            assert named == ["all"] or sorted(named) == sorted(table.columns), (table.name, command)


def test_every_function_is_on_the_page(db: Database) -> None:
    """With whose rights it runs, too."""
    for block, schema in ((FUNCTIONS, "public"), (PRIVATE_FUNCTIONS, "private")):
        functions = db.rows(
            "select proname as name, case when prosecdef then 'owner' else 'caller' end as runs_as"
            " from pg_proc where pronamespace = %s::regnamespace",
            schema,
        )
        assert sorted((row["name"], [row["runs_as"]]) for row in functions) == sorted(
            (line.command, line.columns) for line in block.lines
        )


def test_every_grant_follows_from_the_page(db: Database) -> None:
    """Only the owner has any other privilege on anything."""
    rows = db.rows(
        """
        with granted as (
          select nspname || '.' || relname as object, '' as column, acl.*
          from pg_class c join pg_namespace n on n.oid = relnamespace,
            aclexplode(coalesce(relacl, acldefault('r', relowner))) as acl
          where nspname in ('public', 'private') and relkind in ('r', 'p', 'f', 'v', 'm', 'S')
            and grantee <> relowner
          union all
          select nspname || '.' || relname, attname, acl.*
          from pg_attribute a join pg_class c on c.oid = attrelid
            join pg_namespace n on n.oid = relnamespace, aclexplode(attacl) as acl
          where nspname in ('public', 'private')
          union all
          select nspname || '.' || proname, '', acl.*
          from pg_proc p join pg_namespace n on n.oid = pronamespace,
            aclexplode(coalesce(proacl, acldefault('f', proowner))) as acl
          where nspname in ('public', 'private') and grantee <> proowner
          union all
          select nspname, '', acl.*
          from pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) as acl
          where nspname = 'private' and grantee <> nspowner
        )
        select object, "column", privilege_type as privilege, is_grantable,
          case grantee when 0 then 'public' else grantee::regrole::text end as role
        from granted
        """
    )
    assert {(row["object"], row["column"], row["privilege"], row["role"]) for row in rows} == set(
        grants()
    )
    assert not any(row["is_grantable"] for row in rows)


def test_nobody_creates_anything_in_the_schemas(db: Database) -> None:
    for role in ("anon", "authenticated", "service_role"):
        for schema in ("public", "private"):
            assert not db.value("select has_schema_privilege(%s, %s, 'create')", role, schema)


# ---- the comments on top of policies/*.sql --------------------------------------------------

GROUPS = ["anon", "signed in", "recruiter", "participant", "reviewer", "service_role"]


def comment_matrix(table: str) -> dict[tuple[str, str], str]:
    """The small matrix on top of a table's file: by command and group, what stands there."""
    lines = (PAGE.parent / f"{table}.sql").read_text().splitlines()
    (head,) = (n for n, line in enumerate(lines) if re.match(r"-- +anon ", line))
    header = lines[head]
    starts = [match.start() for match in re.finditer(r"(?<=  )\S+(?: \S+)*", header)]
    assert [name in header[start:] for name, start in zip(GROUPS, starts, strict=True)]
    cells: dict[tuple[str, str], str] = {}
    command = ""
    for line in lines[head + 1 :]:
        if line in ("", "--"):
            break
        command = line[2 : starts[0]].strip() or command
        for group, start, end in zip(GROUPS, starts, [*starts[1:], None], strict=True):
            cell = line[start:end].strip()
            cells[command, group] = f"{cells.get((command, group), '')} {cell}".strip()
    return cells


VIEWS = ("interview_candidates", "interview_stats")


@pytest.mark.parametrize("table", [t.name for t in PUBLIC_TABLES if t.name not in VIEWS])
def test_the_comments_on_the_policies_agree_with_the_page(table: str) -> None:
    """Each group's cell has what the group gains over others, by column where columns count."""
    by_role = {(command, role): columns for command, role, columns in commands_of(table)}
    for (command, group), cell in comment_matrix(table).items():
        gains: set[str] = set()
        for role in _roles_of(group):
            own = by_role[command, role]
            gains |= (
                own
                if group in ("signed in", "service_role")
                else own - by_role[command, "stranger"]
            )
        if cell.startswith("the same"):
            gains -= by_role[command, "recruiter"]
        named = {word for word in re.findall(r"\w+", re.sub(r"\(.*?\)", "", cell))}
        columns = {c for block in PUBLIC_TABLES if block.name == table for c in block.columns}
        assert (cell == "-") == (not gains), (command, group)
        if command in ("insert", "update"):
            assert named & columns == gains, (command, group)


def _roles_of(group: str) -> Sequence[str]:
    return {
        "signed in": ["stranger"],
        "participant": ["active", "completed", "withdrawn"],
        "service_role": ["service"],
    }.get(group, [group])


def test_the_list_in_functions_sql_agrees_with_the_page() -> None:
    listed = re.findall(
        r"\('(\w+)\.(\w+)\((?:[^']|'\s*')*\)',\s*(?:'([\w, ]+)'|null)\)",
        (PAGE.parent / "functions.sql").read_text(),
    )
    blocks = {"public": FUNCTIONS, "private": PRIVATE_FUNCTIONS}
    roles = {"stranger": "authenticated", "service": "service_role"}
    assert {
        (schema, name): set(filter(None, granted.split(", "))) for schema, name, granted in listed
    } == {
        (schema, line.command): {grantee for role, grantee in roles.items() if _has(line, role)}
        for schema, block in blocks.items()
        for line in block.lines
    }
    assert not any(_has(line, "anon") for block in blocks.values() for line in block.lines)


def _has(line: Line, role: str) -> bool:
    return line.cells[role] != "!"

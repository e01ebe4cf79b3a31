"""The mutants: each weakens one thing that the database keeps. Read from the catalog of a database
made from database_schema.sql, so that what is added to the schema is mutated as well.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.kit.catalog import OURS
from tests.kit.database import Database, Row
from tests.mutation.expressions import without_each_condition

ROLES = ["anon", "authenticated", "service_role"]
ON_DELETE = {"a": "no action", "r": "restrict", "c": "cascade", "n": "set null"}


@dataclass(frozen=True)
class Mutant:
    """One change of the schema. `about` is what it changes, as tests may call it; `function` is the
    one that behaves differently, if it is one; `source` has further words that tests may have."""

    kind: str
    about: str
    change: str
    sql: str
    function: str | None = None
    source: str = ""

    @property
    def name(self) -> str:
        """How it is called in reports, and among the survivors."""
        return f"{self.kind}: {self.about}: {self.change}"


RULES = Path(__file__).with_name("rules.txt")


def from_catalog(db: Database) -> list[Mutant]:
    """All mutants that need no hand to be found, in the order of their kinds."""
    return [
        *_policies(db),
        *_row_security(db),
        *_table_grants(db),
        *_column_grants(db),
        *_schema_grants(db),
        *_functions(db),
        *_checks(db),
        *_unique(db),
        *_foreign_keys(db),
        *_columns(db),
        *_triggers(db),
        *_views(db),
        *_statements(db),
    ]


# ---- row level security ----------------------------------------------------------------------


def _policies(db: Database) -> Iterator[Mutant]:
    for row in db.rows(
        "select polname::text as name, polrelid::regclass::text as table,"
        " case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'"
        "   when 'd' then 'delete' end as command,"
        " pg_get_expr(polqual, polrelid) as using, pg_get_expr(polwithcheck, polrelid) as check"
        " from pg_policy order by 2, 1"
    ):
        name, table = row["name"], row["table"]
        alter = f"alter policy {name} on {table}"

        def policy(change: str, sql: str, name: str = name) -> Mutant:
            return Mutant("policy", name, change, sql)

        yield policy("dropped", f"drop policy {name} on {table}")
        for clause in ("using", "check"):
            if row[clause]:
                words = "with check" if clause == "check" else "using"
                yield policy(f"{words} (true)", f"{alter} {words} (true)")
                for part, rest in without_each_condition(row[clause]):
                    yield policy(f"{words} without {part}", f"{alter} {words} ({rest})")
        yield policy(
            "for anon too, with the grant",
            f"{alter} to anon, authenticated; grant {row['command']} on {table} to anon",
        )


def _row_security(db: Database) -> Iterator[Mutant]:
    for table in _names(
        db, f"select oid::regclass from pg_class where relnamespace in {OURS} and relrowsecurity"
    ):
        yield Mutant(
            "row security", table, "off", f"alter table {table} disable row level security"
        )


# ---- grants ----------------------------------------------------------------------------------


def _table_grants(db: Database) -> Iterator[Mutant]:
    """For every role what it has is revoked, what it lacks is granted."""
    for row in db.rows(
        "select c.oid::regclass::text as table, role, privilege, c.relkind = 'v' as is_view,"
        "  has_table_privilege(role, c.oid, privilege) as has,"
        "  has_any_column_privilege(role, c.oid, 'insert') and privilege = 'INSERT'"
        "  or has_any_column_privilege(role, c.oid, 'update') and privilege = 'UPDATE'"
        "  as has_columns"
        f" from pg_class c, unnest(%s::text[]) as role, unnest('{{SELECT,INSERT,UPDATE,DELETE,"
        "TRUNCATE,REFERENCES,TRIGGER}'::text[]) as privilege"
        f" where relnamespace in {OURS} and relkind in ('r', 'v') order by 1, 2, 3",
        ROLES,
    ):
        what = f"{row['privilege'].lower()} on {row['table']}"
        if row["has"]:
            yield _grant(row["table"], f"revoke {what} from {row['role']}")
        else:
            yield _grant(row["table"], f"grant {what} to {row['role']}")
    for table in _names(
        db, f"select oid::regclass from pg_class where relnamespace in {OURS} and relkind = 'r'"
    ):
        yield _grant(table, f"grant select on {table} to public")


def _column_grants(db: Database) -> Iterator[Mutant]:
    for row in db.rows(
        "select attrelid::regclass::text as table, attname::text as column, role, privilege,"
        " has_column_privilege(role, attrelid, attnum, privilege) as has"
        " from pg_attribute a join pg_class c on c.oid = attrelid, unnest(%s::text[]) as role,"
        " unnest('{INSERT,UPDATE}'::text[]) as privilege"
        " where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0"
        " and not attisdropped and not has_table_privilege(role, attrelid, privilege)"
        " order by 1, a.attnum, 3, 4",
        ROLES,
    ):
        what = f"{row['privilege'].lower()} ({row['column']}) on {row['table']}"
        verb, to = ("revoke", "from") if row["has"] else ("grant", "to")
        yield _grant(row["table"], f"{verb} {what} {to} {row['role']}")


def _schema_grants(db: Database) -> Iterator[Mutant]:
    for row in db.rows(
        "select nspname::text as name, role, privilege, has_schema_privilege(role, oid, privilege)"
        " as has from pg_namespace, unnest(%s::text[]) as role,"
        f" unnest('{{USAGE,CREATE}}'::text[]) as privilege where oid in {OURS} order by 1, 2, 3",
        ROLES,
    ):
        what = f"{row['privilege'].lower()} on schema {row['name']}"
        if not row["has"]:
            yield _grant(row["name"], f"grant {what} to {row['role']}")
        elif row["name"] == "private":  # `public` is the project's, not ours
            yield _grant(row["name"], f"revoke {what} from {row['role']}")


def _grant(about: str, sql: str) -> Mutant:
    return Mutant("grant", about, sql, sql)


def _functions(db: Database) -> Iterator[Mutant]:
    for row in db.rows(
        "select oid::regprocedure::text as signature, proname::text as name, prosecdef,"
        " array(select role from unnest(%s::text[]) as role"
        "   where has_function_privilege(role, oid, 'execute')) as callers"
        f" from pg_proc where pronamespace in {OURS} order by pronamespace::regnamespace::text, 2",
        ROLES,
    ):
        function, name = f"function {row['signature']}", row["name"]
        for role in ROLES:
            verb, to = ("revoke", "from") if role in row["callers"] else ("grant", "to")
            yield Mutant(
                "function grant",
                name,
                f"{verb} execute {to} {role}",
                f"{verb} execute on {function} {to} {role}",
            )
        rights = "invoker" if row["prosecdef"] else "definer"
        change = f"security {rights}"
        yield Mutant("function rights", name, change, f"alter {function} {change}")
        yield Mutant(
            "search path", name, "search_path not pinned", f"alter {function} reset search_path"
        )


# ---- constraints, indexes, columns -----------------------------------------------------------


def _checks(db: Database) -> Iterator[Mutant]:
    for row in _constraints(db, "c"):
        table, name = row["table"], row["name"]
        drop = f"alter table {table} drop constraint {name}"
        yield Mutant("check", name, "dropped", drop)
        for part, rest in without_each_condition(row["expression"]):
            add = f"alter table {table} add constraint {name} check ({rest})"
            yield Mutant("check", name, f"without {part}", f"{drop}; {add}")


def _unique(db: Database) -> Iterator[Mutant]:
    """Without uniqueness, yet with an index that finds the same rows."""
    for row in db.rows(
        "select c.relname::text as name, i.indrelid::regclass::text as table, conname is not null"
        " as is_constraint, pg_get_indexdef(c.oid) as definition,"
        " pg_get_expr(indpred, indrelid) as predicate, condeferrable as deferrable"
        " from pg_index i join pg_class c on c.oid = indexrelid"
        " left join pg_constraint k on k.conindid = c.oid and contype in ('p', 'u')"
        f" where relnamespace in {OURS} and indisunique order by 2, 1"
    ):
        name, table = row["name"], row["table"]
        index = row["definition"].replace("CREATE UNIQUE INDEX", "create index")
        if row["is_constraint"]:
            drop = f"alter table {table} drop constraint {name} cascade"
        else:
            schema = "private" if table.startswith("private.") else "public"
            drop = f"drop index {schema}.{name}"
        yield Mutant("unique", name, "not unique", f"{drop}; {index}")
        if row["predicate"]:
            everywhere = row["definition"].partition(" WHERE ")[0]
            yield Mutant("unique", name, "over all rows", f"{drop}; {everywhere}")
        if row["deferrable"]:
            columns = re.search(r"\(.*\)", row["definition"])
            assert columns
            again = f"alter table {table} add constraint {name} unique {columns[0]}"
            yield Mutant("unique", name, "not deferrable", f"{drop}; {again}")


def _foreign_keys(db: Database) -> Iterator[Mutant]:
    for row in _constraints(db, "f"):
        table, name = row["table"], row["name"]
        drop = f"alter table {table} drop constraint {name}"
        yield Mutant("foreign key", name, "dropped", drop)
        for rule in ON_DELETE.values():
            definition = re.sub(r" ON DELETE (CASCADE|RESTRICT|SET NULL)", "", row["definition"])
            if rule != ON_DELETE[row["on_delete"]]:
                key, word, when = definition.partition(" DEFERRABLE")
                ruled = f"{key} on delete {rule}{word}{when}"
                add = f"alter table {table} add constraint {name} {ruled}"
                yield Mutant("foreign key", name, f"on delete {rule}", f"{drop}; {add}")


def _columns(db: Database) -> Iterator[Mutant]:
    for row in db.rows(
        "select attrelid::regclass::text as table, attname::text as column, attnotnull,"
        " atthasdef and attgenerated = '' as has_default,"
        " exists (select from pg_index where indrelid = attrelid and indisprimary"
        "   and attnum = any (indkey)) as is_key"
        " from pg_attribute a join pg_class c on c.oid = attrelid"
        f" where relnamespace in {OURS} and relkind = 'r' and attnum > 0 and not attisdropped"
        " order by 1, attnum"
    ):
        about = f"{row['table']}.{row['column']}"
        alter = f"alter table {row['table']} alter column {row['column']}"
        if row["attnotnull"] and not row["is_key"]:
            yield Mutant("not null", about, "dropped", f"{alter} drop not null")
        if row["has_default"]:
            yield Mutant("default", about, "dropped", f"{alter} drop default")


def _constraints(db: Database, type: str) -> list[Row]:
    return db.rows(
        "select conrelid::regclass::text as table, conname::text as name,"
        " pg_get_constraintdef(oid) as definition, pg_get_expr(conbin, conrelid) as expression,"
        f" confdeltype::text as on_delete from pg_constraint where connamespace in {OURS}"
        " and contype = %s order by 1, 2",
        type,
    )


# ---- triggers and views ----------------------------------------------------------------------


def _triggers(db: Database) -> Iterator[Mutant]:
    for row in db.rows(
        "select tgname::text as name, tgrelid::regclass::text as table,"
        " pg_get_triggerdef(t.oid) as definition, proname::text as function, prosrc as source"
        " from pg_trigger t join pg_proc f on f.oid = tgfoid"
        f" where not tgisinternal and pronamespace in {OURS} order by 2, 1"
    ):
        name, table = row["name"], row["table"]
        about = f"{name} on {table}"
        drop = f"drop trigger {name} on {table}"
        function, source = row["function"], row["source"]
        yield Mutant("trigger", about, "dropped", drop, function, source)
        always = re.sub(r" WHEN \(.*\) EXECUTE", " EXECUTE", row["definition"])
        if always != row["definition"]:
            yield Mutant("trigger", about, "whenever", f"{drop}; {always}", function, source)


def _views(db: Database) -> Iterator[Mutant]:
    for view in _names(
        db, f"select oid::regclass from pg_class where relnamespace in {OURS} and relkind = 'v'"
    ):
        alter = f"alter view {view} reset (security_invoker)"
        yield Mutant("view", view, "with the rights of its owner", alter)


# ---- statements of functions -----------------------------------------------------------------

TEXT = r"(?:[^';]|'[^']*')*"  # up to a semicolon that is not within quotes
# What is found, and what stands there instead.
STATEMENTS = {
    "no error": (rf"\braise exception {TEXT};", "null;"),
    "no call": (rf"\bperform {TEXT};", "null;"),
    "no assignment": (rf"\bnew\.\w+ := {TEXT};", "null;"),
    "no lock": (
        r"\bfor (?:(?:no key )?update|key share)(?: of \w+)?(?: skip locked)?(?=[;)\s])",
        "",
    ),
}


def _statements(db: Database) -> Iterator[Mutant]:
    """Each error, call, assignment, lock and further condition is taken out of its function."""
    for row in db.rows(
        "select proname::text as name, pg_get_functiondef(oid) as definition from pg_proc"
        f" where pronamespace in {OURS} order by 1"
    ):
        head, mark, body = row["definition"].partition("$function$")
        spans = [
            (found.span(), change, replacement)
            for change, (pattern, replacement) in STATEMENTS.items()
            for found in re.finditer(pattern, body)
        ]
        spans += [(span, "no condition", "") for span in _conditions(body)]
        seen: dict[str, int] = {}
        for (start, end), change, replacement in spans:
            text = " ".join(body[start:end].split())
            slug = re.search(r"detail = '(\w+)'", text)
            what = f"{change}, {slug[1] if slug else text}"
            seen[what] = seen.get(what, 0) + 1
            again = f" ({seen[what]})" if seen[what] > 1 else ""
            sql = head + mark + body[:start] + replacement + body[end:]
            around = _around(body, start, end)
            yield Mutant("statement", row["name"], what + again, sql, row["name"], around)


def _around(text: str, start: int, end: int) -> str:
    """What tells, for instance, which slug a condition leads to."""
    return text[max(start - 200, 0) : end + 200]


def _conditions(body: str) -> Iterator[tuple[int, int]]:
    """Where a line begins with `and` or `or`, up to the end of that condition."""
    for found in re.finditer(r"(?<=\n)[ ]+(?:and|or)\b", body):
        depth, quoted, at = 0, False, found.end()
        while at < len(body):
            letter = body[at]
            quoted ^= letter == "'"
            if not quoted:
                depth += (letter == "(") - (letter == ")")
                # A line that begins with an operator goes on with the condition.
                ends = letter in ",;" or bool(re.match(r"\n(?!\s*(=|~|is\b))", body[at:]))
                ends = ends or (
                    body.startswith(" then", at) and "case" not in body[found.end() : at]
                )
                if depth < 0 or (depth == 0 and ends):
                    break
            at += 1
        yield found.start(), at


# ---- rules in the bodies of functions --------------------------------------------------------


def by_hand(db: Database) -> Iterator[Mutant]:
    """The mutants of rules.txt; ValueError names an entry whose text is not there exactly once."""
    definitions = {
        str(row["name"]): str(row["definition"])
        for row in db.rows(
            "select proname as name, pg_get_functiondef(oid) as definition"
            f" from pg_proc where pronamespace in {OURS}"
            " union all select relname, format('create or replace view %s with"
            " (security_invoker = true) as %s', oid::regclass, pg_get_viewdef(oid))"
            f" from pg_class where relnamespace in {OURS} and relkind = 'v'"
        )
    }
    for name, change, text, replacement in _rules():
        definition = definitions.get(name, "")
        if definition.count(text) != 1:
            raise ValueError(f"{name}, {change}: {text!r} stands {definition.count(text)} times")
        sql = definition.replace(text, replacement)
        # A view is none.
        function = name if sql.startswith("CREATE OR REPLACE FUNCTION") else None
        at = definition.index(text)
        around = _around(definition, at, at + len(text))
        yield Mutant("rule", name, change, sql, function, around)


def _rules() -> Iterator[tuple[str, str, str, str]]:
    lines = [line for line in RULES.read_text().splitlines() if not line.startswith("#")]
    for entry in re.split(r"\n\n+", "\n".join(lines).strip()):
        name, _, change = entry.partition("\n")[0].partition(": ")
        goes, comes = (
            "\n".join(line[2:] for line in entry.splitlines() if line.startswith(sign))
            for sign in "-+"
        )
        yield name, change, goes, comes


def _names(db: Database, sql: str) -> list[str]:
    return sorted(str(next(iter(row.values()))) for row in db.rows(sql))

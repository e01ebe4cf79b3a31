"""Supabase's advisors on the database, squawk on the migrations: every finding is listed here.

The planted defects show that both see what they are asked to see.
"""

import json
import re
import subprocess
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from local.postgres import Cluster
from local.supabase_cli import supabase_cli
from tests.upgrade.conftest import DIRTY_ROWS, FIRST_VERSION, MIGRATIONS
from tests.upgrade.test_ways import OTHER_PEOPLES

ROOT = Path(__file__).resolve().parent.parent

# What may be reported, as (finding, object): why it is so on purpose. `*` is any object.
FOR_THEIR_CALLERS = "meant to be called; the comment above it says why it is a definer"
ALLOWED = {
    ("unused_index", "*"): "the database is new, and nobody has asked it anything",
    **{
        ("authenticated_security_definer_function_executable", f"public.{function}"): (
            FOR_THEIR_CALLERS
        )
        for function in (
            *("accept_invite", "resend_my_codes", "create_invites", "preview_invites"),
            *("resend_invite", "revoke_invite", "correct_invite", "delivery_state", "may_recruit"),
            *("list_interviews", "count_interviews", "invites_left_today", "my_unsubscribes"),
            "analytics",
            *("resubscribe", "unsubscribed"),
            *("set_consent", "start_response", "write_response", "delete_my_responses"),
            *("adjust_participant", "response_settings", "storage_used", "set_notifications"),
            *("erase_candidate", "save_review", "decide", "invite_reviewers", "join_reviews"),
            *("analyze_again", "analysis_state", "latest_change", "change_candidates"),
            *("preview_signature", "delete_my_account"),
        )
    },
}

# The hosted project's page has these two as well; the command line tool does not (splinter's
# 0028 and 0029).
EXECUTABLE_DEFINERS = """
    select role || '_security_definer_function_executable' as name, 'public.' || p.proname as object
    from pg_catalog.pg_proc p, unnest(array['anon', 'authenticated']) as role
    where p.pronamespace = 'public'::regnamespace and p.prosecdef
      and pg_catalog.has_function_privilege(role, p.oid, 'execute')
"""

# A defect: what is reported, of what, at which level.
PLANTED = [
    (
        "create table public.answers (id bigint primary key)",
        ("rls_disabled_in_public", "public.answers", "ERROR"),
    ),
    (
        "create table public.answers (answer text);"
        " alter table public.answers enable row level security;"
        " create policy answers_select on public.answers for select to authenticated using (true)",
        ("no_primary_key", "public.answers", "INFO"),
    ),
    (
        "create table public.answers (id bigint primary key);"
        " alter table public.answers enable row level security",
        ("rls_enabled_no_policy", "public.answers", "INFO"),
    ),
    (
        "alter policy interviews_update_recruiter on public.interviews"
        " using (recruiter_id = auth.uid())",
        ("auth_rls_initplan", "public.interviews", "WARN"),
    ),
    (
        "create policy again on public.interviews for update to authenticated"
        " using (recruiter_id = (select auth.uid()))",
        ("multiple_permissive_policies", "public.interviews", "WARN"),
    ),
    (
        "create policy anybody on public.interviews for insert to authenticated with check (true)",
        ("rls_policy_always_true", "public.interviews", "WARN"),
    ),
    (
        "drop index public.interview_participants_invite_id_idx",
        ("unindexed_foreign_keys", "public.interview_participants", "INFO"),
    ),
    (
        "create index again on public.interview_invites (recruiter_id)",
        ("duplicate_index", "public.interview_invites", "WARN"),
    ),
    (
        "alter function private.display_name(text) reset search_path",
        ("function_search_path_mutable", "private.display_name", "WARN"),
    ),
    (
        "alter view public.interview_stats set (security_invoker = false)",
        ("security_definer_view", "public.interview_stats", "ERROR"),
    ),
    (
        "create view public.people as select id, email from auth.users",
        ("auth_users_exposed", "public.people", "ERROR"),
    ),
    (
        "grant execute on function public.run_maintenance() to authenticated",
        ("authenticated_security_definer_function_executable", "public.run_maintenance", "WARN"),
    ),
    (
        "grant execute on function public.accept_invite(text) to anon",
        ("anon_security_definer_function_executable", "public.accept_invite", "WARN"),
    ),
]


@dataclass(frozen=True)
class Finding:
    """Something that an advisor says of an object."""

    name: str
    object: str
    level: str

    @property
    def entry(self) -> tuple[str, str] | None:
        """Which entry of ALLOWED covers it."""
        return next(
            (key for key in ((self.name, self.object), (self.name, "*")) if key in ALLOWED), None
        )


def advisors(url: str, home: Path) -> set[Finding]:
    """What they report of a database, down to mere information."""
    result = supabase_cli(
        *("db", "advisors"),
        *("--level", "info", "--fail-on", "warn", "--output-format", "json"),
        url=url,
        home=home,
    )
    assert result.returncode in (0, 1), result.stderr
    found = {
        Finding(
            result["name"],
            f"{result['metadata']['schema']}.{result['metadata']['name']}",
            result["level"],
        )
        for result in json.loads(result.stdout)["results"]
    }
    # Its exit status, which people would rely on.
    assert (result.returncode == 1) == any(finding.level != "INFO" for finding in found)
    with psycopg.connect(url) as connection:
        definers = connection.execute(EXECUTABLE_DEFINERS).fetchall()
    return found | {Finding(name, function, "WARN") for name, function in definers}


def test_the_schema_has_no_finding_but_those_named_here(
    cluster: Cluster, database: str, tmp_path: Path
) -> None:
    found = advisors(cluster.url(database, "postgres"), tmp_path)
    assert {finding for finding in found if finding.entry is None} == set()
    assert {finding.entry for finding in found} == set(ALLOWED), "some are no longer reported"


def test_neither_has_an_upgraded_first_version(
    cluster: Cluster, create_database: Callable[..., str], tmp_path: Path
) -> None:
    name = create_database(schema=False)
    for script in (FIRST_VERSION, DIRTY_ROWS, *MIGRATIONS):
        cluster.run_sql(script.read_text(encoding="utf-8"), name, "postgres")
    cluster.run_sql(OTHER_PEOPLES, name, "postgres")
    found = advisors(cluster.url(name, "postgres"), tmp_path)
    cluster.run_sql(f"drop database {name} with (force)")
    assert {finding for finding in found if finding.entry is None} == set()


@pytest.mark.parametrize(("defect", "finding"), PLANTED, ids=[finding[0] for _, finding in PLANTED])
def test_a_planted_defect_is_found(
    cluster: Cluster, database: str, tmp_path: Path, defect: str, finding: tuple[str, str, str]
) -> None:
    cluster.run_sql(defect, database, "postgres")
    found = advisors(cluster.url(database, "postgres"), tmp_path)
    assert Finding(*finding) in {finding for finding in found if finding.entry is None}


# ---- migrations --------------------------------------------------------------------------------

# Below `begin` and the two timeouts: what squawk must say of it.
BAD_MIGRATIONS = {
    "alter table public.interviews add constraint a check (title <> '')": (
        "constraint-missing-not-valid"
    ),
    "alter table public.interviews add column a text default gen_random_uuid()::text": (
        "adding-field-with-default"
    ),
    "alter table public.interviews add column a text not null": "adding-required-field",
    "alter table public.interviews alter column description set not null": (
        "adding-not-nullable-field"
    ),
    "alter table public.interviews alter column title type text": "changing-column-type",
    "alter table public.interviews add constraint a unique (title)": (
        "disallowed-unique-constraint"
    ),
    "alter table public.interview_invites rename column email to address": "renaming-column",
    "alter table public.interviews drop column company_number": "ban-drop-column",
    "create table answers (id uuid primary key)": "require-table-schema",
    "create table private.answers (id uuid primary key, at timestamp)": "prefer-timestamp-tz",
    "drop table public.interview_participants": "ban-drop-table",
    "drop function public.accept_invite(text)": "ban-drop-function",
    "create index concurrently if not exists a on public.interviews (title)": (
        "ban-concurrent-index-creation-in-transaction"
    ),
    "commit; create index if not exists a on public.interviews (title); begin": None,
    "alter table public.interviews add column a text": None,
    "alter table public.interviews add constraint a check (title <> '') not valid": None,
}
TIMEOUTS = "set local lock_timeout = '5s';\nset local statement_timeout = '1min';\n"


def squawk(folder: Path, sql: str) -> list[str]:
    """The rules that a migration breaks; it must fail if there are any."""
    file = folder / "20270101000000_planted.sql"
    file.write_text(f"begin;\n{sql};\ncommit;\n")
    program = Path(sysconfig.get_path("scripts")) / "squawk"
    result = subprocess.run(
        [program, f"--config={ROOT / '.squawk.toml'}", "--reporter=json", file],
        capture_output=True,
        text=True,
    )
    rules = sorted({said["rule_name"] for said in json.loads(result.stdout)})
    assert (result.returncode != 0) == bool(rules), result.stderr
    return rules


@pytest.mark.parametrize(("statement", "rule"), BAD_MIGRATIONS.items(), ids=str)
def test_a_bad_migration_is_found(tmp_path: Path, statement: str, rule: str | None) -> None:
    rules = squawk(tmp_path, TIMEOUTS + statement)
    assert rule in rules if rule else rules == []


def test_a_migration_waits_for_no_lock_for_ever(tmp_path: Path) -> None:
    statement = "alter table public.interviews add column a text"
    assert squawk(tmp_path, statement) == ["require-lock-timeout", "require-statement-timeout"]


def test_make_lint_looks_at_every_migration_but_the_first_two() -> None:
    """Those two are generated; what comes after the first release is written by hand."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    excluded = re.findall(r"%(\w+\.sql)", makefile)
    assert len(excluded) == 2
    assert all(file.name.endswith(end) for file, end in zip(MIGRATIONS[:2], excluded, strict=True))
    assert "squawk --reporter gcc $(MIGRATIONS)" in makefile

"""The migrations as a DBA applies them: `supabase db push`, the real one, as postgres."""

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from local.supabase_cli import supabase_cli
from tests.upgrade.conftest import DIRTY_ROWS, FIRST_VERSION, GENERATED, MIGRATIONS, Project

Push = Callable[[Project], subprocess.CompletedProcess[str]]


@pytest.fixture
def push(tmp_path: Path) -> Push:
    """Runs `supabase db push` on a project."""

    def run(project: Project) -> subprocess.CompletedProcess[str]:
        return supabase_cli("db", "push", "--yes", url=project.url, home=tmp_path)

    return run


def applied(project: Project) -> list[str]:
    """The versions that the CLI has noted."""
    found = project.rows("select version from supabase_migrations.schema_migrations order by 1")
    return [row["version"] for row in found]


VERSIONS = [file.name.partition("_")[0] for file in MIGRATIONS]


@pytest.mark.parametrize(
    "files",
    [[], [FIRST_VERSION, DIRTY_ROWS]],
    ids=["fresh", "first version"],
)
def test_push(make_project: Callable[..., Project], push: Push, files: list[Path]) -> None:
    project = make_project(*files)
    first = push(project)
    assert first.returncode == 0, first.stderr
    # No word of config.toml's keys, nor of anything else.
    assert "WARN" not in first.stdout + first.stderr
    assert applied(project) == VERSIONS
    expected = 36 if files else 0
    assert project.value("select count(*) from public.interview_invites") == expected
    again = push(project)
    assert again.returncode == 0
    assert "up to date" in again.stdout
    assert applied(project) == VERSIONS


def test_who_applied_the_file_tells_the_cli_so(
    make_project: Callable[..., Project], push: Push, tmp_path: Path
) -> None:
    project = make_project(GENERATED)
    told = supabase_cli(
        *("migration", "repair", "--status", "applied", *VERSIONS, "--yes"),
        url=project.url,
        home=tmp_path,
    )
    assert told.returncode == 0, told.stderr
    assert applied(project) == VERSIONS
    assert "up to date" in push(project).stdout


def test_nobody_reads_the_password_in_the_list_of_processes(
    make_project: Callable[..., Project], push: Push
) -> None:
    project = make_project()
    url = urlsplit(project.url)
    with ThreadPoolExecutor(1) as threads:
        pushing = threads.submit(push, project)
        seen = {line for _ in iter(pushing.done, True) for line in command_lines()}
    assert pushing.result().returncode == 0
    of_the_cli = [line for line in seen if f"--remote={url.scheme}://" in line and url.path in line]
    assert of_the_cli
    assert [line for line in of_the_cli if f":{url.password}@" in line] == []


def command_lines() -> Iterator[str]:
    """The arguments of all processes, as everybody on the machine reads them."""
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has just ended
            yield process.read_text(errors="replace")


def test_what_blocks_the_upgrade_is_told_in_a_few_lines(dirty: Project, push: Push) -> None:
    dirty.connection.execute("update public.interview_questions set interview_id = null")
    refused = push(dirty)
    assert refused.returncode != 0
    assert "question without an interview: 9. supabase/preflight.sql lists" in refused.stderr
    # The CLI prints the statement that failed: were it all of the upgrade, the reason would be
    # out of sight.
    assert len(refused.stderr.splitlines()) < 40
    assert applied(dirty) == []
    assert len(dirty.rows("select from pg_policies")) == 6

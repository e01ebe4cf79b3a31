"""The mutation run itself: it tells what tests notice from what they do not."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from local.postgres import Cluster
from tests.mutation import mutants as made
from tests.mutation.__main__ import report, sample
from tests.mutation.calls import learn
from tests.mutation.mutants import Mutant
from tests.mutation.run import PRISTINE, Known, Verdict, all_mutants, make_pristine, verdicts
from tests.mutation.survivors import SURVIVORS

# They share one database.
pytestmark = pytest.mark.xdist_group("mutation")

# A few that notice what these tests do; all of them would take their time.
SOME = "tests/sql/test_access.py::test_tables"
HARMLESS = Mutant("comment", "interviews", "gone", "comment on table interviews is null")


@pytest.fixture
def pristine(cluster: Cluster) -> Iterator[Cluster]:
    """The run's cluster, with the database that mutants are copied from."""
    make_pristine(cluster)
    yield cluster
    cluster.run_sql(f"drop database {PRISTINE} with (force)")


@pytest.mark.proof
def test_a_weakened_policy_is_noticed_and_a_comment_is_not(pristine: Cluster) -> None:
    mutants = {mutant.name: mutant for mutant in all_mutants(pristine)}
    weak = mutants["policy: interview_invites_select_recruiter: using (true)"]
    found = list(verdicts(pristine, [weak, HARMLESS], Known(), workers=1, tests=SOME))
    killers = {verdict.name: verdict.killer or "" for verdict in found}
    assert killers[weak.name].startswith("tests/sql/test_access.py::test_")
    assert killers[HARMLESS.name] == ""
    assert report([weak, HARMLESS], found, complete=False) == [f"SURVIVED: {HARMLESS.name}"]


@pytest.mark.proof
def test_tests_that_fail_anyway_say_nothing(pristine: Cluster) -> None:
    pristine.run_sql("grant select on public.interviews to anon", PRISTINE)
    found = list(verdicts(pristine, [HARMLESS], Known(), workers=1, tests=SOME))
    wrong = report([HARMLESS], found, complete=False)
    assert wrong[0] == f"SURVIVED: {HARMLESS.name}"
    assert wrong[1].startswith(f"FAILS WITHOUT ANY MUTANT: {SOME}[anon]: AssertionError")


def test_a_mutant_that_takes_too_long_survives(pristine: Cluster) -> None:
    (verdict,) = verdicts(pristine, [HARMLESS], Known(), workers=1, tests=SOME, limit=0)
    assert verdict.killer is None


@pytest.mark.proof
def test_who_calls_a_function_is_tried_first(pristine: Cluster) -> None:
    calls = learn("tests/sql/test_decisions.py")
    deciding = [test for test, functions in calls.items() if "decide" in functions]
    assert 0 < len(deciding) < len(calls), "each test's own calls"
    head = "create or replace function private.caller_id() returns uuid language sql"
    mutant = Mutant("statement", "x", "y", f"{head} as 'select null::uuid'", "decide")
    for test in deciding[0], deciding[-1]:
        known = Known(calls={test: calls[test]})
        file = "tests/sql/test_decisions.py"
        (verdict,) = verdicts(pristine, [mutant], known, workers=1, tests=file, limit=0)
        assert verdict.killer == test


def test_what_the_schema_has_is_mutated(pristine: Cluster) -> None:
    """All kinds are there, also in the sample, which is the same every time."""
    pristine.run_sql(
        "create table public.notes (id integer primary key, note text check (note <> ''));"
        "alter table public.notes enable row level security;"
        "create policy notes_select on public.notes for select to authenticated using (id > 0)",
        PRISTINE,
    )
    mutants = all_mutants(pristine)
    names = {mutant.name for mutant in mutants}
    assert {
        "policy: notes_select: using (true)",
        "row security: notes: off",
        "check: notes_note_check: dropped",
        "unique: notes_pkey: not unique",
        "grant: notes: revoke insert on notes from authenticated",
    } <= names
    assert set(SURVIVORS) <= names
    drawn = sample(mutants, 60)
    assert drawn == sample(mutants, 60)
    assert {mutant.kind for mutant in drawn} == {mutant.kind for mutant in mutants}


def test_a_rule_that_is_not_found_is_an_error(
    pristine: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made, "_rules", lambda: [("accept_invite", "a change", "no such text", "")])
    with pytest.raises(ValueError, match="no such text"):
        all_mutants(pristine)


def test_survivors_stay_true() -> None:
    """One that is killed, or that no mutant is called, is wrong."""
    name = next(iter(SURVIVORS))
    kind, about, change = name.split(": ", 2)
    mutant = Mutant(kind, about, change, sql="")
    verdict = Verdict(name, None, "", 0)
    others = len(SURVIVORS) - 1
    assert report([mutant], [verdict], complete=False) == []
    killed = report([mutant], [replace(verdict, killer="a test")], complete=False)
    assert killed == [f"NAMED AS SURVIVOR, yet killed by a test: {name}"]
    assert len(report([mutant], [verdict], complete=True)) == others

"""Hostile arguments for every function of the Data API, on PostgreSQL, by everyone who may call.

Each call succeeds in the documented shape, or is refused as docs/errors.md lists it for the
function. The invariants of tests/model hold then, and nobody has changed what is not theirs.
"""

import json
import re
import unicodedata
import uuid
from collections.abc import Iterator
from typing import Any, Literal

import psycopg
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.kit import access_page
from tests.kit.database import Database, Refusal, Row
from tests.kit.hostile import (
    BLANKS,
    MARKS,
    addresses,
    assert_documented,
    assert_kept,
    codes,
    documented,
    fuzzed,
    raised_by,
    rather,
    spoiled,
    storable,
    stored,
)
from tests.model.invariants import broken
from tests.sql.fuzzed_functions import FUNCTIONS
from tests.sql.fuzzing import Signature, Stage, arguments, arguments_for, callers

pytestmark = MARKS


def signatures(db: Database) -> dict[str, Signature]:
    """All functions of the Data API that take anything."""
    rows = db.as_owner().rows(
        "select proname as name, proargnames[1:pronargs] as names, pronargdefaults as defaults,"
        " array(select format_type(t, null) from unnest(proargtypes) with ordinality as u (t, n)"
        " order by n) as types"
        " from pg_proc where pronamespace = 'public'::regnamespace and pronargs > 0"
    )
    return {
        row["name"]: Signature(
            dict(zip(row["names"], row["types"], strict=True)),
            row["names"][len(row["names"]) - row["defaults"] :],
        )
        for row in rows
    }


@pytest.fixture(scope="module")
def db(shared_connection: psycopg.Connection[Any]) -> Iterator[Database]:
    """One transaction for all tests: each of their cases is undone."""
    yield Database(shared_connection)
    shared_connection.rollback()


@pytest.fixture(scope="module")
def stage(db: Database) -> Stage:
    return Stage.of(db)


# ---- what it answers --------------------------------------------------------------------------

NOT_READ = object()
SETS = {
    *("list_interviews", "list_candidates", "count_candidates", "get_candidate"),
    "candidate_timeline",
}


class Raised(Refusal):
    """A refusal that is an error, which undoes whatever came before it in the call."""


def call(db: Database, function: str, signature: Signature, given: Row) -> Any:
    """The answer, or the Refusal, which is Raised or returned; NOT_READ where
    PostgreSQL makes nothing of the arguments.
    """
    named = ", ".join(f"{name} => %s::{signature.types[name]}" for name in given)
    try:
        with db.connection.transaction():
            rows = db.rows(f"select public.{function}({named}) as answer", *given.values())
            answers = [row["answer"] for row in rows]
            answer = answers if function in SETS else answers[0]
    except psycopg.Error as error:
        refusal = Raised.of(error)
        return NOT_READ if not_read(db, signature, given) == refusal.code else refusal
    if isinstance(answer, dict) and str(answer.get("code")).startswith("PT"):
        return Refusal(answer["code"], answer["details"], answer["message"], answer["hint"])
    return answer


def not_read(db: Database, signature: Signature, given: Row) -> str | None:
    """The documented code with which PostgreSQL refuses the arguments before any function."""
    casts = ", ".join(f"%s::{signature.types[name]}" for name in given)
    try:
        with db.connection.transaction():
            db.value(f"select num_nulls({casts})", *given.values())
    except psycopg.Error as error:
        assert_documented(error.sqlstate)
        return error.sqlstate
    return None


def assert_may_refuse(function: str, refusal: Refusal) -> None:
    """With a slug that docs/errors.md lists for it, and a message that fits into a header."""
    if refusal.code in FUNCTIONS[function].own_codes:
        assert refusal.code in documented()
        return
    assert refusal.code and refusal.code.startswith("PT"), refusal
    assert_documented(refusal.slug, int(refusal.code[2:]))
    said = raised_by(str(refusal.slug))
    of_recruiters = f"`{function}`" in raised_by("recruiter_role_required")
    assert (
        f"`{function}`" in said
        or ("the functions of recruiters" in said and of_recruiters)
        or "all others" in said
    ), f"docs/errors.md says of {refusal.slug}: {said}"
    for words in (refusal.message, refusal.hint):
        assert words and re.fullmatch("[ -~]{1,300}", words), ascii(words)


VIEWS = {"interview_stats", "interview_candidates", "private.job_contents"}
# Every change writes it, whatever is changed.
NOTES = {"private.changes"}
TABLES = [
    "auth.users",
    *(table.name for table in access_page.TABLES if table.name not in VIEWS | NOTES),
]
EVERYTHING = " union all ".join(
    f"select '{name}' as name, to_jsonb(t)::text as row from"
    f" {name if '.' in name else f'public.{name}'} as t"
    for name in TABLES
)


def everything(db: Database) -> set[tuple[str, str]]:
    """Each row of each table."""
    with db.superuser():
        return {(row["name"], row["row"]) for row in db.rows(EVERYTHING)}


def assert_own(stage: Stage, caller: str, function: str, changed: set[tuple[str, str]]) -> None:
    """Each row that is new, gone or different is one that the function may touch, and, but for the
    service, the caller's.
    """
    rows = [(table, json.loads(row)) for table, row in changed]
    assert {table for table, _ in rows} <= FUNCTIONS[function].touches
    # With an account goes what others have written below it: see test_deleting_accounts.
    if caller == "service" or not changed or function == "delete_my_account":
        return
    me = str(stage.cast.people[caller])
    mine = {
        row["id"]
        for _, row in rows
        if me in (row.get("recruiter_id"), row.get("user_id"), row.get("reviewer_id"))
        and "id" in row
    }
    # Completing queues the notice about the interview, too.
    mine |= {
        row["interview_id"]
        for table, row in rows
        if table == "interview_participants" and row["user_id"] == me
    }
    mine |= {row["response_id"] for table, row in rows if table == "response_analyses"}
    for table, row in rows:
        if function == "erase_candidate" and "recruiter_id" in row:
            assert row["recruiter_id"] == me, row
        elif function == "erase_candidate" and "participant_id" in row:
            assert row["participant_id"] in mine, row
        elif function == "erase_candidate":
            assert row["lane"] == me, row
        elif table == "private.jobs" and row["kind"] == "response_removal":
            assert row["data"]["path"] in stage.cast.recorded[caller], row
        elif table == "private.jobs":
            assert row["subject"] in mine, row
        elif table in ("private.consents", "private.response_takes"):
            assert uuid.UUID(row["participant_id"]) == stage.cast.participations[caller], row
        elif table == "private.access_log":
            assert row["actor_id"] == me, row
        elif table == "response_analyses":
            assert me in (row["recruiter_id"], row["user_id"]), row
        elif table == "candidate_ratings":
            assert row["review_id"] in mine, row
        elif table == "candidate_reviews":
            assert row["reviewer_id"] == me, row
        elif table in ("accommodations", "candidate_decisions", "interview_reviewers") or (
            function == "change_candidates" and table == "interview_participants"
        ):
            assert row["recruiter_id"] == me, row
        elif "user_id" in row:
            assert row["user_id"] == me, row
        elif table == "interview_templates":
            assert row["owner_id"] == me, row
        elif function == "save_review" and table == "interview_invites":
            assert row["recruiter_id"] in (me, str(stage.cast.people["recruiter"])), row
        else:
            by_address = row.get("email") == stage.address(caller)
            assert row["recruiter_id"] == me or by_address, (table, row)


def flat(given: Any) -> list[Any]:
    """The elements of a list of any dimensions, as unnest has them."""
    return [value for part in given for value in (flat(part) if type(part) is list else [part])]


def assert_fits(stage: Stage, given: Row, answer: Any, changed: set[tuple[str, str]]) -> None:
    """Each address has its outcome, and what is none comes back as it was typed; a mail is settled
    by its lease alone.
    """
    if isinstance(given.get("emails"), list):
        outcomes = answer["invites"] if isinstance(answer, dict) else answer
        assert len(outcomes) <= 10_000
        for typed, found in zip(flat(given["emails"]), outcomes, strict=True):
            outcome = found.get("outcome", found.get("status"))
            assert outcome != "invalid_email" or found["email"] == typed
    if "results" in given:
        assert not changed or stage.mail["lease_token"] in given["results"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions(db: Database, stage: Stage, function: str) -> None:
    signature = signatures(db)[function]
    before = everything(db)

    @fuzzed(FUNCTIONS[function].cases)
    @given(caller=callers(function), given=arguments_for(signature, stage))
    def run(caller: str, given: Row) -> None:
        with db.connection.transaction(force_rollback=True):
            stage.become(db, caller)
            answer = call(db, function, signature, given)
            if answer is NOT_READ:
                return
            # To read everything takes longer than most calls.
            changed = set() if isinstance(answer, Raised) else everything(db) ^ before
            if isinstance(answer, Refusal):
                assert_may_refuse(function, answer)
                assert {table for table, _ in changed} <= {"private.code_requests"}
            else:
                assert FUNCTIONS[function].is_right(answer), answer
                assert_fits(stage, given, answer, changed)
            assert_own(stage, caller, function, changed)
            if changed:
                assert broken(db) == {}
            for table, row in changed - before:
                if table == "interview_invites":
                    assert_kept(json.loads(row))

    assert broken(db) == {}
    run()


@pytest.mark.parametrize("caller", ["invited", "active", "withdrawn"])
def test_a_code_opens_what_it_was_drawn_for(db: Database, stage: Stage, caller: str) -> None:
    """Judged without the database's own functions: six digits, and whose they are."""
    own = "pending" if caller == "invited" else caller
    right = stage.cast.invites[own]["invite_code"]
    before = everything(db)

    @fuzzed(20)
    @given(typed=rather(codes(right).map(stored), st.from_regex("[0-9]{6}", fullmatch=True)))
    def run(typed: str) -> None:
        with db.connection.transaction(force_rollback=True):
            stage.become(db, caller)
            answer = call(db, "accept_invite", Signature({"code": "text"}, []), {"code": typed})
            new = {table: json.loads(row) for table, row in everything(db) - before}
            code = "".join(
                str(unicodedata.digit(c)) if c.isdecimal() else c for c in typed.strip(BLANKS)
            )
            if code == right:
                assert answer["status"] == ("withdrawn" if own == "withdrawn" else "active")
                assert bool(new) == (caller == "invited")
            elif re.fullmatch("[0-9]{6}", code):
                assert (answer.slug, set(new)) == ("invite_not_found", {"private.code_requests"})
                assert len(new["private.code_requests"]["wrong_guesses"]) == 1
            else:
                assert (answer.slug, new) == ("invalid_code", {})

    run()


def test_who_was_invited_is_known_by_the_same_address(db: Database, stage: Stage) -> None:
    """An account may hold the address as it was typed, or as some other program wrote it."""
    interview = stage.cast.interview

    @fuzzed(30)
    @given(
        typed=addresses(storable) | spoiled.map(stored),
        form=st.sampled_from(["NFC", "NFD"]),
        name=storable,
    )
    def run(typed: str, form: Literal["NFC", "NFD"], name: str) -> None:
        with db.connection.transaction(force_rollback=True):
            stage.become(db, "recruiter")
            assume(not db.value("select private.has_link(%s)", name))
            invited = db.value(
                "select public.create_invites(%s, %s, %s) -> 0", interview, [typed], name
            )
            if invited["outcome"] != "created":
                assert invited["outcome"] == "invalid_email"
                return
            assert_kept(db.invite_row(invited["invite_id"]))
            held = unicodedata.normalize(form, typed.strip(BLANKS))
            assume(len(held) <= 255)  # Supabase holds no longer ones
            candidate = db.account(held)
            assert db.accept(candidate, invited["invite_code"])["status"] == "active"
            assert broken(db) == {}

    run()


names = storable | st.integers() | st.none() | st.lists(storable, max_size=2)


def test_what_accounts_call_themselves_is_fit_for_a_mail(db: Database, stage: Stage) -> None:
    """All write their own metadata, by either door to the invites."""
    interview = stage.cast.interview

    @fuzzed(15)
    @given(metadata=st.fixed_dictionaries({"full_name": names}) | names)
    def run(metadata: Any) -> None:
        with db.connection.transaction(force_rollback=True):
            with db.superuser():
                sql = "update auth.users set raw_user_meta_data = %s where id = %s"
                db.run(sql, json.dumps(metadata), stage.cast.people["recruiter"])
            invited = db.invite(stage.cast.people["recruiter"], interview, "one@example.com")
            sql = "insert into public.interview_invites (interview_id, email) values (%s, %s)"
            inserted = db.value(f"{sql} returning id", interview, "two@example.com")
            rows = [db.invite_row(id) for id in (invited["invite_id"], inserted)]
            for row in rows:
                assert_kept(row)
            assert rows[0]["recruiter_name"] == rows[1]["recruiter_name"]

    run()


def test_every_function_and_argument_is_tried(db: Database, stage: Stage) -> None:
    found = signatures(db)
    assert set(found) == set(FUNCTIONS)
    named = {name for signature in found.values() for name in signature.types}
    assert named == set(arguments(stage))

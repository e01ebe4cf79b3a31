"""export_person, erase_person and erase_candidate."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from local.postgres import Cluster
from tests.kit import responses
from tests.kit.analyses import consent, transcribe
from tests.kit.database import Database, Row, Scene
from tests.kit.responses import Asked, record, start, stored, write
from tests.kit.reviews import DECIDE, add_criteria, rate_all, save
from tests.sql.jobs import claim, settle

ERASE = "select public.erase_person(%s)"
ERASE_CANDIDATE = "select public.erase_candidate(%s)"
NOTHING = {
    **{"participations": 0, "responses": 0, "invites": 0, "mails": 0, "removals_open": 0},
    **{"accounts": 0, "accounts_left": 0, "reviewing": 0},
}


@pytest.fixture
def shared_connection(cluster: Cluster, shared_database: str) -> Iterator[psycopg.Connection[Any]]:
    """One for each test: some alter tables, which compiled functions of a session don't forget."""
    connection: psycopg.Connection[Any]
    with psycopg.connect(cluster.url(shared_database)) as connection:
        yield connection


@pytest.fixture(autouse=True)
def _nothing_is_left(nothing_is_left: None) -> None:
    """No test here leaves an object without a response or job."""


def export(db: Database, email: str) -> Row:
    found: Row = db.as_service().value("select public.export_person(%s)", email)
    return found


def erase(db: Database, email: str | None) -> Row:
    erased: Row = db.as_service().value(ERASE, email)
    return erased


def held(db: Database, email: str) -> dict[str, int]:
    """How many rows of each kind there are; the kinds of which there are none are left out."""
    return {kind: len(rows) for kind, rows in export(db, email).items() if rows}


def everywhere(db: Database, *marks: object) -> list[str]:
    """The tables in which one of these texts stands, in whatever column."""
    with db.superuser():
        tables = db.rows(
            "select format('%I.%I', schemaname, tablename) as name from pg_tables"
            " where schemaname in ('public', 'private', 'auth') order by 1"
        )
        return [
            row["name"]
            for row in tables
            if db.value(
                f"select exists (select from {row['name']} as t, unnest(%s::text[]) as mark"
                " where strpos(to_jsonb(t)::text, mark) > 0)",
                [str(mark) for mark in marks],
            )
        ]


def give_everything(db: Database, asked: Asked) -> Row:
    """Rows about the candidate in all tables; returns the recording."""
    consent(db, asked.candidate, asked.interview)
    take = record(db, asked.candidate, asked.questions[0])
    write(db, asked.candidate, asked.questions[1], "Because.")
    db.value("select public.complete_interview(%s)", asked.interview)
    transcribe(db, "My words")
    (row,) = db.rows("select id from public.interview_responses where kind = 'video'")
    db.as_user(asked.recruiter).value("select public.open_responses(%s)", [row["id"]])
    db.value("select public.adjust_participant(%s, 1, 1.5)", asked.participant)
    criteria = add_criteria(db, asked.recruiter, asked.interview, "Clarity")
    save(db, asked.recruiter, asked.participant, rate_all(*criteria), "Good", submit=True)
    db.value(DECIDE, asked.participant, "hold")
    db.as_user(asked.candidate).value("select public.accept_invite('000000')")
    db.value("select public.set_notifications(candidate_completed => 'never')")
    db.run("insert into public.interview_templates (name) values ('Mine')")
    db.as_service().value("select public.invite_candidates(%s)", [asked.email])
    db.invite(asked.recruiter, db.interview(asked.recruiter, "Second"), asked.email)
    return take


ALL_KINDS = {
    **{"addresses": 1, "accounts": 1, "code_requests": 1, "invites": 2, "participations": 1},
    **{
        "notifications": 1,
        "templates": 1,
        "accommodations": 1,
        "consents": 2,
        "responses": 2,
        "analyses": 2,
        "takes": 1,
        "watched": 1,
        "reviews": 1,
        "ratings": 1,
        "decisions": 1,
        "jobs": 5,
    },
}


# ---- the export --------------------------------------------------------------------------------


def test_all_that_is_held_is_exported(db: Database, asked: Asked) -> None:
    take = give_everything(db, asked)
    assert held(db, asked.email) == ALL_KINDS
    found = export(db, asked.email)
    assert {row["object_path"] for row in found["responses"]} == {take["path"], None}
    assert {row["answer"] for row in found["responses"]} == {"Because.", None}
    assert {row["invite_code"] for row in found["invites"]} >= {asked.code}
    assert found["accounts"][0]["id"] == str(asked.candidate)
    assert (found["reviews"][0]["note"], found["ratings"][0]["level"]) == ("Good", 3)
    assert found["decisions"][0]["decision"] == "hold"
    (transcript,) = (row for row in found["analyses"] if row["step"] == "transcript")
    assert transcript["transcript"] == "My words" and "search" not in transcript


def test_rows_are_exported_with_all_their_columns(db: Database, asked: Asked) -> None:
    db.as_owner().run("alter table public.interview_invites add later text default 'added later'")
    assert {row["later"] for row in export(db, asked.email)["invites"]} == {"added later"}


def test_secrets_of_the_account_and_leases_are_not_exported(db: Database, scene: Scene) -> None:
    with db.superuser():
        db.run(
            "update auth.users set encrypted_password = 'hashed', recovery_token = 'a-token'"
            " where id = %s",
            scene.candidate,
        )
    (mail,) = claim(db)
    exported = json.dumps(export(db, scene.email))
    for secret in ("hashed", "a-token", mail["lease_token"]):
        assert secret not in exported


@pytest.mark.parametrize(
    "typed",
    ["candidate1@example.com", " CANDIDATE1@Example.COM\t", "\u200bcandidate1@example．com"],
)
def test_any_spelling_finds_the_person(db: Database, asked: Asked, typed: str) -> None:
    assert held(db, typed)["participations"] == 1
    assert erase(db, typed)["accounts"] == 1


def test_an_address_in_unicode_and_in_ascii_is_one(db: Database) -> None:
    scene = db.scene("jane@müller.example")
    assert held(db, "jane@xn--mller-kva.example") == held(db, "jane@MÜLLER.example")
    assert erase(db, "Jane@müller.example")["invites"] == 1
    assert everywhere(db, scene.candidate, scene.email, "xn--mller") == []


def test_who_is_unknown_has_nothing(db: Database, asked: Asked) -> None:
    assert held(db, "stranger@example.com") == {"addresses": 1}
    for email in ("stranger@example.com", "candidate%@example.com", "", None):
        assert erase(db, email) == NOTHING


def test_a_recruiters_interviews_and_what_they_watched_are_exported(
    db: Database, asked: Asked
) -> None:
    give_everything(db, asked)
    recruiter = db.email_of(asked.recruiter)
    found = held(db, recruiter)
    assert (found["interviews"], found["has_watched"], found["invite_counts"]) == (2, 1, 1)
    assert "invites" not in found


# ---- the erasure -------------------------------------------------------------------------------


def test_nothing_of_an_erased_person_is_left(db: Database, asked: Asked) -> None:
    take = give_everything(db, asked)
    assert erase(db, asked.email) == {
        **{"participations": 1, "responses": 2, "invites": 2, "mails": 4, "removals_open": 1},
        **{"accounts": 1, "accounts_left": 0, "reviewing": 0},
    }
    assert everywhere(db, asked.email, asked.candidate, asked.invite) == []
    # An id that leads nowhere, in the notice that somebody has submitted, which is not sent now.
    assert everywhere(db, asked.participant) == ["private.jobs"]
    db.pass_time("2 hours")
    assert claim(db, kinds=["candidate_completed"]) == []
    assert everywhere(db, asked.participant) == []
    assert everywhere(db, take["path"]) == ["private.jobs"]
    assert held(db, asked.email) == {"addresses": 1}
    assert erase(db, asked.email) == NOTHING
    (job,) = claim(db, kinds=["response_removal"])
    assert job["path"] == take["path"]


def test_only_that_person_is_erased(db: Database, asked: Asked) -> None:
    other = db.account("candidate2@example.com")
    invite = db.invite(asked.recruiter, asked.interview, "candidate2@example.com")
    db.accept(other, invite["invite_code"])
    before = export(db, "candidate2@example.com")
    erase(db, asked.email)
    assert export(db, "candidate2@example.com") == before
    assert db.as_owner().value("select count(*) from public.interviews") == 1


def test_an_upload_under_way_is_refused_afterwards(db: Database, asked: Asked) -> None:
    take = start(db, asked.candidate, asked.questions[0])
    assert erase(db, asked.email)["removals_open"] == 0
    assert responses.is_not_awaited(responses.refused_store(db, take["path"], stored()))


def test_a_mail_being_sent_settles_nothing(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    assert erase(db, scene.email)["mails"] == 1
    assert settle(db, mail, "accepted") == 0
    assert everywhere(db, scene.email, scene.invite) == []


def test_who_owns_interviews_is_not_erased(db: Database, asked: Asked) -> None:
    recruiter = db.email_of(asked.recruiter)
    own = db.invite(asked.recruiter, asked.interview, recruiter)
    db.accept(asked.recruiter, own["invite_code"])
    assert db.as_service().refused(ERASE, recruiter).slug == "owns_interviews"
    assert held(db, recruiter)["participations"] == 1
    heir = db.account()
    db.value("select public.transfer_interviews(%s, %s)", asked.recruiter, heir)
    assert erase(db, recruiter)["accounts"] == 1
    assert held(db, asked.email)["participations"] == 1


def change_address(db: Database, who: uuid.UUID, email: str) -> None:
    with db.superuser():
        db.run("update auth.users set email = %s where id = %s", email, who)


@pytest.mark.parametrize("asked_for", ["candidate1@example.com", "later@example.com"])
def test_both_addresses_of_who_changed_theirs_are_one_person(
    db: Database, asked: Asked, asked_for: str
) -> None:
    change_address(db, asked.candidate, "later@example.com")
    second = db.interview(asked.recruiter, "Second")
    db.invite(asked.recruiter, second, "later@example.com")
    assert held(db, asked_for)["invites"] == 2
    erase(db, asked_for)
    assert everywhere(db, asked.email, "later@example.com", asked.candidate) == []


def test_an_invite_that_another_account_redeemed_stays_theirs(db: Database, asked: Asked) -> None:
    """The address was once another person's, who has a different one now."""
    change_address(db, asked.candidate, "later@example.com")
    newcomer = db.account(asked.email)
    second = db.interview(asked.recruiter, "Second")
    own = db.invite(asked.recruiter, second, "newcomer@example.com")
    change_address(db, newcomer, "newcomer@example.com")
    db.accept(newcomer, own["invite_code"])
    change_address(db, newcomer, asked.email)
    assert erase(db, "newcomer@example.com")["participations"] == 1
    left = held(db, "later@example.com")
    assert (left["participations"], left["invites"]) == (1, 1)


def test_an_address_that_is_not_confirmed_may_be_another_persons(
    db: Database, asked: Asked
) -> None:
    change_address(db, asked.candidate, "later@example.com")
    with db.superuser():
        sql = "update auth.users set email_confirmed_at = null where id = %s"
        db.run(sql, asked.candidate)
    second = db.interview(asked.recruiter, "Second")
    db.invite(asked.recruiter, second, "later@example.com")
    assert held(db, asked.email)["invites"] == 1


def test_an_account_that_other_tables_refer_to_is_left(db: Database, asked: Asked) -> None:
    with db.superuser():
        db.run("create table public.orders (buyer uuid references auth.users (id))")
        db.run("insert into public.orders values (%s)", asked.candidate)
    erased = erase(db, asked.email)
    assert (erased["accounts"], erased["accounts_left"], erased["participations"]) == (0, 1, 1)
    assert held(db, asked.email) == {"addresses": 1, "accounts": 1}


def test_invites_without_an_account_are_erased(db: Database, scene: Scene) -> None:
    db.invite(scene.recruiter, scene.interview, "noaccount@example.com")
    erased = erase(db, "noaccount@example.com")
    assert (erased["invites"], erased["mails"], erased["accounts"]) == (1, 1, 0)


# ---- by a recruiter ----------------------------------------------------------------------------


@pytest.mark.parametrize("named_by", ["invite", "participant"])
def test_a_recruiter_erases_a_candidate(db: Database, asked: Asked, named_by: str) -> None:
    take = give_everything(db, asked)
    erased = db.as_user(asked.recruiter).value(ERASE_CANDIDATE, getattr(asked, named_by))
    assert erased == {
        **{"participations": 1, "responses": 2, "invites": 1, "mails": 2, "removals_open": 1},
    }
    assert everywhere(db, asked.invite) == []
    assert claim(db, kinds=["candidate_completed"]) == []
    assert everywhere(db, take["path"]) == ["private.jobs"]
    # The invite to the second interview, with its mail, the general one, and the account.
    assert held(db, asked.email) == {
        **{"addresses": 1, "accounts": 1, "code_requests": 1, "notifications": 1},
        **{"templates": 1, "invites": 1, "jobs": 2},
    }
    again = db.as_user(asked.recruiter).refused(ERASE_CANDIDATE, getattr(asked, named_by))
    assert again.slug == "participant_not_found"


def test_all_invites_to_the_address_go_along(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter).value("select public.revoke_invite(%s)", scene.invite)
    second = db.invite(scene.recruiter, scene.interview, scene.email)
    erased = db.value(ERASE_CANDIDATE, second["invite_id"])
    assert (erased["invites"], erased["mails"]) == (2, 2)
    assert db.invite(scene.recruiter, scene.interview, scene.email)["outcome"] == "created"


def test_another_recruiters_candidate_is_as_unknown_as_nobody(db: Database, asked: Asked) -> None:
    stranger = db.account()
    db.interview(stranger)
    ids: list[Any] = [asked.invite, asked.participant, uuid.uuid4(), asked.interview, None]
    refusals = [db.as_user(stranger).refused(ERASE_CANDIDATE, id) for id in ids]
    assert all(refusal == refusals[0] for refusal in refusals)
    assert refusals[0].slug == "participant_not_found"
    assert db.as_user(asked.candidate).refused(ERASE_CANDIDATE, asked.participant) == refusals[0]
    assert held(db, asked.email)["participations"] == 1

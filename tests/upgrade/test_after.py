"""After the upgrade the main flow works with the rows of the first version."""

from collections.abc import Iterator

import psycopg
import pytest

from local.postgres import Cluster
from tests.kit import responses
from tests.kit.database import Database
from tests.upgrade.conftest import Project, row_id


@pytest.fixture
def db(upgraded: Project, cluster: Cluster) -> Iterator[Database]:
    """The upgraded database, as anybody."""
    connection: psycopg.Connection[object]
    with psycopg.connect(cluster.url(upgraded.name)) as connection:
        yield Database(connection)
        connection.rollback()


def test_a_code_of_the_first_version_opens_its_interview(db: Database) -> None:
    candidate = db.account("NullStatus@example.com")
    accepted = db.accept(candidate, "000302")
    assert accepted["interview_id"] == str(row_id("101"))
    assert accepted["invite_id"] == str(row_id("302"))
    assert accepted["status"] == "active"
    assert db.value("select public.complete_interview(%s)", row_id("101"))["status"] == "completed"
    db.as_owner()
    assert (
        db.value("select status from public.interview_invites where id = %s", row_id("302"))
        == "completed"
    )


def test_who_had_let_himself_in_redeems_his_code(db: Database) -> None:
    accepted = db.accept(row_id("b4"), "000301")
    assert accepted["participant_id"] == str(row_id("404"))
    assert accepted["status"] == "active"


def test_expired_codes_say_so(db: Database) -> None:
    db.as_user(db.account("many@example.com"))
    assert db.refused("select public.accept_invite('000311')").slug == "invite_expired"
    db.accept(db.account("old@example.com"), "123456")  # a wrong guess
    assert db.refused("select public.accept_invite('000351')").slug == "invite_expired"


def test_who_had_joined_completes(db: Database) -> None:
    db.as_user(row_id("b1"))
    assert db.value("select count(*) from public.interview_questions") == 2
    db.run("update public.interview_participants set status = 'completed'")
    db.as_owner()
    assert (
        db.value("select status from public.interview_invites where id = %s", row_id("341"))
        == "completed"
    )


@pytest.mark.parametrize(
    "way",
    [
        "select public.complete_interview('{interview}')",
        "update public.interview_participants set status = 'completed'"
        " where interview_id = '{interview}'",
    ],
)
def test_nobody_who_is_under_way_is_stopped(db: Database, way: str) -> None:
    """Nothing is required of them that the first version did not ask for."""
    under_way = db.rows(
        "select id, interview_id, user_id from public.interview_participants"
        " where status = 'active'"
    )
    for row in under_way:
        with db.connection.transaction(force_rollback=True):
            db.as_user(row["user_id"]).run(way.format(interview=row["interview_id"]))
            found = db.participant_row(row["interview_id"], row["user_id"])
            assert found["status"] == "completed"
    assert len(under_way) > 1


def test_who_had_joined_can_record_and_write(db: Database) -> None:
    """As soon as they agree to it; their interview takes video and sound."""
    candidate = row_id("b1")
    (first, second) = db.as_user(candidate).rows(
        "select id from public.interview_questions order by order_index"
    )
    assert db.refused(responses.START, first["id"], "video/webm").slug == "consent_required"
    db.value(responses.CONSENT, row_id("101"), True)
    take = responses.record(db, candidate, first["id"])
    assert (take["takes_left"], take["max_seconds"]) == (2, 180)
    assert db.refused(responses.WRITE, second["id"], "Because.").slug == "kind_not_allowed"
    db.value(responses.COMPLETE, row_id("101"))
    db.as_user(row_id("a1"))
    assert db.value("select question from public.interview_responses") == "First"
    assert responses.faults(db) == {}


def test_questions_of_the_first_version_can_be_deleted(db: Database) -> None:
    """Nobody has answered them."""
    db.as_user(row_id("a1"))
    assert db.run("delete from public.interview_questions where interview_id = %s", row_id("101"))


def test_maintenance_finds_nothing_to_do_about_responses(db: Database) -> None:
    said = db.as_service().value("select public.run_maintenance()")
    assert (said["submitted"], said["responses_expired"], said["swept"]) == (0, 0, 0)


def test_the_recruiter_goes_on(db: Database) -> None:
    db.as_user(row_id("a1"))
    outcome = db.value("select public.resend_invite(%s)", row_id("302"))
    assert (outcome["outcome"], outcome["invite_code"]) == ("renewed", "000302")
    outcome = db.value("select public.resend_invite(%s)", row_id("351"))
    assert outcome["outcome"] == "created"
    assert (
        db.value("select public.create_interview('Next', emails => '{x@example.com}')")["invites"][
            0
        ]["outcome"]
        == "created"
    )
    stats = db.one("select * from public.interview_stats where interview_id = %s", row_id("101"))
    assert (stats["joined"], stats["completed"], stats["withdrawn"]) == (5, 2, 0)
    db.as_owner()
    with db.superuser():
        assert db.value("select count(*) from private.jobs") == 3


def test_strangers_see_nothing(db: Database) -> None:
    db.as_user(db.account("stranger@example.com"))
    for table in ("interviews", "interview_questions", "interview_invites"):
        assert db.rows(f"select from public.{table}") == []
    db.as_anon()
    assert db.refused("select from public.interviews").code == "42501"

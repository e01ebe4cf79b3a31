"""After the upgrade the main flow works with the rows of the first version."""

from collections.abc import Iterator

import psycopg
import pytest

from local.postgres import Cluster
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

"""Who has unsubscribed stays so when their account gets another address."""

import pytest

from tests.kit import responses
from tests.kit.database import Database, Row, Scene
from tests.kit.responses import Asked, record
from tests.sql.jobs import maintain
from tests.sql.subscribing import another, change, claimed, seen, token

NEW = "new@example.com"


def move(db: Database, asked: Asked, email: str) -> None:
    """The candidate's account gets another address."""
    with db.superuser():
        db.run("update auth.users set email = %s where id = %s", email, asked.candidate)


def reminded(db: Database, asked: Asked) -> list[Row]:
    """The candidate has answered, and a new deadline has passed."""
    db.pass_time("2 days")
    db.as_owner().run(
        "update public.interviews set deadline = now() - interval '1 minute' where id = %s",
        asked.interview,
    )
    maintain(db)
    return claimed(db)


@pytest.fixture
def answered(db: Database, scene: Scene) -> tuple[Asked, str]:
    """A candidate who has answered, and the link of their invitation."""
    link = token(db)
    asked = responses.ask(db, scene, {})
    record(db, asked.candidate, asked.questions[0])
    return asked, link


def test_it_takes_along_what_was_stopped(db: Database, answered: tuple[Asked, str]) -> None:
    asked, link = answered
    move(db, asked, NEW)
    assert [mail["email"] for mail in reminded(db, asked)] == [NEW]
    change(db, link, False)
    assert reminded(db, asked) == []
    assert db.as_user(asked.candidate).value("select public.resubscribe()") == {"recruiters": 1}
    assert [mail["email"] for mail in reminded(db, asked)] == [NEW]


def test_its_link_stops_what_comes_to_a_third_one(
    db: Database, answered: tuple[Asked, str]
) -> None:
    asked, _ = answered
    move(db, asked, NEW)
    (mail,) = reminded(db, asked)
    change(db, mail["unsubscribe_token"], False)
    assert seen(db, asked)
    move(db, asked, "third@example.com")
    assert reminded(db, asked) == []
    move(db, asked, NEW)
    change(db, mail["unsubscribe_token"], True)
    assert not seen(db, asked)
    assert [mail["email"] for mail in reminded(db, asked)] == [NEW]


def test_a_transfer_takes_it_along_as_well(db: Database, answered: tuple[Asked, str]) -> None:
    asked, _ = answered
    move(db, asked, NEW)
    another(db, asked.recruiter, NEW)
    change(db, token(db), False)
    db.as_owner().run(
        "update public.interviews set recruiter_id = %s where id = %s",
        db.account(),
        asked.interview,
    )
    assert reminded(db, asked) == []

"""create_invites at its limits, on servers that cut off lists and cancel slow statements."""

from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest

from tests.http.api import Api, Scene, refusal, value
from tests.kit.waiting import at_once

MOST = 10_000


@pytest.fixture
def scene(api: Api) -> Iterator[Scene]:
    """A scene whose invites do not affect other tests."""
    scene = api.scene()
    yield scene
    api.sql("delete from public.interviews where id = %s", scene.interview_id)


def addresses(count: int, start: int = 0) -> list[str]:
    return [f"bulk{number}@example.com" for number in range(start, start + count)]


def test_ten_thousand_of_every_kind(api: Api, scene: Scene) -> None:
    scene.joined()
    odd: list[str | None] = [None, "", "no address", "BULK0@Example.com ", scene.candidate.email]
    emails = addresses(MOST - len(odd)) + odd
    rows = value(api.service.rpc("create_invites", interview_id=scene.interview_id, emails=emails))
    assert [row["email"] for row in rows[: -len(odd)]] == emails[: -len(odd)]
    assert {row["outcome"] for row in rows[: -len(odd)]} == {"created"}
    assert [(row["email"], row["outcome"]) for row in rows[-len(odd) :]] == [
        (None, "invalid_email"),
        ("", "invalid_email"),
        ("no address", "invalid_email"),
        ("bulk0@example.com", "duplicate_in_request"),
        (scene.candidate.email, "already_joined"),
    ]
    assert len({row["invite_code"] for row in rows}) == len(emails) - len(odd) + 1
    # A list of rows is cut, and nothing says so.
    assert len(scene.recruiter.rows("interview_invites")) == 1000

    again = value(api.service.rpc("create_invites", interview_id=scene.interview_id, emails=emails))
    assert Counter(row["outcome"] for row in again) == {
        "unchanged": MOST - len(odd),
        "invalid_email": 3,
        "duplicate_in_request": 1,
        "already_joined": 1,
    }


def test_two_at_once_lose_no_address(api: Api, scene: Scene) -> None:
    """Each has half of the other's addresses, in the opposite order."""
    lists = [addresses(MOST), addresses(MOST, start=MOST // 2)[::-1]]
    invite = partial(api.service.rpc, "create_invites", interview_id=scene.interview_id)
    answers = [
        value(answer) for answer in at_once([partial(invite, emails=emails) for emails in lists])
    ]
    assert [[row["email"] for row in rows] for rows in answers] == lists
    outcomes = Counter(row["outcome"] for rows in answers for row in rows)
    assert outcomes == {"created": MOST * 3 // 2, "unchanged": MOST // 2}
    (invited,) = api.sql(
        "select count(*) as invites, count(distinct i.email) as people, count(j.id) as mails"
        " from public.interview_invites i left join private.jobs j on j.subject = i.id"
        " where i.interview_id = %s",
        scene.interview_id,
    )
    # And the scene's own candidate.
    assert invited == dict.fromkeys(("invites", "people", "mails"), MOST * 3 // 2 + 1)


def test_one_too_many(api: Api, scene: Scene) -> None:
    answer = api.service.rpc(
        "create_invites", interview_id=scene.interview_id, emails=addresses(MOST + 1)
    )
    assert refusal(answer) == (413, "PT413", "too_many_emails")


def test_a_recruiter_has_a_limit_a_day(api: Api, scene: Scene) -> None:
    api.sql("update private.settings set invites_per_day_at_first = invites_per_day")
    # The scene's own invite is one of the thousand.
    answer = scene.recruiter.rpc(
        "create_invites", interview_id=scene.interview_id, emails=addresses(1000)
    )
    assert refusal(answer) == (429, "PT429", "invites_per_day_reached")
    rows = value(
        scene.recruiter.rpc(
            "create_invites", interview_id=scene.interview_id, emails=addresses(999)
        )
    )
    assert {row["outcome"] for row in rows} == {"created"}

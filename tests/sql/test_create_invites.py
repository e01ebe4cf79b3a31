"""create_invites: many addresses, one outcome each, in the order given."""

import random
import uuid
from collections import Counter
from functools import partial
from typing import Any

import pytest

from tests.kit.database import UNLIMITED, Database, Refusal, Row, Scene, at_once, committed
from tests.sql.jobs import accept_all, claim

CREATE = "select public.create_invites(%s, %s)"


def create(db: Database, interview: uuid.UUID, *emails: str | None) -> list[Row]:
    found: list[Row] = db.value(CREATE, interview, list(emails))
    return found


def outcomes(rows: list[Row]) -> list[str]:
    return [row["outcome"] for row in rows]


# ---- outcomes ------------------------------------------------------------------------------


def test_every_outcome_in_the_order_given(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    waiting = db.invite(scene.recruiter, scene.interview, "waiting@example.com")
    db.pass_time("11 minutes")
    fresh = db.invite(scene.recruiter, scene.interview, "fresh@example.com")
    rows = create(
        db,
        scene.interview,
        *("No Address", "WAITING@example.com ", "new@example.com", None, "New@Example.com"),
        *(
            scene.email,
            "fresh@example.com",
            "waiting@example.com",
            "No Address",
            "last@example.com",
        ),
    )
    nothing = {"invite_id": None, "invite_code": None}
    assert [row for row in rows if row["outcome"] != "created"] == [
        {"email": "No Address", "outcome": "invalid_email", **nothing},
        {**waiting, "outcome": "renewed"},
        {"email": None, "outcome": "invalid_email", **nothing},
        {"email": "new@example.com", "outcome": "duplicate_in_request", **nothing},
        {"email": scene.email, "outcome": "already_joined", **nothing},
        {**fresh, "outcome": "unchanged"},
        {"email": "waiting@example.com", "outcome": "duplicate_in_request", **nothing},
        {"email": "No Address", "outcome": "invalid_email", **nothing},
    ]
    assert [rows.index(row) for row in rows if row["outcome"] == "created"] == [2, 9]
    for row in (rows[2], rows[9]):
        stored = db.invite_row(row["invite_id"])
        assert (stored["email"], stored["invite_code"]) == (row["email"], row["invite_code"])
        assert (stored["status"], stored["recruiter_name"]) == ("pending", "Rita Recruiter")
        assert stored["recruiter_id"] == scene.recruiter
        assert db.jobs(row["invite_id"]) == ["queued"]


def test_nobody_else_s_invites_are_mixed_up(db: Database, scene: Scene) -> None:
    """The same address in another interview does not matter."""
    other = db.scene("someone@example.com")
    db.as_user(other.recruiter)
    assert outcomes(create(db, other.interview, scene.email)) == ["created"]
    db.as_user(scene.recruiter)
    assert outcomes(create(db, scene.interview, scene.email)) == ["unchanged"]


def test_who_has_joined_is_known_by_the_address_of_the_invite_alone(
    db: Database, scene: Scene
) -> None:
    """An account may have a new address, which the recruiter must not learn."""
    db.accept(scene.candidate, scene.code)
    with db.superuser():
        db.run("update auth.users set email = 'Moved@example.com' where id = %s", scene.candidate)
    db.as_user(scene.recruiter)
    both = ["already_joined", "created"]
    emails = [scene.email, "moved@example.com"]
    preview = "select public.preview_invites(%s, %s)"
    assert outcomes(db.value(preview, scene.interview, emails)) == both
    with db.connection.transaction(force_rollback=True):
        insert = "insert into public.interview_invites (interview_id, email) values (%s, %s)"
        assert db.run(insert, scene.interview, emails[1]) == 1
    with db.connection.transaction(force_rollback=True):
        typo = db.invite(scene.recruiter, scene.interview, "typo@example.com")["invite_id"]
        corrected = db.value("select public.correct_invite(%s, %s)", typo, emails[1])
        assert corrected["outcome"] == "corrected"
    assert outcomes(create(db, scene.interview, *emails)) == both


@pytest.mark.parametrize(
    ("call", "outcome"),
    [("complete_interview", "already_joined"), ("withdraw_from_interview", "created")],
)  # noqa: E501
def test_who_withdrew_may_be_invited_again(
    db: Database, scene: Scene, call: str, outcome: str
) -> None:
    db.accept(scene.candidate, scene.code)
    db.value(f"select public.{call}(%s)", scene.interview)
    db.as_user(scene.recruiter)
    assert outcomes(create(db, scene.interview, scene.email)) == [outcome]


def test_a_participants_new_address_is_not_told(db: Database, scene: Scene) -> None:
    """A recruiter may know who has joined by the address that they invited, and by no other."""
    db.accept(scene.candidate, scene.code)
    with db.superuser():
        db.run("update auth.users set email = 'new@example.com' where id = %s", scene.candidate)
    db.as_user(scene.recruiter)
    assert outcomes(create(db, scene.interview, "new@example.com", scene.email)) == [
        "created",
        "already_joined",
    ]
    preview = db.value("select public.preview_invites(%s, '{new@example.com}')", scene.interview)
    assert preview[0]["outcome"] == "unchanged"


def test_hostile_addresses_come_back_as_they_were_sent(db: Database, scene: Scene) -> None:
    hostile = [
        *("a\u200b@example.com", "a\u202eb@example.com", "a\x01@example.com", "x" * 100_000),
        *("a@example.com\r\nBcc: b@example.com", "{}", '"', "\\", "'; drop table x; --", ""),
    ]
    db.as_user(scene.recruiter)
    rows = create(db, scene.interview, *hostile)
    assert [(row["email"], row["outcome"]) for row in rows] == [
        (email, "invalid_email") for email in hostile
    ]


# ---- renewing --------------------------------------------------------------------------------


def test_renewing_keeps_the_code_extends_the_expiry_and_queues_one_mail(
    db: Database, scene: Scene
) -> None:
    claim(db)
    db.pass_time("11 minutes")
    accept_all(db)
    db.as_user(scene.recruiter)
    (row,) = create(db, scene.interview, scene.email)
    assert (row["outcome"], row["invite_id"], row["invite_code"]) == (
        "renewed",
        str(scene.invite),
        scene.code,
    )
    stored = db.invite_row(scene.invite)
    now = db.value("select now()")
    assert (stored["queued_at"], (stored["expires_at"] - now).days) == (now, 30)
    assert (stored["delivery_status"], stored["recruiter_name"]) == ("queued", "Rita Recruiter")
    assert db.jobs(scene.invite) == ["queued"]
    # A second time at once queues nothing.
    assert outcomes(create(db, scene.interview, scene.email)) == ["unchanged"]
    assert db.jobs(scene.invite) == ["queued"]


@pytest.mark.parametrize(
    ("passed", "outcome"), [("9 minutes 59 seconds", "unchanged"), ("10 minutes", "renewed")]
)  # noqa: E501
def test_ten_minutes_lie_between_two_mails(
    db: Database, scene: Scene, passed: str, outcome: str
) -> None:
    db.pass_time(passed)
    db.as_user(scene.recruiter)
    assert outcomes(create(db, scene.interview, scene.email)) == [outcome]


def test_a_mail_that_still_waits_is_not_doubled(db: Database, scene: Scene) -> None:
    db.pass_time("11 minutes")
    db.as_user(scene.recruiter)
    assert outcomes(create(db, scene.interview, scene.email)) == ["renewed"]
    assert db.jobs(scene.invite) == ["queued"]


def test_a_longer_expiry_is_not_shortened(db: Database, scene: Scene) -> None:
    db.as_owner().run("update public.interview_invites set expires_at = now() + interval '1 year'")
    db.pass_time("1 day")
    before = db.invite_row(scene.invite)["expires_at"]
    db.as_user(scene.recruiter)
    assert outcomes(create(db, scene.interview, scene.email)) == ["renewed"]
    assert db.invite_row(scene.invite)["expires_at"] == before


def test_an_expired_invite_is_followed_by_a_new_one(db: Database, scene: Scene) -> None:
    """Whether or not maintenance has expired it before."""
    db.pass_time("30 days")
    db.as_user(scene.recruiter)
    (row,) = create(db, scene.interview, scene.email)
    assert row["outcome"] == "created"
    assert row["invite_code"] != scene.code
    assert db.invite_row(scene.invite)["status"] == "expired"
    assert db.jobs(row["invite_id"]) == ["queued"]


@pytest.mark.parametrize(
    ("given", "first", "second"),
    [
        (None, "Rita Recruiter", "Rita Recruiter"),
        ("Bob\n", "Bob", "Bob"),
        (" ", "Rita Recruiter", "Rita Recruiter"),
        ("A" * 101, "A" * 100, "A" * 100),
        ("A" * 99 + " B", "A" * 99, "A" * 99),
    ],
)
def test_the_name_that_signs(
    db: Database, scene: Scene, given: str | None, first: str, second: str
) -> None:
    call = "select public.create_invites(%s, %s, %s)"
    (row,) = db.as_user(scene.recruiter).value(call, scene.interview, ["n@example.com"], given)
    assert db.invite_row(row["invite_id"])["recruiter_name"] == first
    db.pass_time("11 minutes")
    db.value(call, scene.interview, ["n@example.com"], None)
    assert db.invite_row(row["invite_id"])["recruiter_name"] == second
    db.pass_time("11 minutes")
    db.value(call, scene.interview, ["n@example.com"], "Carla")
    assert db.invite_row(row["invite_id"])["recruiter_name"] == "Carla"


# ---- refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("emails", "code", "slug"),
    [
        (None, "PT400", "no_emails"),
        ([], "PT400", "no_emails"),
        (["x@example.com"] * 10_001, "PT413", "too_many_emails"),
    ],
)
def test_too_few_and_too_many(
    db: Database, scene: Scene, emails: list[str] | None, code: str, slug: str
) -> None:
    refusal = db.as_user(scene.recruiter).refused(CREATE, scene.interview, emails)
    assert (refusal.code, refusal.slug) == (code, slug)


@pytest.mark.parametrize(
    "closing", ["status = 'inactive'", "status = 'completed'", "deadline = now()"]
)
def test_a_closed_interview(db: Database, scene: Scene, closing: str) -> None:
    db.as_user(scene.recruiter).run(f"update public.interviews set {closing}")
    refusal = db.refused(CREATE, scene.interview, ["new@example.com"])
    assert (refusal.code, refusal.slug) == ("PT409", "interview_closed")


@pytest.mark.parametrize("interview", [None, "00000000-0000-4000-8000-000000000000"])
def test_an_interview_that_does_not_exist(
    db: Database, scene: Scene, interview: str | None
) -> None:
    for speaker in [db.as_user(scene.recruiter), db.as_service(), db.as_owner()]:
        refusal = speaker.refused(CREATE, interview, ["new@example.com"])
        assert (refusal.code, refusal.slug) == ("PT404", "interview_not_found")


def test_service_and_dba_invite_to_any_interview(db: Database, scene: Scene) -> None:
    for n, speaker in enumerate([db.as_service(), db.as_owner()]):
        assert outcomes(create(speaker, scene.interview, f"{n}@example.com")) == ["created"]


def test_the_way_round_the_triggers_is_closed_again(db: Database, scene: Scene) -> None:
    """After a call, a code in a plain insert is refused as before."""
    db.as_user(scene.recruiter)
    create(db, scene.interview, "one@example.com")
    refusal = db.refused(
        "insert into public.interview_invites (interview_id, email, invite_code)"
        " values (%s, 'two@example.com', '123456')",
        scene.interview,
    )
    assert refusal.slug == "code_not_allowed"


# ---- many ------------------------------------------------------------------------------------


def crowd(size: int) -> list[str | None]:
    """Addresses of all kinds, in no order; of ten, one is malformed, one a repetition."""
    emails: list[str | None] = []
    for n in range(size // 10):
        emails += [f"person{n}.{k}@example.com" for k in range(8)]
        emails += [f"PERSON{n}.0@Example.com ", None if n % 2 else f"person{n}"]
    random.Random(size).shuffle(emails)
    return emails


def rows_read(db: Database) -> int:
    """How many rows this transaction has read from tables and indexes so far."""
    with db.superuser():
        return int(
            db.value("select sum(seq_tup_read + idx_tup_fetch) from pg_stat_xact_user_tables")
        )


def test_10000_addresses_in_one_call_read_a_few_rows_each(db: Database, scene: Scene) -> None:
    db.as_owner().run(UNLIMITED)
    read = {}
    joined = db.account("person0.7@example.com")
    for size in (2_500, 10_000):
        interview = db.interview(scene.recruiter)
        code = db.invite(scene.recruiter, interview, "person0.7@example.com")["invite_code"]
        db.accept(joined, code)
        db.as_user(scene.recruiter)
        emails = crowd(size)
        before = rows_read(db)
        rows = create(db, interview, *emails)
        read[size] = rows_read(db) - before

        assert len(rows) == size
        for email, row in zip(emails, rows, strict=True):
            if row["outcome"] == "invalid_email":
                assert row["email"] == email
            else:
                assert email and row["email"] == email.strip().lower()
        assert Counter(outcomes(rows)) == {
            "created": size * 8 // 10 - 1,
            "invalid_email": size // 10,
            "duplicate_in_request": size // 10,
            "already_joined": 1,
        }
        codes = [row["invite_code"] for row in rows if row["outcome"] == "created"]
        assert len(set(codes)) == len(codes)
        pending = db.rows(
            "select invite_code from public.interview_invites"
            " where interview_id = %s and status = 'pending'",
            interview,
        )
        assert {row["invite_code"] for row in pending} == set(codes)
    # A few an address; comparing every pair would make them thousands.
    assert all(rows < 10 * size for size, rows in read.items()), read


def test_concurrent_calls_lose_nothing_and_do_not_deadlock(url: str) -> None:
    """Two of 10,000, in opposite orders, half of their addresses the same; and single inserts."""
    with committed(url) as db:
        db.as_owner().run(UNLIMITED)
        scene = db.scene()
        other = db.interview(scene.recruiter)
    first = [f"p{n}@example.com" for n in range(10_000)]
    second = [f"p{n}@example.com" for n in reversed(range(5_000, 15_000))]
    singles = [f"s{n}@example.com" for n in range(40)]

    def invite(emails: list[str], db: Database) -> Any:
        db.as_user(scene.recruiter)
        return Counter(outcomes(create(db, scene.interview, *emails)))

    def insert(seed: int, db: Database) -> Any:
        mine = random.Random(seed).sample(singles, len(singles))
        db.as_user(scene.recruiter)
        return db.run(
            "insert into public.interview_invites (interview_id, email)"
            " select %s, unnest(%s::text[])",
            scene.interview if seed % 2 else other,
            [f"{seed}{email}" for email in mine],
        )

    answers = at_once(
        url,
        [partial(invite, first), partial(invite, second), *(partial(insert, n) for n in range(6))],
    )
    assert not [answer for answer in answers if isinstance(answer, Refusal)]
    counted: Counter[str] = answers[0] + answers[1]  # type: ignore[operator]
    assert counted == {"created": 15_000, "unchanged": 5_000}
    with committed(url) as db:
        assert db.value("select count(distinct email) from public.interview_invites") == (
            1 + 15_000 + 6 * 40
        )
        assert db.value(
            "select count(*) = count(distinct invite_code) from public.interview_invites"
        ), "one recruiter's are all different"
        assert db.value("select count(distinct subject) from private.jobs") == 15_241


def test_two_who_invite_the_same_address_at_once(url: str) -> None:
    with committed(url) as db:
        scene = db.scene()

    def invite(db: Database) -> str:
        db.as_user(scene.recruiter)
        (row,) = create(db, scene.interview, "new@example.com")
        return f"{row['outcome']} {row['invite_code']}"

    def insert(db: Database) -> str:
        db.as_user(scene.recruiter).run(
            "insert into public.interview_invites (interview_id, email) values (%s, 'new@example.com')",  # noqa: E501
            scene.interview,
        )
        return "created"

    answers = at_once(url, [invite] * 8 + [insert] * 8)
    slugs = Counter(
        answer.slug if isinstance(answer, Refusal) else answer.split()[0] for answer in answers
    )
    assert slugs["created"] == 1
    assert slugs["unchanged"] + slugs["already_invited"] == 15

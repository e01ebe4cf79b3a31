"""The rules of the table interview_invites, for every writer."""

import uuid
from collections.abc import Callable

import pytest

from tests.kit.database import UNLIMITED, Database, Scene

INSERT = "insert into public.interview_invites (interview_id, email) values (%s, %s) returning *"
UPDATE = "update public.interview_invites set {} where id = %s"

# 254 characters.
LONGEST = f"{'l' * 64}@{'d' * 63}.{'e' * 63}.{'f' * 57}.com"
ADDRESSES = {
    "Candidate@Example.COM": "candidate@example.com",
    "  spaces@example.com\t\r\n": "spaces@example.com",
    "\u00a0pasted@example.com\u200b\ufeff": "pasted@example.com",
    "first.last+Jobs.2026@mail.example.co.uk": "first.last+jobs.2026@mail.example.co.uk",
    "o'brien@example.com": "o'brien@example.com",
    "\u200eoutlook@example.com\u202c": "outlook@example.com",
    "JOERG@BÜCHER.example": "joerg@xn--bcher-kva.example",
    "a@cafe\u0301.example": "a@xn--caf-dma.example",
    "a@例子.广告": "a@xn--fsqu00a.xn--4rr70v",
    "x@xn--bcher-kva.example": "x@xn--bcher-kva.example",
    "a@b.co": "a@b.co",
    "%@example.com": "%@example.com",
    f"{'l' * 64}@example.com": f"{'l' * 64}@example.com",
    f"x@{'d' * 63}.example": f"x@{'d' * 63}.example",
    LONGEST: LONGEST,
}
NO_ADDRESSES = [
    *("", " ", "@", "nobody", "nobody@", "@example.com", "a@b", "a@b.c", "a b@example.com"),
    *("a@exam ple.com", "a@@example.com", "a@b@example.com", ".a@example.com", "a.@example.com"),
    *("a..b@example.com", "a@.example.com", "a@example..com", "a@example.com.", "a@-example.com"),
    *("a@example-.com", "a@example.com-", "a@example.-com", "a@127.0.0.1", "a@[127.0.0.1]"),
    *('"a b"@example.com', "a,b@example.com", "a;b@example.com", "Name <a@example.com>"),
    *("<a@example.com>", "a@example.com;", "a@example.com,b@example.com", "a@b.co|c@d.co"),
    *("a@example.com\nBcc: b@example.com", "a\r@example.com", "a\x01b@example.com"),
    *("a\x7f@example.com", "a\u0085@example.com", "a\u200b@example.com", "a@exa\u200dmple.com"),
    *("\u202eа@example.com", "a\u2066@example.com", "a\u2028@example.com", "a@exam\u2003ple.com"),
    *("a@exam\u1680ple.com", "a@exam\u00a0ple.com", "a\u00ad@example.com", "a\ufe0f@example.com"),
    *(
        "cafe\u0301@example.com",
        "用户@例子.广告",
        "a@b\u0308ü☃.example",
        "“a@example.com",
        "a@b.com،",
    ),
    *("a\U000e0041@example.com", "a@example.com\\", "a\\b@example.com", "a@exa_mple.com"),
    f"{'l' * 65}@example.com",
    f"x@{'d' * 64}.example",
    f"x@{'d.' * 130}example",
    LONGEST.replace("f.com", "ff.com"),
]


# ---- a new row -----------------------------------------------------------------------------


def test_a_new_invite(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter)
    row = db.one(INSERT, scene.interview, "New@Example.com")
    now = db.value("select now()")
    assert {
        "email": "new@example.com",
        "status": "pending",
        "recruiter_id": scene.recruiter,
        "recruiter_name": "Rita Recruiter",
        "created_at": now,
        "queued_at": now,
        "delivery_status": "queued",
        "accepted_at": None,
        "delivery_at": None,
    }.items() <= row.items()
    assert (row["expires_at"] - now).days == 30
    assert row["invite_code"].isascii() and row["invite_code"].isdigit()
    assert len(row["invite_code"]) == 6


@pytest.mark.parametrize(("sent", "stored"), list(ADDRESSES.items()), ids=ascii)
def test_addresses_are_normalized(db: Database, scene: Scene, sent: str, stored: str) -> None:
    db.as_user(scene.recruiter)
    assert db.one(INSERT, scene.interview, sent)["email"] == stored
    assert db.refused(INSERT, scene.interview, stored).slug == "already_invited"


@pytest.mark.parametrize("sent", NO_ADDRESSES, ids=ascii)
def test_what_is_no_address(db: Database, scene: Scene, sent: str) -> None:
    db.as_user(scene.recruiter)
    refusal = db.refused(INSERT, scene.interview, sent[:255])
    assert (refusal.code, refusal.slug) == ("PT400", "invalid_email")
    db.as_owner()
    assert db.value("select private.is_email(private.normalize_email(%s))", sent) is False


def test_no_address_and_one_that_does_not_fit(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter)
    assert db.refused(INSERT, scene.interview, None).slug == "invalid_email"
    assert db.refused(INSERT, scene.interview, f"{'x' * 250}@example.com").code == "22001"


Door = Callable[[Database, Scene], Database]
DOORS: dict[str, Door] = {
    "recruiter": lambda db, scene: db.as_user(scene.recruiter),
    "service_role": lambda db, scene: db.as_service(),
    "owner": lambda db, scene: db.as_owner(),
}


@pytest.mark.parametrize("door", list(DOORS.values()), ids=list(DOORS))
def test_every_door_draws_a_code_and_queues_one_mail(
    db: Database, scene: Scene, door: Door
) -> None:
    row = door(db, scene).one(INSERT, scene.interview, "new@example.com")
    assert row["invite_code"] and row["recruiter_name"] == "Rita Recruiter"
    assert db.jobs(row["id"]) == ["queued"]


@pytest.mark.parametrize("door", list(DOORS.values()), ids=list(DOORS))
@pytest.mark.parametrize(
    ("column", "value", "code", "slug"),
    [
        ("invite_code", "123456", "PT400", "code_not_allowed"),
        ("invite_code", "", "PT400", "code_not_allowed"),
        ("invite_code", "1234567", "22001", None),
        ("status", "accepted", "PT400", "status_not_allowed"),
        ("status", "expired", "PT400", "status_not_allowed"),
        ("status", None, "23502", None),
    ],
)
def test_what_cannot_be_chosen(
    db: Database, scene: Scene, door: Door, column: str, value: str, code: str, slug: str | None
) -> None:
    refusal = door(db, scene).refused(
        f"insert into public.interview_invites (interview_id, email, {column})"
        " values (%s, 'new@example.com', %s)",
        scene.interview,
        value,
    )
    assert refusal.code == code
    assert slug is None or refusal.slug == slug


def test_stamps_sent_along_are_replaced(db: Database, scene: Scene) -> None:
    row = db.as_owner().one(
        "insert into public.interview_invites (interview_id, email, created_at, accepted_at,"
        " completed_at, revoked_at, renewal_requested_at, reminded_at, reminded_for, queued_at,"
        " delivery_status, delivery_at, delivery_error, is_limited, recruiter_id)"
        " values (%s, 'new@example.com', '2001-01-01', now(), now(), now(), now(), now(), '1 day',"
        " null, 'failed', now(), 'E', true, %s)"
        " returning *",
        scene.interview,
        scene.candidate,
    )
    now = db.value("select now()")
    assert (row["created_at"], row["queued_at"], row["delivery_status"]) == (now, now, "queued")
    assert (row["recruiter_id"], row["is_limited"]) == (scene.recruiter, False)
    stamps = ["accepted_at", "completed_at", "revoked_at", "renewal_requested_at", "reminded_at"]
    stamps += ["reminded_for", "delivery_at", "delivery_error"]
    assert not any(row[name] for name in stamps)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Ann", "Ann"),
        ("  Ann \u00a0", "Ann"),
        ("Ann\r\nBcc: boss", "Ann Bcc: boss"),
        ("\u202eAnn", "Ann"),
        ("", "Rita Recruiter"),
        ("\n", "Rita Recruiter"),
        (None, "Rita Recruiter"),
        ("A" * 100, "A" * 100),
    ],
)
def test_the_name_is_fit_for_a_line_of_mail(
    db: Database, scene: Scene, name: str | None, kept: str
) -> None:
    row = db.as_service().one(
        "insert into public.interview_invites (interview_id, email, recruiter_name)"
        " values (%s, 'new@example.com', %s) returning *",
        scene.interview,
        name,
    )
    assert row["recruiter_name"] == kept


def test_hirevision_signs_for_who_has_no_name(db: Database) -> None:
    recruiter = db.account()
    interview = db.interview(recruiter)
    assert db.one(INSERT, interview, "new@example.com")["recruiter_name"] == "HireVision"


# ---- one pending invite --------------------------------------------------------------------


def test_one_pending_invite_per_address_and_interview(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter)
    refusal = db.refused(INSERT, scene.interview, scene.email.upper())
    assert (refusal.code, refusal.slug) == ("PT409", "already_invited")
    assert db.refused(
        "insert into public.interview_invites (interview_id, email)"
        " values (%(id)s, 'two@example.com'), (%(id)s, 'TWO@example.com')",
        {"id": scene.interview},
    ).slug == ("already_invited")
    assert db.one(INSERT, db.interview(scene.recruiter), scene.email)


def test_an_overdue_invite_makes_room(db: Database, scene: Scene) -> None:
    db.pass_time("30 days")
    db.as_user(scene.recruiter)
    row = db.one(INSERT, scene.interview, scene.email)
    assert row["invite_code"] != scene.code
    assert db.invite_row(scene.invite)["status"] == "expired"


@pytest.mark.parametrize(
    "closing", ["status = 'inactive'", "status = 'completed'", "deadline = now()"]
)
@pytest.mark.parametrize("door", list(DOORS.values()), ids=list(DOORS))
def test_a_closed_interview_takes_no_invites(
    db: Database, scene: Scene, door: Door, closing: str
) -> None:
    db.as_user(scene.recruiter).run(f"update public.interviews set {closing}")
    refusal = door(db, scene).refused(INSERT, scene.interview, "new@example.com")
    assert (refusal.code, refusal.slug) == ("PT409", "interview_closed")


def test_the_owner_is_told_of_a_missing_interview(db: Database) -> None:
    refusal = db.as_service().refused(INSERT, uuid.uuid4(), "new@example.com")
    assert (refusal.code, refusal.slug) == ("PT404", "interview_not_found")


@pytest.mark.parametrize(
    ("interview", "email", "code"),
    [
        ("mine", "other@example.com", "taken"),  # a code among the pending
        ("mine", "candidate1@example.com", "other"),  # a second pending one
        ("elsewhere", "candidate1@example.com", "taken"),  # address and code
    ],
)
def test_the_indexes_hold_without_the_triggers(
    db: Database, scene: Scene, interview: str, email: str, code: str
) -> None:
    elsewhere = db.interview(scene.recruiter)
    with db.without_triggers():
        if interview == "elsewhere":
            db.run("update public.interview_invites set status = 'accepted'")
        refusal = db.refused(
            "insert into public.interview_invites"
            " (interview_id, recruiter_id, recruiter_name, email, invite_code)"
            " values (%s, %s, 'R', %s, %s)",
            scene.interview if interview == "mine" else elsewhere,
            scene.recruiter,
            email,
            scene.code if code == "taken" else f"{(int(scene.code) + 1) % 1000000:06}",
        )
    assert refusal.code == "23505"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("email = 'UPPER@example.com'", "23514"),
        ("email = ' a@example.com'", "23514"),
        ("email = 'nobody'", "23514"),
        ("invite_code = '12345'", "23514"),
        ("invite_code = '\uff11\uff12\uff13\uff14\uff15\uff16'", "23514"),
        ("status = 'deleted'", "23514"),
        ("delivery_status = 'lost'", "23514"),
        ("recruiter_name = null", "23502"),
    ],
)
def test_the_checks_hold_without_the_triggers(
    db: Database, scene: Scene, change: str, code: str
) -> None:
    with db.without_triggers():
        assert db.refused(UPDATE.format(change), scene.invite).code == code


def test_expired_rows_of_the_first_version_may_stay_as_they_were(
    db: Database, scene: Scene
) -> None:
    db.as_owner().run(UPDATE.format("status = 'expired'"), scene.invite)
    with db.without_triggers():
        assert db.run(UPDATE.format("email = 'nobody', invite_code = 'ABC'"), scene.invite) == 1


# ---- many in one statement -------------------------------------------------------------------

MANY = (
    "insert into public.interview_invites (interview_id, email)"
    " select %s, 'many' || n || '@example.com' from generate_series(1, %s) as n"
)


def test_a_client_inserts_at_most_1000_in_a_statement(db: Database, scene: Scene) -> None:
    db.as_owner().run(UNLIMITED)
    db.as_user(scene.recruiter)
    refusal = db.refused(MANY, scene.interview, 1_001)
    assert (refusal.code, refusal.slug) == ("PT413", "too_many_rows")
    assert "1001" in (refusal.message or "")
    assert db.value("select count(*) from public.interview_invites") == 1, "nothing is left"
    assert db.run(MANY, scene.interview, 1_000) == 1_000


@pytest.mark.parametrize("door", ["service_role", "owner"])
def test_others_insert_as_many_as_they_like(db: Database, scene: Scene, door: str) -> None:
    assert DOORS[door](db, scene).run(MANY, scene.interview, 1_001) == 1_001


def test_create_invites_takes_10000_of_a_client(db: Database, scene: Scene) -> None:
    db.as_owner().run(UNLIMITED)
    emails = [f"many{n}@example.com" for n in range(10_000)]
    db.as_user(scene.recruiter)
    assert len(db.value("select public.create_invites(%s, %s)", scene.interview, emails)) == 10_000
    assert db.value("select count(*) from public.interview_invites") == 10_001

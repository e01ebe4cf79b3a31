"""Unsubscribing: by the link of an email, undone by the link or when signed in."""

import base64

import pytest

from tests.kit import responses
from tests.kit.database import Database, Scene
from tests.kit.responses import record
from tests.sql.jobs import INVITATION, MAILS, claim, maintain, settle
from tests.sql.subscribing import another, change, claimed, refused, seen, shown, token

# ---- the link --------------------------------------------------------------------------------


def test_links_of_mails_that_were_sent_stay_as_they_are(db: Database) -> None:
    db.as_owner()
    assert db.value(
        "select private.unsubscribe_token(decode(repeat('2a', 32), 'hex'), %s, %s, %s)",
        "10000000-0000-4000-8000-000000000001",
        "30000000-0000-4000-8000-000000000002",
        "ann@example.com",
    ) == ("EAAAAAAAQACAAAAAAAAAATAAAAAAAEAAgAAAAAAAAAJHidLLHU-MzM5GQSqh3xyCfy7wrbZcVzkUQRfgfiDIxQ")


# ---- what stops ------------------------------------------------------------------------------


def test_reminders_stop_and_the_recruiter_sees_it(db: Database, scene: Scene) -> None:
    link = token(db)
    assert shown(db, link) == {"subscribed": True, "recruiter_name": "Rita Recruiter"}
    assert not seen(db, scene)
    assert change(db, link, False) == {"subscribed": False, "recruiter_name": "Rita Recruiter"}
    assert change(db, link, False)["subscribed"] is False, "idempotent"
    assert seen(db, scene)
    db.pass_time("28 days")
    assert maintain(db)["reminders"] == 0
    assert claimed(db) == []


def test_what_was_queued_before_is_not_sent(db: Database, scene: Scene) -> None:
    link = token(db)
    db.pass_time("28 days")
    assert maintain(db)["reminders"] == 1
    another(db, scene.recruiter, scene.email)
    change(db, link, False)
    assert claimed(db) == []
    with db.superuser():
        assert db.value("select count(*) from private.jobs") == 0


def test_reminders_of_submitting_stop_too(db: Database, scene: Scene) -> None:
    link = token(db)
    asked = responses.ask(db, scene, {}, {})
    record(db, asked.candidate, asked.questions[0])
    db.as_owner().run("update public.interviews set deadline = now() - interval '1 minute'")
    maintain(db)
    change(db, link, False)
    assert claimed(db) == []


@pytest.mark.parametrize("way", ["create_invites", "insert", "resend_invite", "correct_invite"])
def test_inviting_again_works_without_a_mail(db: Database, scene: Scene, way: str) -> None:
    change(db, token(db), False)
    if way == "create_invites":
        outcome = another(db, scene.recruiter, scene.email.upper())
    elif way == "insert":
        interview = db.interview(scene.recruiter, "Another one")
        outcome = db.as_user(scene.recruiter).one(
            "insert into public.interview_invites (interview_id, email) values (%s, %s)"
            " returning id::text as invite_id, invite_code, 'unsubscribed' as outcome",
            interview,
            scene.email,
        )
    elif way == "resend_invite":
        db.pass_time("11 minutes")
        outcome = db.as_user(scene.recruiter).value("select public.resend_invite(%s)", scene.invite)
    else:
        wrong = another(db, scene.recruiter, "wrong@example.com")
        claimed(db)
        db.pass_time("1 minute")
        outcome = db.as_user(scene.recruiter).value(
            "select public.correct_invite(%s, %s)", wrong["invite_id"], scene.email
        )
    assert outcome["outcome"] == "unsubscribed"
    assert claimed(db) == []
    assert db.invite_row(outcome["invite_id"])["delivery_status"] == "cancelled"
    assert db.accept(scene.candidate, outcome["invite_code"])["status"] == "active"


def test_a_preview_and_a_list_say_it_of_those_alone(db: Database, scene: Scene) -> None:
    change(db, token(db), False)
    interview = db.interview(scene.recruiter, "Another one")
    emails = [scene.email, "new@example.com", "oops", scene.email]
    said = ["unsubscribed", "created", "invalid_email", "duplicate_in_request"]
    for function in ("preview_invites", "create_invites"):
        outcomes = db.as_user(scene.recruiter).value(
            f"select public.{function}(%s, %s)", interview, emails
        )
        assert [outcome["outcome"] for outcome in outcomes] == said
    assert [mail["email"] for mail in claimed(db)] == ["new@example.com"]


def test_the_backend_sends_it_neither(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    settle(db, mail, "retry", retry_in=0)
    change(db, mail["unsubscribe_token"], False)
    for _ in range(2):
        db.as_service()
        said = db.value("select public.claim_invite_mail(%s, %s, 'w')", scene.email, scene.code)
        assert said == {"delivery": "unsubscribed"}
        assert claimed(db) == []


def test_general_invitations_stop_by_their_own_link(db: Database, scene: Scene) -> None:
    claimed(db)
    invite = "select public.invite_candidates(%s)"
    db.as_service().value(invite, [scene.email])
    link = token(db)
    assert change(db, link, False) == {"subscribed": False, "recruiter_name": None}
    db.pass_time("11 minutes")
    db.as_service().value(invite, [scene.email])
    assert claimed(db) == []
    another(db, scene.recruiter, scene.email)
    assert [mail["kind"] for mail in claimed(db)] == [INVITATION]


# ---- what does not ---------------------------------------------------------------------------


def test_codes_that_a_person_asks_for_come(db: Database, scene: Scene) -> None:
    change(db, token(db), False)
    db.pass_time("1 minute")
    db.as_user(scene.candidate).value("select public.resend_my_codes()")
    assert [mail["email"] for mail in claimed(db)] == [scene.email]
    db.pass_time("11 minutes")
    db.as_user(scene.recruiter).value("select public.resend_invite(%s)", scene.invite)
    assert claimed(db) == [], "the recruiter did not ask for themselves"


def test_a_code_asked_for_comes_when_a_failed_mail_is_retried(db: Database, scene: Scene) -> None:
    change(db, token(db), False)
    db.pass_time("1 minute")
    db.as_user(scene.candidate).value("select public.resend_my_codes()")
    (mail,) = claim(db)
    settle(db, mail, "failed", error="550")
    maintain(db)
    db.value("select public.retry_jobs(%s, now() - interval '1 hour')", MAILS)
    assert [mail["email"] for mail in claimed(db)] == [scene.email]


def test_that_a_person_asked_is_forgotten_when_it_failed(db: Database, scene: Scene) -> None:
    change(db, token(db), False)
    db.pass_time("1 minute")
    db.as_user(scene.candidate).value("select public.resend_my_codes()")
    (mail,) = claim(db)
    settle(db, mail, "failed", error="550")
    db.pass_time("11 minutes")
    db.as_user(scene.recruiter).value("select public.resend_invite(%s)", scene.invite)
    assert claimed(db) == []


def test_other_recruiters_and_other_people_are_not_concerned(db: Database, scene: Scene) -> None:
    change(db, token(db), False)
    other = db.account()
    another(db, other, "somebody@example.com")
    change(db, token(db), False)
    assert another(db, other, scene.email)["outcome"] == "created"
    assert another(db, scene.recruiter, "other@example.com")["outcome"] == "created"
    assert len(claimed(db)) == 2


def test_a_recruiter_learns_nothing_of_others(db: Database, scene: Scene) -> None:
    change(db, token(db), False)
    with db.superuser():
        row = db.value("select i::text from public.interview_invites i")
    asked = "select public.unsubscribed(%s::public.interview_invites)"
    assert db.as_user(scene.recruiter).value(asked, row) is True
    assert db.as_service().value(asked, row) is True
    assert db.as_user(db.account()).value(asked, row) is False


# ---- the way back ----------------------------------------------------------------------------


def test_by_the_same_link(db: Database, scene: Scene) -> None:
    link = token(db)
    change(db, link, False)
    assert change(db, link, True)["subscribed"] is True
    assert change(db, link, True)["subscribed"] is True
    assert another(db, scene.recruiter, scene.email)["outcome"] == "created"
    assert len(claimed(db)) == 1


def test_a_link_lets_only_its_own_mails_come_again(db: Database, scene: Scene) -> None:
    """Not those of other recruiters, nor other people's."""
    another(db, db.account(), scene.email)
    db.invite(scene.recruiter, scene.interview, "other@example.com")
    links = [mail["unsubscribe_token"] for mail in claimed(db)]
    for link in links:
        change(db, link, False)
    for number, link in enumerate(links, 1):
        change(db, link, True)
        assert sum(shown(db, one)["subscribed"] for one in links) == number
    assert len(links) == 3


def test_when_signed_in(db: Database, scene: Scene) -> None:
    change(db, token(db), False)
    other = db.account("other@example.com")
    again, stopped = "select public.resubscribe()", "select public.my_unsubscribes()"
    for function in (stopped, again):
        assert db.as_user(other).value(function) == {"recruiters": 0}
    assert seen(db, scene)
    for function in (stopped, again):
        assert db.as_user(scene.candidate).value(function) == {"recruiters": 1}
    assert db.value(stopped) == {"recruiters": 0}
    assert not seen(db, scene)
    unconfirmed = db.account(scene.email.replace("1", "2"), confirmed=False)
    for function in (stopped, again):
        assert db.as_user(unconfirmed).refused(function).slug == "email_not_confirmed"


def test_what_a_participant_has_stopped_is_no_other_s(db: Database, scene: Scene) -> None:
    change(db, token(db), False)
    db.accept(scene.candidate, scene.code)
    other = db.account("other@example.com")
    for function in ("my_unsubscribes", "resubscribe"):
        for caller, recruiters in (other, 0), (scene.candidate, 1):
            told = db.as_user(caller).value(f"select public.{function}()")
            assert told == {"recruiters": recruiters}


# ---- the link --------------------------------------------------------------------------------


def test_a_link_holds_when_the_interview_is_gone(db: Database, scene: Scene) -> None:
    link = token(db)
    db.as_user(scene.recruiter).run("delete from public.interviews")
    change(db, link, False)
    assert another(db, scene.recruiter, scene.email)["outcome"] == "unsubscribed"


def test_a_link_holds_for_a_participant_whose_account_is_gone(db: Database, scene: Scene) -> None:
    link = token(db)
    db.accept(scene.candidate, scene.code)
    with db.superuser():
        db.run("delete from auth.users where id = %s", scene.candidate)
    assert change(db, link, False)["subscribed"] is False
    assert another(db, scene.recruiter, scene.email)["outcome"] == "unsubscribed"


@pytest.mark.parametrize("transferred", ["before", "after"])
def test_a_transfer_takes_it_along(db: Database, scene: Scene, transferred: str) -> None:
    other = db.invite(scene.recruiter, scene.interview, "other@example.com")
    (link,) = [m["unsubscribe_token"] for m in claimed(db) if m["email"] == scene.email]
    heir = db.account()
    if transferred == "after":
        change(db, link, False)
    db.as_service().value("select public.transfer_interviews(%s, %s)", scene.recruiter, heir)
    if transferred == "before":
        change(db, link, False)
    db.pass_time("11 minutes")
    db.as_user(heir)
    resend = "select public.resend_invite(%s) ->> 'outcome'"
    assert db.value(resend, scene.invite) == "unsubscribed"
    assert db.value(resend, other["invite_id"]) == "renewed"
    assert change(db, link, True)["subscribed"] is True
    assert another(db, heir, scene.email)["outcome"] == "created"
    assert another(db, scene.recruiter, scene.email)["outcome"] == "created"


def test_a_link_tells_no_address(db: Database, scene: Scene) -> None:
    link = token(db)
    content = base64.urlsafe_b64decode(link + "==")
    assert len(content) == 64
    assert b"candidate" not in content
    with db.superuser():
        change(db, link, False)
    stored = db.as_owner().one("select * from private.unsubscribes")
    assert scene.email not in str(stored)


def test_every_bit_of_a_link_is_signed(db: Database, scene: Scene) -> None:
    content = base64.urlsafe_b64decode(token(db) + "==")
    for place in range(len(content)):
        forged = bytearray(content)
        forged[place] ^= 1 << place % 8
        text = base64.urlsafe_b64encode(forged).decode().rstrip("=")
        assert refused(db, text).slug == "link_not_valid"
    with db.superuser():
        assert db.value("select count(*) from private.unsubscribes") == 0


@pytest.mark.parametrize(
    "text", [None, "", "x", "A" * 86, "A" * 85, "A" * 87, "Ä" * 86, "A" * 85 + "\n", "=" * 86]
)
def test_what_is_no_link(db: Database, scene: Scene, text: str | None) -> None:
    assert refused(db, text).slug == "link_not_valid"


def test_parts_of_two_links_make_no_third(db: Database, scene: Scene) -> None:
    """The other recruiter's id with this person's address, and the other way round."""
    another(db, db.account(), "other@example.com")
    one, two = (base64.urlsafe_b64decode(m["unsubscribe_token"] + "==") for m in claimed(db))
    for cut in (16, 32, 48):
        for mixed in (one[:cut] + two[cut:], two[:cut] + one[cut:]):
            text = base64.urlsafe_b64encode(mixed).decode().rstrip("=")
            assert refused(db, text).slug == "link_not_valid"


def test_another_secret_makes_old_links_void(db: Database, scene: Scene) -> None:
    link = token(db)
    db.as_owner().run("update private.settings set link_secret = '\\x00'")
    assert refused(db, link).slug == "link_not_valid"

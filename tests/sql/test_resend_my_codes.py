"""resend_my_codes: candidates have their email sent again."""

import pytest

from tests.kit.database import Database, Row, Scene
from tests.sql.jobs import accept_all


def resend(db: Database, scene: Scene) -> Row:
    db.as_user(scene.candidate)
    answer: Row = db.value("select public.resend_my_codes()")
    return answer


def sent(db: Database, scene: Scene) -> None:
    """The waiting mails have left."""
    accept_all(db)
    db.pass_time("1 minute")


def test_queues_the_mails_of_pending_invites_again(db: Database, scene: Scene) -> None:
    second = db.interview(scene.recruiter, "Second")
    db.invite(scene.recruiter, second, scene.email)
    stranger = db.invite(scene.recruiter, second, "stranger@example.com")
    sent(db, scene)
    assert resend(db, scene) == {"queued": 2, "renewals_requested": 0}
    assert db.jobs(scene.invite) == ["queued"]
    assert db.jobs(stranger["invite_id"]) == []
    row = db.invite_row(scene.invite)
    assert (row["invite_code"], row["delivery_status"]) == (scene.code, "queued")


def test_once_in_15_minutes(db: Database, scene: Scene) -> None:
    assert "queued" in resend(db, scene)
    refusal = resend(db, scene)
    assert (refusal["code"], refusal["details"]) == ("PT429", "codes_sent_recently")
    assert db.value("select current_setting('response.status')") == "429"
    assert db.value("select current_setting('response.headers')") == '[{"Retry-After": "900"}]'
    db.pass_time("14 minutes 59 seconds")
    assert resend(db, scene)["details"] == "codes_sent_recently"
    db.pass_time("1 second")
    assert resend(db, scene) == {"queued": 1, "renewals_requested": 0}
    assert resend(db, scene)["details"] == "codes_sent_recently"


def test_guesses_and_resending_do_not_count_for_each_other(db: Database, scene: Scene) -> None:
    for _ in range(5):
        db.accept(scene.candidate, "000000" if scene.code != "000000" else "000001")
    assert "queued" in resend(db, scene)
    assert db.accept(scene.candidate, scene.code)["details"] == "too_many_attempts"


def test_an_account_with_nothing_to_send_may_ask_again(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    for _ in range(2):
        assert resend(db, scene) == {"queued": 0, "renewals_requested": 0}


def test_asks_for_a_renewal_of_what_has_expired(db: Database, scene: Scene) -> None:
    db.pass_time("30 days")
    assert resend(db, scene) == {"queued": 0, "renewals_requested": 1}
    db.as_user(scene.recruiter)
    asked = db.one("select renewal_requested_at, now() from public.interview_invites")
    assert asked["renewal_requested_at"] == asked["now"]


@pytest.mark.parametrize("first", ["0 days", "31 days"])
def test_a_revoked_invite_is_not_asked_for_again(db: Database, scene: Scene, first: str) -> None:
    """Also if it had expired before, and its candidate had asked."""
    db.pass_time(first)
    if first != "0 days":
        assert resend(db, scene)["renewals_requested"] == 1
        db.pass_time("16 minutes")
    db.as_user(scene.recruiter).value("select public.revoke_invite(%s)", scene.invite)
    assert resend(db, scene) == {"queued": 0, "renewals_requested": 0}
    assert db.invite_row(scene.invite)["renewal_requested_at"] is None
    again = db.invite(scene.recruiter, scene.interview, scene.email)
    assert again["outcome"] == "created"
    assert resend(db, scene) == {"queued": 1, "renewals_requested": 0}
    assert db.accept(scene.candidate, again["invite_code"])["status"] == "active"


@pytest.mark.parametrize("finished", [False, True])
def test_who_made_a_new_account_may_ask(db: Database, scene: Scene, finished: bool) -> None:
    """The code was used by the old one."""
    db.accept(scene.candidate, scene.code)
    if finished:
        db.value("select public.complete_interview(%s)", scene.interview)
    with db.superuser():
        db.run("delete from auth.users where id = %s", scene.candidate)
    newcomer = db.account(scene.email)
    refusal = db.as_user(newcomer).refused("select public.accept_invite(%s)", scene.code)
    assert (refusal.code, refusal.slug) == ("PT410", "invite_expired")
    assert "no longer exists" in str(refusal.message)
    asked = db.value("select public.resend_my_codes()")
    assert asked == {"queued": 0, "renewals_requested": 1}
    again = db.as_user(scene.recruiter).value("select public.resend_invite(%s)", scene.invite)
    assert again["outcome"] == "created"
    assert db.invite_row(scene.invite)["renewal_requested_at"] is None
    assert db.accept(newcomer, again["invite_code"])["status"] == "active"


def test_who_shares_an_address_with_a_participant_may_not_ask(db: Database, scene: Scene) -> None:
    twin = db.account(scene.email.upper())
    db.accept(twin, scene.code)
    assert resend(db, scene) == {"queued": 0, "renewals_requested": 0}


def test_asks_for_no_renewal_of_others(db: Database, scene: Scene) -> None:
    stranger = db.invite(
        scene.recruiter, db.interview(scene.recruiter, "Second"), "stranger@example.com"
    )
    db.pass_time("30 days")
    assert resend(db, scene) == {"queued": 0, "renewals_requested": 1}
    assert db.invite_row(stranger["invite_id"])["renewal_requested_at"] is None


def test_only_the_last_invite_of_an_interview_counts(db: Database, scene: Scene) -> None:
    db.pass_time("30 days")
    db.invite(scene.recruiter, scene.interview, scene.email)
    assert resend(db, scene) == {"queued": 1, "renewals_requested": 0}


def test_participants_need_nothing(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    assert resend(db, scene) == {"queued": 0, "renewals_requested": 0}


def test_participants_ask_for_no_renewal(db: Database, scene: Scene) -> None:
    """Of another invite, which a recruiter may insert."""
    db.accept(scene.candidate, scene.code)
    db.pass_time("1 day")
    db.as_user(scene.recruiter).run(
        "insert into public.interview_invites (interview_id, email) values (%s, %s)",
        scene.interview,
        scene.email,
    )
    db.pass_time("30 days")
    assert resend(db, scene) == {"queued": 0, "renewals_requested": 0}
    db.as_user(scene.candidate).value("select public.withdraw_from_interview(%s)", scene.interview)
    assert resend(db, scene) == {"queued": 0, "renewals_requested": 1}


def test_a_closed_interview_sends_nothing(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter).run("update public.interviews set deadline = now()")
    assert resend(db, scene) == {"queued": 0, "renewals_requested": 0}


def test_only_confirmed_addresses_ask(db: Database, scene: Scene) -> None:
    db.as_user(db.account("unproven@example.com", confirmed=False))
    refusal = db.refused("select public.resend_my_codes()")
    assert (refusal.code, refusal.slug) == ("PT403", "email_not_confirmed")

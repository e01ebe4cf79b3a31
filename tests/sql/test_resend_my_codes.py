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


@pytest.mark.parametrize("by", ["time", "revoking"])
def test_asks_for_a_renewal_of_what_has_expired(db: Database, scene: Scene, by: str) -> None:
    if by == "time":
        db.pass_time("30 days")
    else:
        db.as_user(scene.recruiter).value("select public.revoke_invite(%s)", scene.invite)
    assert resend(db, scene) == {"queued": 0, "renewals_requested": 1}
    db.as_user(scene.recruiter)
    asked = db.one("select renewal_requested_at, now() from public.interview_invites")
    assert asked["renewal_requested_at"] == asked["now"]


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


def test_whoever_has_joined_needs_nothing(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    assert resend(db, scene) == {"queued": 0, "renewals_requested": 0}


def test_whoever_takes_part_asks_for_no_renewal(db: Database, scene: Scene) -> None:
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

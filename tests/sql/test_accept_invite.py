"""accept_invite: the only way into an interview for candidates."""

import uuid
from collections import Counter
from functools import partial

import pytest

from tests.kit.database import Database, Refusal, Row, Scene, at_once, committed

MALFORMED = [
    *(None, "", " ", "12345", "1234567", "abcdef", "12 456", "-12345", "12345\n6", "1" * 100_000),
    *("¹²³⁴⁵⁶", "①②③④⑤⑥", "一二三四五六"),
]


def slug(answer: Row | Refusal) -> str | None:
    """The result of a call: the slug of a refusal, else the participant's status."""
    if isinstance(answer, Refusal):
        return answer.slug
    return str(answer["details"] if "details" in answer else answer["status"])


def redeem(candidate: uuid.UUID, code: str, db: Database) -> Row:
    return db.accept(candidate, code)


def other_code(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_returns_what_the_screen_needs(db: Database, scene: Scene) -> None:
    answer = db.accept(scene.candidate, scene.code)
    participant = db.participant_row(scene.interview, scene.candidate)
    assert answer == {
        "interview_id": str(scene.interview),
        "participant_id": str(participant["id"]),
        "invite_id": str(scene.invite),
        "title": "Frontend Developer",
        "status": "active",
    }
    assert participant["invite_id"] == scene.invite
    invite = db.invite_row(scene.invite)
    assert (invite["status"], invite["accepted_at"]) == ("accepted", participant["joined_at"])


def test_opens_that_interview_and_no_other(db: Database, scene: Scene) -> None:
    db.interview(scene.recruiter, "Another")
    db.as_user(scene.candidate)
    assert db.rows("select id from public.interviews") == []
    db.accept(scene.candidate, scene.code)
    assert db.rows("select id from public.interviews") == [{"id": scene.interview}]


def test_redeeming_again_answers_alike_ever_after(db: Database, scene: Scene) -> None:
    first = db.accept(scene.candidate, scene.code)
    assert db.accept(scene.candidate, scene.code) == first
    db.value("select public.complete_interview(%s)", scene.interview)
    assert db.accept(scene.candidate, scene.code) == {**first, "status": "completed"}
    assert db.invite_row(scene.invite)["status"] == "completed"
    db.as_owner()
    assert db.value("select count(*) from public.interview_participants") == 1


def test_a_withdrawn_participant_stays_so_with_the_old_code(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    db.value("select public.withdraw_from_interview(%s)", scene.interview)
    assert slug(db.accept(scene.candidate, scene.code)) == "withdrawn"


def test_a_withdrawn_participant_returns_by_a_new_invite(db: Database, scene: Scene) -> None:
    first = db.accept(scene.candidate, scene.code)
    db.value("select public.withdraw_from_interview(%s)", scene.interview)
    renewed = db.invite(scene.recruiter, scene.interview, scene.email)
    assert renewed["outcome"] == "created"
    assert db.accept(scene.candidate, renewed["invite_code"]) == {
        **first,
        "invite_id": renewed["invite_id"],
    }
    assert db.invite_row(renewed["invite_id"])["status"] == "accepted"


@pytest.mark.parametrize("status", ["active", "completed"])
def test_another_invite_is_linked_to_the_participation(
    db: Database, scene: Scene, status: str
) -> None:
    first = db.accept(scene.candidate, scene.code)
    second = db.invite(scene.recruiter, scene.interview, "second@example.com")
    db.as_user(scene.candidate)
    if status == "completed":
        db.value("select public.complete_interview(%s)", scene.interview)
    with db.superuser():
        db.run("update auth.users set email = 'second@example.com' where id = %s", scene.candidate)
    # Those who have joined need not redeem a code again.
    db.as_user(scene.recruiter).run("update public.interviews set status = 'inactive'")
    assert db.accept(scene.candidate, second["invite_code"]) == {
        **first,
        "invite_id": second["invite_id"],
        "status": status,
    }
    expected = "accepted" if status == "active" else "completed"
    assert db.invite_row(second["invite_id"])["status"] == expected


@pytest.mark.parametrize("blanks", ["  {}", "{}\t\r\n", "\u00a0{}\u3000", "\ufeff{}\u200b"])
def test_blanks_around_the_code_are_trimmed(db: Database, scene: Scene, blanks: str) -> None:
    assert db.accept(scene.candidate, blanks.format(scene.code))["status"] == "active"


@pytest.mark.parametrize("code", MALFORMED)
def test_malformed_codes_get_an_answer_and_do_not_count(
    db: Database, scene: Scene, code: str | None
) -> None:
    db.as_user(scene.candidate)
    for _ in range(6):
        refusal = db.refused("select public.accept_invite(%s)", code)
        assert (refusal.code, refusal.slug) == ("PT400", "invalid_code")
    assert db.accept(scene.candidate, scene.code)["status"] == "active"


def test_leading_zeros_count(db: Database, scene: Scene) -> None:
    with db.without_triggers():
        db.run("update public.interview_invites set invite_code = '000042'")
    db.as_user(scene.candidate)
    assert db.refused("select public.accept_invite('42')").slug == "invalid_code"
    assert db.accept(scene.candidate, "000042")["status"] == "active"


# ---- identity ------------------------------------------------------------------------------


def test_the_address_is_compared_in_any_letter_case(db: Database) -> None:
    scene = db.scene("Joerg.Mueller+Jobs@Bücher.example")
    assert db.invite_row(scene.invite)["email"] == "joerg.mueller+jobs@xn--bcher-kva.example"
    assert db.accept(scene.candidate, scene.code)["status"] == "active"


@pytest.mark.parametrize(("confirmed", "anonymous"), [(False, False), (True, True)])
def test_the_address_must_be_confirmed(
    db: Database, scene: Scene, confirmed: bool, anonymous: bool
) -> None:
    invite = db.invite(scene.recruiter, scene.interview, "unproven@example.com")
    db.as_user(db.account("unproven@example.com", confirmed=confirmed, anonymous=anonymous))
    refusal = db.refused("select public.accept_invite(%s)", invite["invite_code"])
    assert (refusal.code, refusal.slug) == ("PT403", "email_not_confirmed")


@pytest.mark.parametrize("sub", [None, "00000000-0000-4000-8000-000000000000"])
def test_a_token_of_nobody_is_not_signed_in(db: Database, scene: Scene, sub: str | None) -> None:
    db._be("authenticated", {"sub": sub, "role": "authenticated"} if sub else None)
    refusal = db.refused("select public.accept_invite(%s)", scene.code)
    assert (refusal.code, refusal.slug) == ("PT401", "not_signed_in")


@pytest.mark.parametrize("sub", ["root", "", "42", "user_2abc", "{", "ѐ" * 9])
def test_a_sub_that_is_no_uuid_is_nobody(db: Database, scene: Scene, sub: str) -> None:
    for call in (
        f"accept_invite('{scene.code}')",
        "resend_my_codes()",
        f"complete_interview('{scene.interview}')",
        f"withdraw_from_interview('{scene.interview}')",
        "create_interview('Any')",
        f"reorder_questions('{scene.interview}', '{{}}')",
        f"create_invites('{scene.interview}', '{{a@example.com}}')",
        f"preview_invites('{scene.interview}', '{{a@example.com}}')",
        f"resend_invite('{scene.invite}')",
        f"revoke_invite('{scene.invite}')",
        f"correct_invite('{scene.invite}', 'a@example.com')",
    ):
        db.as_user(sub)
        refusal = db.refused(f"select public.{call}")
        assert (refusal.code, refusal.slug) == ("PT401", "not_signed_in"), call


def test_the_token_s_own_words_about_the_address_count_for_nothing(
    db: Database, scene: Scene
) -> None:
    liar = db.account("liar@example.com")
    with db.superuser():
        db.run(
            "update auth.users set raw_user_meta_data = jsonb_build_object('email', %s::text)",
            scene.email,
        )
    db.as_user(liar, email=scene.email, user_metadata={"email": scene.email})
    assert db.value("select public.accept_invite(%s)", scene.code)["details"] == "invite_not_found"


# ---- refusals ------------------------------------------------------------------------------


def test_wrong_unknown_and_stranger_s_codes_give_the_same_bytes(db: Database, scene: Scene) -> None:
    stranger = db.account()
    other = db.scene("other@example.com")
    answers = []
    for person, code in [
        (scene.candidate, other.code),
        (scene.candidate, other_code(scene.code)),
        (stranger, scene.code),
        (scene.recruiter, scene.code),
    ]:
        db.as_user(person)
        answers.append(
            db.one(
                "select public.accept_invite(%s)::text as body,"
                " current_setting('response.status', true) as status,"
                " current_setting('response.headers', true) as headers",
                code,
            )
        )
    # The columns are evaluated from left to right.
    assert answers[0]["status"] == "404"
    assert "invite_not_found" in answers[0]["body"]
    assert all(answer == answers[0] for answer in answers)


def test_expired_for_the_invited_before_any_job_has_run(db: Database, scene: Scene) -> None:
    db.pass_time("30 days")
    db.as_user(scene.candidate)
    for _ in range(6):  # One's own expired code does not count as a guess.
        refusal = db.refused("select public.accept_invite(%s)", scene.code)
        assert (refusal.code, refusal.slug) == ("PT410", "invite_expired")
    assert db.invite_row(scene.invite)["status"] == "pending"
    assert slug(db.accept(db.account(), scene.code)) == "invite_not_found"


def test_a_revoked_invite_is_expired(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter).value("select public.revoke_invite(%s)", scene.invite)
    db.as_user(scene.candidate)
    assert db.refused("select public.accept_invite(%s)", scene.code).slug == "invite_expired"


@pytest.mark.parametrize(
    "closing", ["status = 'inactive'", "status = 'completed'", "deadline = now()"]
)
def test_a_closed_interview_takes_nobody_in(db: Database, scene: Scene, closing: str) -> None:
    db.as_user(scene.recruiter).run(f"update public.interviews set {closing}")
    db.as_user(scene.candidate)
    refusal = db.refused("select public.accept_invite(%s)", scene.code)
    assert (refusal.code, refusal.slug) == ("PT409", "interview_closed")
    db.as_user(scene.recruiter).run(
        "update public.interviews set status = 'active', deadline = null"
    )
    assert db.accept(scene.candidate, scene.code)["status"] == "active"


def test_a_closed_interview_takes_no_withdrawn_participant_back(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    db.value("select public.withdraw_from_interview(%s)", scene.interview)
    again = db.invite(scene.recruiter, scene.interview, scene.email)
    db.run("update public.interviews set status = 'inactive'")
    db.as_user(scene.candidate)
    refusal = db.refused("select public.accept_invite(%s)", again["invite_code"])
    assert refusal.slug == "interview_closed"


def test_a_revoked_code_says_that_it_was_revoked(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter).value("select public.revoke_invite(%s)", scene.invite)
    row = db.invite_row(scene.invite)
    assert (row["status"], row["revoked_at"]) == ("expired", db.value("select now()"))
    refusal = db.as_user(scene.candidate).refused("select public.accept_invite(%s)", scene.code)
    assert (refusal.code, refusal.slug) == ("PT410", "invite_expired")
    assert "revoked" in str(refusal.message)


def test_used_by_another_account_with_that_address(db: Database, scene: Scene) -> None:
    twin = db.account(scene.email.upper())
    db.accept(twin, scene.code)
    db.as_user(scene.candidate)
    refusal = db.refused("select public.accept_invite(%s)", scene.code)
    assert (refusal.code, refusal.slug) == ("PT409", "invite_used")


# ---- guessing ------------------------------------------------------------------------------


def test_the_sixth_wrong_guess_in_15_minutes_is_refused(db: Database, scene: Scene) -> None:
    for _ in range(5):
        assert slug(db.accept(scene.candidate, other_code(scene.code))) == "invite_not_found"
    # From now on the right code as well, and every further try.
    for code in [other_code(scene.code), scene.code]:
        assert slug(db.accept(scene.candidate, code)) == "too_many_attempts"
    assert db.value("select current_setting('response.status')") == "429"
    assert db.value("select current_setting('response.headers')") == '[{"Retry-After": "900"}]'
    # Of no concern to anybody else.
    assert slug(db.accept(db.account(), scene.code)) == "invite_not_found"

    db.pass_time("14 minutes 59 seconds")
    assert slug(db.accept(scene.candidate, scene.code)) == "too_many_attempts"
    assert db.value("select current_setting('response.headers')") == '[{"Retry-After": "1"}]'
    db.pass_time("1 second")
    assert slug(db.accept(scene.candidate, scene.code)) == "active"


def test_guesses_leave_the_window_one_by_one(db: Database, scene: Scene) -> None:
    wrong = other_code(scene.code)
    for _ in range(5):
        assert slug(db.accept(scene.candidate, wrong)) == "invite_not_found"
        db.pass_time("4 minutes")
    # 20 minutes after the first: three are left in the window, so two more are free.
    assert slug(db.accept(scene.candidate, wrong)) == "invite_not_found"
    assert slug(db.accept(scene.candidate, wrong)) == "invite_not_found"
    assert slug(db.accept(scene.candidate, wrong)) == "too_many_attempts"
    # Until the third, 12 minutes ago, leaves too.
    assert db.value("select current_setting('response.headers')") == '[{"Retry-After": "180"}]'


def test_guesses_sent_in_parallel_are_counted_one_by_one(url: str) -> None:
    with committed(url) as db:
        scene = db.scene()
        wrong = other_code(scene.code)
    answers = at_once(url, [partial(redeem, scene.candidate, wrong)] * 32)
    assert Counter(map(slug, answers)) == {"invite_not_found": 5, "too_many_attempts": 27}
    with committed(url) as db:
        assert db.value("select cardinality(wrong_guesses) from private.code_requests") == 5


# ---- races ---------------------------------------------------------------------------------


@pytest.mark.xdist_group("many_connections")
@pytest.mark.parametrize("times", [20, pytest.param(100, marks=pytest.mark.proof)])
def test_many_callers_with_one_code(url: str, times: int) -> None:
    """The invited account so many times, another account with that address, and strangers."""
    with committed(url) as db:
        scene = db.scene()
        twin = db.account(scene.email.upper())
        strangers = [db.account() for _ in range(times // 20)]
    callers = [scene.candidate] * times + [twin] * (times // 2) + strangers * 10
    answers = at_once(url, [partial(redeem, caller, scene.code) for caller in callers])

    by_caller = {
        caller: Counter(slug(a) for a, c in zip(answers, callers, strict=True) if c == caller)
        for caller in callers
    }
    with committed(url) as db:
        (participant,) = db.rows("select user_id, id from public.interview_participants")
    winner, loser = scene.candidate, twin
    if participant["user_id"] != winner:
        winner, loser = loser, winner
    assert participant["user_id"] == winner
    assert by_caller[winner] == {"active": callers.count(winner)}
    assert by_caller[loser] == {"invite_used": callers.count(loser)}
    for stranger in strangers:
        assert by_caller[stranger] == {"invite_not_found": 5, "too_many_attempts": 5}
    assert {a["participant_id"] for a in answers if isinstance(a, dict) and "status" in a} == {
        str(participant["id"])
    }


def test_redeeming_and_revoking_at_once_leaves_one_truth(url: str) -> None:
    def revoke(scene: Scene, db: Database) -> Row:
        db.as_user(scene.recruiter)
        answer: Row = db.value("select public.revoke_invite(%s)", scene.invite)
        return answer

    for attempt in range(5):
        with committed(url) as db:
            scene = db.scene(f"candidate{attempt}@example.com")
        redeemed, revoked = at_once(
            url, [partial(redeem, scene.candidate, scene.code), partial(revoke, scene)]
        )
        with committed(url) as db:
            status = db.invite_row(scene.invite)["status"]
        assert (slug(redeemed), slug(revoked), status) in [
            ("active", "invite_not_pending", "accepted"),
            ("invite_expired", "expired", "expired"),
        ]

"""private.settings: what a DBA may change, and what it changes."""

import json
import uuid

import pytest

from tests.kit.database import Database, Scene, committed

CREATE = "select public.create_invites(%s, %s)"


def limit(db: Database, scene: Scene, invites: int) -> None:
    db.as_owner().run("update private.settings set invites_per_day = %s", invites)
    db.run("delete from private.invite_counts")
    db.as_user(scene.recruiter)


def some(count: int, prefix: str = "p") -> list[str]:
    return [f"{prefix}{n}@example.com" for n in range(count)]


def test_there_is_one_row_with_its_defaults(db: Database) -> None:
    db.as_owner()
    row = db.one("select * from private.settings")
    assert (row["invites_per_day"], row["require_recruiter_role"]) == (1000, False)
    assert db.refused("insert into private.settings default values").code == "23505"
    assert db.refused("insert into private.settings (singleton) values (false)").code == "23514"
    assert db.refused("update private.settings set invites_per_day = -1").code == "23514"


def test_invites_per_day(db: Database, scene: Scene) -> None:
    limit(db, scene, 5)
    db.value(CREATE, scene.interview, some(5))
    refusal = db.refused(CREATE, scene.interview, ["more@example.com"])
    assert (refusal.code, refusal.slug) == ("PT429", "invites_per_day_reached")
    insert = "insert into public.interview_invites (interview_id, email) values (%s, %s)"
    assert db.refused(insert, scene.interview, "more@example.com").slug == (
        "invites_per_day_reached"
    )
    # It limits neither other accounts, nor the service, nor DBAs.
    other = db.scene("other@example.com")
    assert db.as_user(other.recruiter).value(CREATE, other.interview, ["a@example.com"])
    for n, speaker in enumerate([db.as_service(), db.as_owner()]):
        assert speaker.value(CREATE, scene.interview, some(7, f"free{n}"))
    db.pass_time("1 day")
    assert db.as_user(scene.recruiter).value(CREATE, scene.interview, ["more@example.com"])


def test_how_many_are_left_is_known_beforehand(db: Database, scene: Scene) -> None:
    limit(db, scene, 5)
    left = "select public.invites_left_today()"
    assert db.value(left) == 5
    db.value(CREATE, scene.interview, some(3))
    assert db.value(left) == 2
    assert db.as_user(db.as_owner().account()).value(left) == 5
    # A limit that was lowered since leaves nobody with less than nothing.
    db.as_owner().run("update private.settings set invites_per_day = 1")
    assert db.as_user(scene.recruiter).value(left) == 0


def test_a_list_that_exceeds_the_limit_invites_nobody(db: Database, scene: Scene) -> None:
    limit(db, scene, 5)
    assert db.refused(CREATE, scene.interview, some(6)).slug == "invites_per_day_reached"
    assert db.value("select count(*) from public.interview_invites") == 1
    assert db.value(CREATE, scene.interview, some(5))


def test_a_call_that_is_refused_does_not_wait_for_others_of_its_account(url: str) -> None:
    """Nor does it take the lock, for which they would have to wait."""
    with committed(url) as db:
        scene = db.scene()
        limit(db, scene, 5)
    with committed(url) as drawing, committed(url) as db:
        drawing.run("select private.lock_inviting(%s)", scene.recruiter)
        db.as_user(scene.recruiter).run("set local lock_timeout = '50ms'")
        assert db.refused(CREATE, scene.interview, some(6)).slug == "invites_per_day_reached"
        db.run("update public.interviews set status = 'inactive'")
        assert db.refused(CREATE, scene.interview, some(1)).slug == "interview_closed"


def test_what_counts_is_what_is_mailed(db: Database, scene: Scene) -> None:
    """Renewals and corrections too; what changes nothing does not."""
    db.pass_time("11 minutes")
    limit(db, scene, 3)
    assert db.value(CREATE, scene.interview, [scene.email])[0]["outcome"] == "renewed"
    assert db.value(CREATE, scene.interview, [scene.email])[0]["outcome"] == "unchanged"
    assert db.value(CREATE, scene.interview, ["nobody"])[0]["outcome"] == "invalid_email"
    db.value("select public.correct_invite(%s, 'right@example.com')", scene.invite)
    db.run("delete from public.interview_invites where id = %s", scene.invite)
    assert db.value(CREATE, scene.interview, ["last@example.com"])[0]["outcome"] == "created"
    for sql, values in [
        (CREATE, (scene.interview, ["more@example.com"])),
        ("select public.create_interview('T', emails => %s)", (["more@example.com"],)),
    ]:
        assert db.refused(sql, *values).slug == "invites_per_day_reached"


def test_a_limit_that_was_lowered_refuses_nothing_that_is_not_mailed(
    db: Database, scene: Scene
) -> None:
    limit(db, scene, 5)
    db.value(CREATE, scene.interview, some(5))
    db.as_owner().run("update private.settings set invites_per_day = 1")
    db.as_user(scene.recruiter)
    assert db.value(CREATE, scene.interview, some(1))[0]["outcome"] == "unchanged"


def test_no_invites_at_all(db: Database, scene: Scene) -> None:
    limit(db, scene, 0)
    assert db.refused(CREATE, scene.interview, ["a@example.com"]).slug == "invites_per_day_reached"


# ---- who may recruit -----------------------------------------------------------------------

MAY = "select public.may_recruit()"


def test_who_may_recruit(db: Database) -> None:
    for demanded in (False, True):
        db.as_owner().run("update private.settings set require_recruiter_role = %s", demanded)
        for account, may in [
            (db.account(), not demanded),
            (db.account(roles=["recruiter"]), True),
            (db.account(roles=["candidate"]), not demanded),
            (db.account(roles=["recruiter"], confirmed=False), False),
            (db.account(roles=["recruiter"], anonymous=True), False),
            (uuid.uuid4(), False),
        ]:
            assert db.as_user(account).value(MAY) is may
            # It says what the policies and the functions do.
            with db.connection.transaction(force_rollback=True):
                if may:
                    assert db.value("select public.create_interview('T')")
                else:
                    insert = "insert into public.interviews (title) values ('T')"
                    assert db.refused(insert).code == "42501"
                    assert db.refused("select public.create_interview('T')").slug in (
                        *("recruiter_role_required", "email_not_confirmed", "not_signed_in"),
                    )


@pytest.mark.parametrize("roles", [["recruiter"], ["admin", "recruiter"]])
def test_the_recruiter_role(db: Database, roles: list[str]) -> None:
    db.as_owner().run("update private.settings set require_recruiter_role = true")
    recruiter = db.account(roles=roles)
    interview = db.interview(recruiter)
    assert db.value(CREATE, interview, ["a@example.com"])
    assert db.value("select public.create_interview('T')")


@pytest.mark.parametrize(
    "app_metadata", [{}, {"roles": []}, {"roles": ["candidate"]}, {"roles": None}, None]
)  # noqa: E501
def test_without_the_recruiter_role(
    db: Database, app_metadata: dict[str, list[str] | None] | None
) -> None:
    recruiter = db.account()
    interview = db.interview(recruiter)
    invite = db.invite(recruiter, interview, "a@example.com")["invite_id"]
    db.as_owner().run("update private.settings set require_recruiter_role = true")
    with db.superuser():
        db.run(
            "update auth.users set raw_app_meta_data = %s where id = %s",
            app_metadata if app_metadata is None else json.dumps(app_metadata),
            recruiter,
        )
    db.as_user(recruiter)
    for call in [
        f"create_invites('{interview}', '{{b@example.com}}')",
        "create_interview('T')",
        f"resend_invite('{invite}')",
        f"revoke_invite('{invite}')",
        f"correct_invite('{invite}', 'b@example.com')",
    ]:
        refusal = db.refused(f"select public.{call}")
        assert (refusal.code, refusal.slug) == ("PT403", "recruiter_role_required")
    for table, columns in [
        ("interviews", "(title) values ('T')"),
        ("interview_invites", f"(interview_id, email) values ('{interview}', 'b@example.com')"),
    ]:
        assert db.refused(f"insert into public.{table} {columns}").code == "42501"
    # Service and DBAs need no role.
    assert db.as_service().value(CREATE, interview, ["b@example.com"])


# ---- new accounts, and the backend -------------------------------------------------------------


def at_first(db: Database, scene: Scene, invites: int) -> None:
    db.as_owner().run("update private.settings set invites_per_day_at_first = %s", invites)
    limit(db, scene, invites + 3)


def join(db: Database, scene: Scene, people: int, prefix: str) -> None:
    """Have so many people redeem an invite of the scene's interview."""
    db.as_owner()
    for invite in db.value(CREATE, scene.interview, some(people, prefix)):
        candidate = db.account(invite["email"])
        db.as_user(candidate).value("select public.accept_invite(%s)", invite["invite_code"])


def test_a_new_account_starts_lower_until_ten_people_have_joined(
    db: Database, scene: Scene
) -> None:
    at_first(db, scene, 2)
    join(db, scene, 9, "joining")
    db.as_user(scene.recruiter).value(CREATE, scene.interview, some(2))
    refusal = db.refused(CREATE, scene.interview, ["more@example.com"])
    assert (refusal.code, refusal.slug) == ("PT429", "invites_per_day_reached")
    insert = "insert into public.interview_invites (interview_id, email) values (%s, %s)"
    assert db.refused(insert, scene.interview, "more@example.com").slug == refusal.slug
    join(db, scene, 1, "tenth")
    db.as_user(scene.recruiter).value(CREATE, scene.interview, some(3, "more"))
    assert db.refused(CREATE, scene.interview, ["last@example.com"]).slug == refusal.slug


def test_who_joins_another_account_s_interviews_does_not_count(db: Database, scene: Scene) -> None:
    at_first(db, scene, 2)
    join(db, db.scene("other@example.com"), 12, "joining")
    db.as_user(scene.recruiter)
    assert db.refused(CREATE, scene.interview, some(3)).slug == "invites_per_day_reached"


def test_accounts_with_the_recruiters_role_start_at_once(db: Database, scene: Scene) -> None:
    at_first(db, scene, 2)
    db.as_owner().run(
        """update auth.users set raw_app_meta_data = '{"roles": ["recruiter"]}' where id = %s""",
        scene.recruiter,
    )
    db.as_user(scene.recruiter).value(CREATE, scene.interview, some(5))
    assert db.refused(CREATE, scene.interview, ["a@example.com"]).slug == "invites_per_day_reached"


def test_the_lower_of_both_counts_at_first(db: Database, scene: Scene) -> None:
    at_first(db, scene, 300)
    limit(db, scene, 2)
    assert db.refused(CREATE, scene.interview, some(3)).slug == "invites_per_day_reached"


def test_the_backend_has_a_limit_of_its_own_if_it_is_set(db: Database, scene: Scene) -> None:
    general = "select public.invite_candidates(%s)"
    db.as_service().value(CREATE, scene.interview, some(3, "before"))
    assert db.as_owner().value("select count(*) from private.backend_invites") == 0
    db.run("update private.settings set backend_invites_per_day = 5")
    other = db.scene("other@example.com")
    db.as_service().value(CREATE, scene.interview, some(2))
    db.value(CREATE, other.interview, some(2))
    assert db.value(CREATE, other.interview, some(2))[0]["outcome"] == "unchanged"
    for sql, values in [
        (CREATE, (scene.interview, some(2, "more"))),
        (general, (some(2, "more"),)),
    ]:
        refusal = db.refused(sql, *values)
        assert (refusal.code, refusal.slug) == ("PT429", "invites_per_day_reached")
    db.value(general, ["last@example.com"])
    assert db.refused(general, ["more@example.com"]).slug == "invites_per_day_reached"
    # Neither recruiters nor DBAs share it, and the next day is another one.
    db.as_user(scene.recruiter).value(CREATE, scene.interview, some(2, "own"))
    db.as_owner().value(CREATE, scene.interview, some(2, "dba"))
    db.run("update private.backend_invites set day = day - 1")
    db.as_service().value(CREATE, scene.interview, some(5, "tomorrow"))
    db.as_owner().value("select public.run_maintenance()")
    assert db.value("select sum(invites) from private.backend_invites") == 5


def test_calls_of_the_backend_do_not_wait_for_each_other(url: str) -> None:
    with committed(url) as db:
        one, other = db.scene(), db.scene("other@example.com")
        db.as_owner().run("update private.settings set backend_invites_per_day = 100")
    with committed(url) as holding, committed(url) as db:
        holding.as_service().value(CREATE, one.interview, some(2))
        db.as_service().run("set local lock_timeout = '50ms'")
        db.value(CREATE, other.interview, some(2))


# ---- how much an account may keep --------------------------------------------------------------


def test_an_account_s_interviews_are_bounded(db: Database, scene: Scene) -> None:
    db.as_owner().run("update private.settings set interviews_per_account = 3")
    other = db.scene("other@example.com")
    insert = "insert into public.interviews (title, recruiter_id) select 'T', %s from %s"
    rows = "generate_series(1, {})"
    db.as_user(scene.recruiter)
    refusal = db.refused(insert.replace("from %s", f"from {rows.format(3)}"), scene.recruiter)
    assert (refusal.code, refusal.slug) == ("PT409", "too_many_interviews")
    db.run(insert.replace("from %s", f"from {rows.format(2)}"), scene.recruiter)
    for sql, values in [
        ("select public.create_interview('T')", ()),
        (
            "insert into public.interviews (title, recruiter_id) values ('T', %s)",
            (scene.recruiter,),
        ),
    ]:
        assert db.refused(sql, *values).slug == "too_many_interviews"
    assert db.as_user(other.recruiter).value("select public.create_interview('T')")
    db.as_owner().run(
        "insert into public.interviews (title, recruiter_id) values ('T', %s)", scene.recruiter
    )


QUESTIONS = """
    insert into public.interview_questions (interview_id, question, order_index)
    select %s, repeat(%s, %s), n from generate_series(1000, 999 + %s) as n
"""


@pytest.mark.parametrize(("letter", "letters", "rows"), [("a", 1, 100), ("a", 10_000, 99)])
def test_as_many_questions_as_allowed(
    db: Database, scene: Scene, letter: str, letters: int, rows: int
) -> None:
    db.as_user(scene.recruiter)
    created = db.value(
        "select public.create_interview('T', questions => array_fill(repeat(%s, %s), array[%s]))",
        letter, letters, rows,
    )  # fmt: skip
    assert len(created["questions"]) == rows


@pytest.mark.parametrize(
    ("letter", "letters", "rows"),
    [("a", 1, 101), ("a", 250, 101), ("a", 100_000, 11), ("ä", 50_000, 11), ("😀", 25_000, 11)],
)
def test_too_many_questions(
    db: Database, scene: Scene, letter: str, letters: int, rows: int
) -> None:
    db.as_user(scene.recruiter)
    refusal = db.refused(
        "select public.create_interview('T', questions => array_fill(repeat(%s, %s), array[%s]))",
        letter, letters, rows,
    )  # fmt: skip
    assert (refusal.code, refusal.slug) == ("PT413", "too_many_questions")
    assert db.refused(QUESTIONS, scene.interview, letter, letters, rows).slug == refusal.slug
    # Neither bit by bit: an interview holds no more than a call takes.
    db.run(QUESTIONS, scene.interview, letter, letters, rows - 3)
    more = QUESTIONS.replace("1000, 999", "9000, 8999")
    assert db.refused(more, scene.interview, letter, letters, 5).slug == refusal.slug
    db.as_owner().run(more, scene.interview, letter, letters, 5)

"""The daily email to recruiters: what it tells, how often, and what is told no more."""

from tests.kit.database import Database, Row, Scene, committed
from tests.kit.responses import COMPLETE_BY_HAND
from tests.sql.jobs import claim, maintain, settle
from tests.sql.locks import waited
from tests.sql.test_notices import NOTICES, RESEND, SET, fail, join_more

DAILY = "select public.set_notifications('daily', 'daily', 'daily')"


def choose(db: Database, scene: Scene, sql: str = DAILY, after: str = "10 minutes") -> None:
    """What the recruiter wants, from a while before what happens next."""
    db.as_user(scene.recruiter).run(sql)
    db.pass_time(after)


def digests(db: Database) -> list[Row]:
    """The daily emails that a worker is given a day later."""
    db.pass_time("1 day")
    maintain(db)
    maintain(db)
    db.pass_time("2 minutes")
    return claim(db, kinds=["daily_digest"])


def test_what_has_happened_is_told_once_by_interview(db: Database, scene: Scene) -> None:
    other = db.interview(scene.recruiter, "Backend Developer")
    emails = [f"gone{number:02}@example.com" for number in range(20)]
    db.run("select public.create_invites(%s, %s)", other, emails)
    choose(db, scene)
    fail(db, *emails)
    join_more(db, scene, 2)
    elsewhere = db.scene("elsewhere@example.com")
    choose(db, elsewhere)
    db.accept(elsewhere.candidate, elsewhere.code)
    db.run(COMPLETE_BY_HAND, elsewhere.interview)
    choose(db, elsewhere, "select public.set_notifications('never', 'never', 'never')")
    assert claim(db, kinds=NOTICES) == []
    (mail,) = digests(db)
    assert claim(db, kinds=NOTICES) == [], "nothing comes twice"
    assert (mail["email"], mail["number"]) == (db.email_of(scene.recruiter), 2)
    backend, frontend = mail["digest"]
    assert (backend["interview_id"], backend["title"]) == (str(other), "Backend Developer")
    (failed,) = backend["told"]
    assert (failed["kind"], failed["number"]) == ("delivery_failed", 20)
    assert failed["people"] == emails[:11]
    completed = ["more0@example.com", "more1@example.com"]
    assert frontend["told"] == [{"kind": "candidate_completed", "number": 2, "people": completed}]
    assert settle(db, mail, "accepted") == 1
    assert digests(db) == [], "nothing has happened since"
    assert db.jobs(scene.recruiter) == []


def test_only_what_is_chosen_and_still_true(db: Database, scene: Scene) -> None:
    choose(db, scene, "select public.set_notifications('never', 'daily', 'each')")
    join_more(db, scene, 1)
    fail(db)
    with db.superuser():
        overdue = "update public.interview_invites set expires_at = now() where id = %s"
        db.run(overdue, scene.invite)
    db.as_user(scene.candidate).run(RESEND)
    db.pass_time("2 minutes")
    assert [mail["kind"] for mail in claim(db, kinds=NOTICES)] == ["delivery_failed"]
    (mail,) = digests(db)
    (interview,) = mail["digest"]
    asked = {"kind": "renewal_requested", "number": 1, "people": [scene.email]}
    assert interview["told"] == [asked]
    settle(db, mail, "retry", retry_in=0)
    db.as_user(scene.recruiter).run("select public.resend_invite(%s)", scene.invite)
    assert claim(db, kinds=["daily_digest"]) == []
    assert db.jobs(scene.recruiter) == []


def test_what_has_waited_is_told_when_the_choice_changes(db: Database, scene: Scene) -> None:
    """Neither lost nor told twice."""
    choose(db, scene, "select public.set_notifications('each', 'each', 'daily')")
    fail(db, scene.email)
    join_more(db, scene, 1)
    db.pass_time("2 minutes")
    (notice,) = claim(db, kinds=NOTICES)
    assert notice["kind"] == "candidate_completed"
    settle(db, notice, "accepted")

    choose(db, scene, after="2 minutes")
    (mail,) = claim(db, kinds=["daily_digest"])
    (interview,) = mail["digest"]
    failed = {"kind": "delivery_failed", "number": 1, "people": [scene.email]}
    assert interview["told"] == [failed], "not the one that was told each time"
    settle(db, mail, "accepted")
    choose(db, scene)
    assert claim(db, kinds=["daily_digest"]) == [], "nothing has changed"

    join_more(db, scene, 1, "later")
    choose(db, scene, "select public.set_notifications('each', 'never', 'never')", "2 minutes")
    (mail,) = claim(db, kinds=["daily_digest"])
    (interview,) = mail["digest"]
    assert [told["kind"] for told in interview["told"]] == ["candidate_completed"]
    settle(db, mail, "accepted")
    assert digests(db) == []
    assert db.jobs(scene.recruiter) == []


def test_two_who_change_the_choice_at_once_have_it_told_once(url: str, made: Scene) -> None:
    """In two tabs, for instance; the second one sees what the first has chosen."""
    with committed(url) as db:
        choose(db, made)
        join_more(db, made, 1)

    def choose_each(db: Database) -> None:
        db.as_user(made.recruiter).run("select public.set_notifications('each', 'each', 'each')")

    def first(db: Database) -> None:
        choose_each(db)
        db.run("select pg_sleep(1)")  # jobs of one second would be one

    waited(url, first, choose_each)
    with committed(url) as db:
        assert len(db.jobs(made.recruiter, "daily_digest")) == 1


def test_what_is_never_wanted_any_more_is_not_told(db: Database, scene: Scene) -> None:
    choose(db, scene)
    join_more(db, scene, 1)
    choose(db, scene, "select public.set_notifications('never', 'daily', 'daily')", "2 minutes")
    assert claim(db, kinds=["daily_digest"]) == []
    assert digests(db) == []


def test_nothing_before_it_was_chosen_or_to_those_who_have_left(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    db.run(COMPLETE_BY_HAND, scene.interview)
    db.pass_time("10 minutes")
    choose(db, scene, SET.replace("%s", "'daily'"))
    maintain(db)
    assert digests(db) == []
    fail(db)
    join_more(db, scene, 1)
    with db.superuser():
        db.run("update auth.users set email_confirmed_at = null where id = %s", scene.recruiter)
    assert digests(db) == []
    assert db.jobs(scene.recruiter) == []

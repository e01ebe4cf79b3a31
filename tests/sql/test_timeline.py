"""candidate_timeline: what has happened to a candidate, from what is stored."""

from tests.kit.database import Database, Row, Scene
from tests.kit.responses import COMPLETE, DELETE, WITHDRAW, Asked, ask
from tests.kit.reviews import DECIDE, add_criteria, rate_all, reviewer, save
from tests.sql.jobs import INVITATION, claim, maintain, settle

TIMELINE = "select event, person, detail from public.candidate_timeline(%s)"


def timeline(db: Database, asked: Asked) -> list[tuple[str, str | None, str | None]]:
    """As the recruiter reads it, by the candidate's first invite."""
    rows: list[Row] = db.as_user(asked.recruiter).rows(TIMELINE, asked.invite)
    return [(row["event"], row["person"], row["detail"]) for row in rows]


def test_a_candidate_from_beginning_to_end(db: Database, scene: Scene) -> None:
    (mail,) = claim(db, kinds=[INVITATION])
    settle(db, mail, "accepted")
    asked = ask(db, scene, {}, {})
    begun = [("invited", "Rita Recruiter", asked.email), ("mailed", None, None)]
    assert timeline(db, asked) == [*begun, ("joined", None, None)]
    db.pass_time("1 hour")
    db.as_user(asked.candidate)
    for question in asked.questions:
        db.value("select public.write_response(%s, 'Because.')", question)
    begun += [("joined", None, None)]
    assert timeline(db, asked) == begun, "what is not submitted is not told"
    db.as_user(asked.recruiter)
    db.value("select public.change_candidates(%s, %s, 'remind')", asked.interview, [asked.invite])
    db.pass_time("1 hour")
    db.as_user(asked.candidate).value(COMPLETE, asked.interview)
    begun += [
        *[("reminded", None, None), ("response", None, "Question 1")],
        *[("response", None, "Question 2"), ("completed", None, None)],
    ]
    found = timeline(db, asked)
    assert sorted(found, key=str) == sorted(begun, key=str) and found[-1] == begun[-1]
    db.pass_time("1 hour")
    criteria = add_criteria(db, asked.recruiter, asked.interview, "Clarity")
    colleague = reviewer(
        db, asked.recruiter, asked.interview, "colleague@example.com", full_name="Carl"
    )
    save(db, colleague, asked.participant, rate_all(*criteria), submit=True)
    db.as_user(asked.recruiter).value(DECIDE, asked.participant, "hold")
    assert timeline(db, asked)[len(begun) :] == [("decided", None, "hold")], "blind"
    save(db, asked.recruiter, asked.participant, rate_all(*criteria), submit=True)
    assert {event[:2] for event in timeline(db, asked)[len(begun) :]} == {
        *[("decided", None), ("reviewed", "Carl"), ("reviewed", "Rita Recruiter")],
    }
    db.pass_time("1 hour")
    db.as_user(asked.candidate).value(DELETE, asked.interview)
    events = [event for event, _, _ in timeline(db, asked)]
    assert "response" not in events and events[-1] == "responses_deleted"


def test_a_candidate_who_comes_back(db: Database, scene: Scene) -> None:
    """Of all invites to the address, by any of their ids."""
    (mail,) = claim(db, kinds=[INVITATION])
    settle(db, mail, "failed", error="550 no such user")
    asked = ask(db, scene, {})
    db.pass_time("1 hour")
    db.as_user(asked.candidate).value(WITHDRAW, asked.interview)
    db.pass_time("1 hour")
    again = db.invite(asked.recruiter, asked.interview, asked.email)
    db.pass_time("31 days")
    maintain(db)
    db.as_user(asked.candidate).value("select public.resend_my_codes()")
    found = timeline(db, asked)
    assert [event for event, _, _ in found] == [
        *("invited", "not_delivered", "joined", "withdrew"),
        *("invited", "expired", "asked_for_code"),
    ] and found[1][2] == "550 no such user"
    for id in (again["invite_id"], asked.participant):
        db.as_user(asked.recruiter)
        assert [tuple(row.values()) for row in db.rows(TIMELINE, id)] == found
    db.value("select public.revoke_invite(%s)", again["invite_id"])
    assert timeline(db, asked)[-1][0] == "revoked"

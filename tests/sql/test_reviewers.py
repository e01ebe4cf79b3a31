"""join_reviews: what reviewers of an interview read, and what they may do."""

import uuid

from tests.kit.database import Database, Scene
from tests.kit.reviews import (
    JOIN,
    REVIEWERS,
    Reviewed,
    invite_reviewers,
    join,
    rate_all,
    refused_save,
    reviewer,
    save,
)

REMOVE = "delete from public.interview_reviewers where id = %s"
COLLEAGUE = "colleague@example.com"


# ---- joining -------------------------------------------------------------------------------------


def test_joining(db: Database, scene: Scene) -> None:
    invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    colleague = db.account(COLLEAGUE.upper(), full_name="Cora Colleague")
    (found,) = join(db, colleague)
    assert found == {
        "interview_id": str(scene.interview),
        "title": "Frontend Developer",
        "recruiter_name": "Rita Recruiter",
        "joined_at": found["joined_at"],
        "to_review": 0,
        "reviewed": 0,
    }
    # They read their own row, the owner all.
    invite_reviewers(db, scene.recruiter, scene.interview, "other@example.com")
    assert len(db.rows(REVIEWERS)) == 2
    row = db.as_user(colleague).one(REVIEWERS)
    assert (row["user_id"], row["reviewer_name"]) == (colleague, "Cora Colleague")
    assert row["joined_at"]
    assert join(db, colleague) == [found]
    assert join(db, db.account()) == []


def test_an_address_must_be_confirmed(db: Database, scene: Scene) -> None:
    invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    accounts = [
        db.account(COLLEAGUE, confirmed=False),
        db.account(COLLEAGUE.upper(), anonymous=True),
    ]
    for account in accounts:
        refusal = db.as_user(account).refused(JOIN)
        assert (refusal.code, refusal.slug) == ("PT403", "email_not_confirmed")
    assert db.as_anon().refused(JOIN).code == "42501"
    assert db.as_owner().refused(JOIN).slug == "not_signed_in"


def test_of_two_accounts_with_one_address_the_first_joins(db: Database, scene: Scene) -> None:
    address = "jane@xn--mller-kva.example"
    invite_reviewers(db, scene.recruiter, scene.interview, address)
    first, second = db.account(address), db.account("jane@müller.example")
    assert len(join(db, second)) == 1
    assert join(db, first) == []
    assert len(join(db, second)) == 1


def test_several_interviews_the_last_joined_first(db: Database, scene: Scene) -> None:
    colleague = reviewer(db, scene.recruiter, scene.interview, COLLEAGUE)
    db.pass_time("1 hour")
    other = db.account()
    second = db.interview(other, "Second")
    invite_reviewers(db, other, second, COLLEAGUE)
    found = join(db, colleague)
    assert [row["interview_id"] for row in found] == [str(second), str(scene.interview)]
    assert [row["recruiter_name"] for row in found] == ["HireVision", "Rita Recruiter"]


def test_a_second_address_of_one_account_joins_once(db: Database, scene: Scene) -> None:
    colleague = reviewer(db, scene.recruiter, scene.interview, COLLEAGUE)
    invite_reviewers(db, scene.recruiter, scene.interview, "second@example.com")
    with db.superuser():
        db.run("update auth.users set email = 'second@example.com' where id = %s", colleague)
    assert len(join(db, colleague)) == 1
    assert db.as_user(scene.recruiter).run(f"{REVIEWERS} where user_id is null") == 1


def test_a_candidate_never_joins(db: Database, scene: Scene) -> None:
    """Not by another address either, nor after they have withdrawn."""
    invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    db.accept(scene.candidate, scene.code)
    db.value("select public.withdraw_from_interview(%s)", scene.interview)
    with db.superuser():
        db.run("update auth.users set email = %s where id = %s", COLLEAGUE, scene.candidate)
    assert join(db, scene.candidate) == []
    assert db.run("select from public.interview_participants") == 1
    assert db.run(REVIEWERS) == 0


def test_how_many_are_to_review(db: Database, reviewed: Reviewed) -> None:
    on = reviewed
    colleague = reviewer(db, on.recruiter, on.interview, COLLEAGUE)
    counts = [(row["to_review"], row["reviewed"]) for row in join(db, colleague)]
    assert counts == [(1, 0)]
    save(db, on.recruiter, on.participant, rate_all(*on.criteria), submit=True)
    save(db, colleague, on.participant, rate_all(*on.criteria))
    assert join(db, colleague)[0]["to_review"] == 1
    save(db, colleague, on.participant, rate_all(*on.criteria), submit=True)
    (found,) = join(db, colleague)
    assert (found["to_review"], found["reviewed"]) == (0, 1)


# ---- reading -------------------------------------------------------------------------------------


READABLE = {
    "interviews": 1,
    "interview_questions": 2,
    "interview_participants": 1,
    "interview_responses": 0,
    "interview_criteria": 2,
    "interview_reviewers": 1,
    "interview_invites": 0,
    "accommodations": 0,
    "candidate_decisions": 0,
    "candidate_reviews": 0,
}


def readable(db: Database, who: uuid.UUID) -> dict[str, int]:
    db.as_user(who)
    return {table: db.run(f"select from public.{table}") for table in READABLE}


def test_what_reviewers_read(db: Database, reviewed: Reviewed) -> None:
    on = reviewed
    elsewhere = db.interview(db.account(), "Elsewhere")
    db.as_user(on.recruiter).value("select public.adjust_participant(%s, 1)", on.participant)
    db.value("select public.decide(%s, 'hold')", on.participant)
    save(db, on.recruiter, on.participant, rate_all(*on.criteria), submit=True)
    invite_reviewers(db, on.recruiter, on.interview, COLLEAGUE)
    colleague = db.account(COLLEAGUE)
    nothing = dict.fromkeys(READABLE, 0)
    assert readable(db, colleague) == nothing
    join(db, colleague)
    assert readable(db, colleague) == READABLE
    assert db.rows("select id from public.interviews where id = %s", elsewhere) == []
    # Once they are removed, nothing again, their own reviews included.
    save(db, colleague, on.participant, rate_all(*on.criteria), submit=True)
    assert readable(db, colleague)["candidate_reviews"] == 2
    row = db.one(REVIEWERS)
    assert db.run(REMOVE, row["id"]) == 0
    assert db.as_user(on.recruiter).run(REMOVE, row["id"]) == 1
    assert readable(db, colleague) == nothing
    assert join(db, colleague) == []
    refusal = refused_save(db, colleague, on.participant, [])
    assert (refusal.code, refusal.slug) == ("PT404", "participant_not_found")
    assert readable(db, on.recruiter)["candidate_reviews"] == 2


def test_reviewers_read_names_and_submitted_answers(db: Database) -> None:
    recruiter, candidate = db.account(), db.account("jane@example.com")
    interview = db.interview(recruiter, response_kinds=["text"])
    db.run(
        "insert into public.interview_questions (interview_id, question, order_index)"
        " values (%s, 'Why?', 1)",
        interview,
    )
    question = db.value("select id from public.interview_questions")
    (invite,) = db.value(
        "select public.create_invites(%s, '{jane@example.com}', names => '{Jane Doe}')", interview
    )
    db.accept(candidate, invite["invite_code"])
    db.value("select public.write_response(%s, 'Because')", question)
    colleague = reviewer(db, recruiter, interview, COLLEAGUE)
    assert db.value("select candidate_name from public.interview_participants") == "Jane Doe"
    assert db.rows("select answer from public.interview_responses") == []
    db.as_user(candidate).value("select public.complete_interview(%s)", interview)
    answer = db.as_user(colleague).value("select answer from public.interview_responses")
    assert answer == "Because"


# ---- reviewing -----------------------------------------------------------------------------------


def test_each_is_blind_until_their_own_is_in(db: Database, reviewed: Reviewed) -> None:
    on = reviewed
    colleague = reviewer(db, on.recruiter, on.interview, COLLEAGUE, full_name="Cora Colleague")
    save(db, colleague, on.participant, rate_all(*on.criteria), "Theirs", submit=True)
    save(db, on.recruiter, on.participant, rate_all(*on.criteria), "Draft")
    names = "select note, reviewer_name from public.candidate_reviews order by note desc"
    draft = {"note": "Draft", "reviewer_name": "Rita Recruiter"}
    theirs = {"note": "Theirs", "reviewer_name": "Cora Colleague"}
    ratings = "select from public.candidate_ratings"
    assert (db.rows(names), db.run(ratings)) == ([draft], 2)
    assert db.as_user(colleague).rows(names) == [theirs]
    save(db, on.recruiter, on.participant, rate_all(*on.criteria), "Draft", submit=True)
    assert (db.rows(names), db.run(ratings)) == ([theirs, draft], 4)
    db.as_user(colleague)
    assert (db.rows(names), db.run(ratings)) == ([theirs, draft], 4)


def test_the_name_of_who_wrote_a_review(db: Database, reviewed: Reviewed) -> None:
    """The address without a name; as it is when they save; and it outlives the account."""
    on = reviewed
    colleague = reviewer(db, on.recruiter, on.interview, COLLEAGUE)
    name = "select reviewer_name from public.candidate_reviews"
    save(db, colleague, on.participant)
    assert db.value(name) == COLLEAGUE
    with db.superuser():
        db.run(
            "update auth.users set raw_user_meta_data = %s where id = %s",
            '{"full_name": " Cora  Colleague "}',
            colleague,
        )
    save(db, colleague, on.participant, rate_all(*on.criteria), submit=True)
    assert db.value(name) == "Cora Colleague"
    with db.superuser():
        db.run("delete from auth.users where id = %s", colleague)
    save(db, on.recruiter, on.participant, rate_all(*on.criteria), submit=True)
    assert db.value(f"{name} where reviewer_id is null") == "Cora Colleague"
    assert db.rows(REVIEWERS) == []


def test_what_reviewers_may_not_do(db: Database, reviewed: Reviewed) -> None:
    on = reviewed
    colleague = reviewer(db, on.recruiter, on.interview, COLLEAGUE)
    for function in ("decide(%s, 'hold')", "adjust_participant(%s, 1)", "erase_candidate(%s)"):
        refusal = db.as_user(colleague).refused(f"select public.{function}", on.participant)
        assert refusal.slug == "participant_not_found", function
    for sql in (
        "update public.interviews set title = 'Mine'",
        "update public.interview_participants set status = 'withdrawn'",
        "update public.interview_criteria set name = 'Mine'",
        "delete from public.interview_criteria",
        "delete from public.interview_reviewers",
    ):
        assert db.run(sql) == 0, sql
    for sql in (
        "insert into public.interview_reviewers (interview_id, email) values (%s, 'a@example.com')",
        "insert into public.interview_criteria (interview_id, name) values (%s, 'Mine')",
        "update public.interview_reviewers set user_id = auth.uid() where interview_id = %s",
    ):
        assert db.refused(sql, on.interview).code == "42501", sql
    other = db.account()
    assert refused_save(db, other, on.participant, []).slug == "participant_not_found"


def test_transfers_take_reviewers_along(db: Database, reviewed: Reviewed) -> None:
    on, heir = reviewed, db.account()
    colleague = reviewer(db, on.recruiter, on.interview, COLLEAGUE)
    save(db, colleague, on.participant, rate_all(*on.criteria), submit=True)
    db.as_service().value("select public.transfer_interviews(%s, %s)", on.recruiter, heir)
    assert db.as_user(on.recruiter).rows(REVIEWERS) == []
    (row,) = db.as_user(heir).rows(REVIEWERS)
    assert (row["user_id"], row["recruiter_id"]) == (colleague, heir)
    assert len(join(db, colleague)) == 1
    # To a reviewer: it is theirs now.
    db.as_service().value("select public.transfer_interviews(%s, %s)", heir, colleague)
    assert join(db, colleague) == []
    assert readable(db, colleague)["candidate_decisions"] == 0
    assert db.run("select from public.candidate_reviews") == 1


def test_who_owns_an_interview_does_not_join_it(db: Database, scene: Scene) -> None:
    invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    heir = db.account(COLLEAGUE)
    db.as_service().value("select public.transfer_interviews(%s, %s)", scene.recruiter, heir)
    assert join(db, heir) == []
    assert db.value("select user_id from public.interview_reviewers") is None

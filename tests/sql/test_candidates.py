"""The view interview_candidates and its lists: a row a person, in one state, read by an index."""

import uuid
from typing import Any

import pytest

from tests.kit.database import Database, Row, Scene
from tests.kit.responses import COMPLETE, DELETE, WITHDRAW, Asked
from tests.kit.reviews import DECIDE, Reviewed, rate_all, reviewer, save
from tests.sql.jobs import claim, maintain, settle

LIST = "select * from public.list_candidates(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
ROWS = "select * from public.interview_candidates where interview_id = %s order by list_name"
COUNTS = "select * from public.count_candidates(%s, %s)"
KEYS = {"activity": "last_event_at", "invited": "invited_at", "name": "list_name"}


def candidate(db: Database, on: Scene | Reviewed) -> Row:
    """The only one of the interview, as its recruiter sees them."""
    return db.as_user(on.recruiter).one(ROWS, on.interview)


def state(db: Database, on: Scene | Reviewed) -> tuple[str, str]:
    """The only candidate's state, and what happened last; counted and listed like that, too."""
    row = candidate(db, on)
    assert db.rows(COUNTS, on.interview, None) == [{"state": row["state"], "candidates": 1}]
    assert page(db, on.interview, [row["state"]]) == [row]
    return row["state"], row["last_event"]


def page(
    db: Database,
    interview: uuid.UUID,
    states: list[str] | None = None,
    search: str | None = None,
    sort: str = "activity",
    descending: bool = True,
    size: int = 50,
    after: Row | None = None,
    backwards: bool = False,
) -> list[Row]:
    """A page of the list, after a row or, backwards, before it."""
    cursor = (str(after[KEYS[sort]]), after["id"]) if after else (None, None)
    return db.rows(LIST, interview, states, search, sort, descending, size, *cursor, backwards)


def crowd(db: Database, people: int) -> Scene:
    """An interview with so many who were invited, half of whom joined: quarters differ."""
    scene = db.scene("candidate0@example.com")
    with db.without_triggers():
        db.run(
            "insert into public.interview_invites (interview_id, recruiter_id, recruiter_name,"
            " email, invite_code, status, created_at, candidate_name, revoked_at)"
            " select %s, %s, 'R', 'candidate' || n || '@example.com', lpad(n::text, 6, '0'),"
            " (array['pending', 'accepted', 'completed', 'expired'])[1 + n %% 4],"
            " now() - n * interval '1 minute', case when n %% 3 = 0 then 'Person ' || n end,"
            " case when n %% 8 = 3 then now() end from generate_series(1, %s) as n",
            scene.interview,
            scene.recruiter,
            people,
        )
        db.run(
            "insert into public.interview_participants (interview_id, recruiter_id, user_id,"
            " invite_id) select interview_id, recruiter_id, gen_random_uuid(), id"
            " from public.interview_invites where status in ('accepted', 'completed')"
        )
    db.as_user(scene.recruiter)
    return scene


def rows_read(db: Database) -> int:
    """How many rows this transaction has read so far, of the tables that grow with candidates."""
    read: int = db.value(
        "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::integer"
        " from pg_stat_xact_user_tables where relid = any (array['public.interview_invites',"
        " 'public.interview_participants']::regclass[])"
    )
    return read


# ---- one row a person, one state ------------------------------------------------------------


def test_from_the_invitation_to_the_decision(db: Database, asked: Asked) -> None:
    assert state(db, asked) == ("joined", "joined")
    assert candidate(db, asked)["participant_id"] == asked.participant
    db.as_user(asked.candidate).value(COMPLETE, asked.interview)
    assert state(db, asked) == ("completed", "completed")
    db.pass_time("1 hour")
    save(db, asked.recruiter, asked.participant, note="A draft")
    assert state(db, asked) == ("completed", "completed")
    save(db, asked.recruiter, asked.participant, note="Good", submit=True)
    assert state(db, asked) == ("reviewed", "reviewed")
    db.pass_time("1 hour")
    for decision in ("advance", "hold", "decline"):
        db.as_user(asked.recruiter).value(DECIDE, asked.participant, decision)
        assert state(db, asked) == (decision, "decided")
        assert candidate(db, asked)["decision"] == decision
    db.as_user(asked.recruiter).value(DECIDE, asked.participant, None)
    assert state(db, asked) == ("reviewed", "reviewed")
    with db.superuser():
        db.run("delete from public.candidate_reviews")
    assert state(db, asked) == ("completed", "completed")


def test_before_they_join(db: Database, scene: Scene) -> None:
    assert state(db, scene) == ("invited", "invited")
    (mail,) = claim(db)
    db.pass_time("1 minute")
    assert settle(db, mail, "failed", error="550 no such user") == 1
    assert state(db, scene) == ("not_delivered", "not_delivered")
    assert candidate(db, scene)["delivery_error"] == "550 no such user"
    db.pass_time("31 days")
    maintain(db)
    assert state(db, scene) == ("expired", "expired")
    db.as_user(scene.candidate).value("select public.resend_my_codes()")
    assert state(db, scene) == ("asks_for_code", "asked_for_code")
    again = db.invite(scene.recruiter, scene.interview, scene.email)
    assert state(db, scene) == ("invited", "invited")
    assert candidate(db, scene)["id"] == uuid.UUID(again["invite_id"]) != scene.invite
    db.value("select public.revoke_invite(%s)", again["invite_id"])
    assert state(db, scene) == ("revoked", "revoked")
    assert db.run("delete from public.interview_invites where id = %s", again["invite_id"]) == 1
    assert candidate(db, scene)["id"] == scene.invite, "the earlier one stands for them again"
    assert state(db, scene) == ("expired", "expired")


def test_who_withdraws_and_comes_back(db: Database, asked: Asked) -> None:
    db.as_user(asked.recruiter).value(DECIDE, asked.participant, "hold")
    db.pass_time("1 hour")
    db.as_user(asked.candidate).value(WITHDRAW, asked.interview)
    assert state(db, asked) == ("withdrawn", "withdrew")
    row = candidate(db, asked)
    assert row["withdrawn_at"] > row["joined_at"]
    db.pass_time("1 hour")
    again = db.invite(asked.recruiter, asked.interview, asked.email)
    assert state(db, asked) == ("invited", "invited")
    assert candidate(db, asked)["participant_id"] == asked.participant, "by the earlier invite"
    db.accept(asked.candidate, again["invite_code"])
    assert state(db, asked)[0] == "hold", "the decision was not taken back"
    assert db.as_owner().invite_row(asked.invite)["decision"] is None, "it goes with the new one"
    db.as_user(asked.recruiter).value(DECIDE, asked.participant, None)
    assert state(db, asked) == ("joined", "joined")


def test_whose_account_is_gone(db: Database, reviewed: Reviewed) -> None:
    save(db, reviewed.recruiter, reviewed.participant, rate_all(*reviewed.criteria), submit=True)
    db.pass_time("1 hour")
    with db.superuser():
        db.run("delete from auth.users where id = %s", reviewed.candidate)
    assert state(db, reviewed) == ("withdrawn", "withdrew")
    row = candidate(db, reviewed)
    assert row["participant_id"] is None and row["reviews"] == 0


def test_who_joins_by_two_addresses(db: Database, scene: Scene) -> None:
    """The account's address changed: it is one person, under the address that they joined by."""
    db.accept(scene.candidate, scene.code)
    db.as_user(scene.recruiter).value(DECIDE, candidate(db, scene)["participant_id"], "hold")
    with db.superuser():
        sql = "update auth.users set email = 'second@example.com' where id = %s"
        db.run(sql, scene.candidate)
    second = db.invite(scene.recruiter, scene.interview, "second@example.com")
    assert len(db.rows(ROWS, scene.interview)) == 2
    db.accept(scene.candidate, second["invite_code"])
    assert state(db, scene)[0] == "hold"
    assert candidate(db, scene)["email"] == "second@example.com"
    assert db.as_owner().invite_row(scene.invite)["decision"] is None
    # Nor do they come back by the first one when another one to that address is deleted.
    third = db.invite(scene.recruiter, scene.interview, scene.email)
    db.run("delete from public.interview_invites where id = %s", third["invite_id"])
    assert candidate(db, scene)["email"] == "second@example.com"
    # But whose address it is now may ask for a code, and is seen.
    db.as_user(db.account(scene.email)).value("select public.resend_my_codes()")
    rows = db.as_user(scene.recruiter).rows(ROWS, scene.interview)
    assert [row["state"] for row in rows] == ["asks_for_code", "hold"]


def test_a_corrected_address_that_was_invited_before(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter).value("select public.revoke_invite(%s)", scene.invite)
    typo = db.invite(scene.recruiter, scene.interview, "candidate@example.com")
    correct = "select public.correct_invite(%s, %s)"
    assert db.value(correct, typo["invite_id"], scene.email)["outcome"] == "corrected"
    assert candidate(db, scene)["id"] == uuid.UUID(typo["invite_id"])


def test_who_had_joined_stays_where_a_second_invite_is_corrected(
    db: Database, asked: Asked
) -> None:
    db.as_user(asked.candidate).value(WITHDRAW, asked.interview)
    again = db.invite(asked.recruiter, asked.interview, asked.email)
    correct = "select public.correct_invite(%s, 'other@example.com')"
    db.as_user(asked.recruiter).value(correct, again["invite_id"])
    rows = db.rows(ROWS, asked.interview)
    assert {(row["id"], row["state"]) for row in rows} == {
        *((asked.invite, "withdrawn"), (uuid.UUID(again["invite_id"]), "invited")),
    }


def test_who_had_joined_stays_where_a_second_invite_is_deleted(db: Database, asked: Asked) -> None:
    invite = "insert into public.interview_invites (interview_id, email) values (%s, %s)"
    db.as_user(asked.recruiter).run(invite, asked.interview, asked.email)
    assert state(db, asked) == ("invited", "invited")
    db.run("delete from public.interview_invites where status = 'pending'")
    assert state(db, asked) == ("joined", "joined")
    assert candidate(db, asked)["id"] == asked.invite


def test_a_participant_without_an_invite(db: Database, reviewed: Reviewed) -> None:
    """As of the first version, or where a DBA has deleted it."""
    with db.superuser():
        db.run("delete from public.interview_invites")
    assert state(db, reviewed) == ("completed", "completed")
    row = candidate(db, reviewed)
    assert (row["id"], row["invite_id"], row["email"]) == (reviewed.participant, None, None)
    assert db.rows(COUNTS, reviewed.interview, "nobody") == []
    save(db, reviewed.recruiter, reviewed.participant, rate_all(*reviewed.criteria), submit=True)
    assert state(db, reviewed)[0] == "reviewed"
    db.pass_time("1 hour")
    db.as_user(reviewed.recruiter).value(DECIDE, reviewed.participant, "advance")
    assert state(db, reviewed) == ("advance", "decided")
    db.invite(reviewed.recruiter, reviewed.interview, "another@example.com")
    listed = page(db, reviewed.interview, sort="name", descending=False, size=1)
    listed += page(db, reviewed.interview, sort="name", descending=False, after=listed[0])
    assert [row["list_name"] for row in listed] == ["", "another@example.com"]
    colleague = reviewer(db, reviewed.recruiter, reviewed.interview, "colleague@example.com")
    assert db.as_user(colleague).rows(ROWS, reviewed.interview) == []


def test_what_is_shown_of_the_answers(db: Database, asked: Asked) -> None:
    row = candidate(db, asked)
    assert (row["questions"], row["answered"], row["missing"]) == (2, 0, None)
    db.run(
        "update public.interview_questions set required = true where id = %s", asked.questions[1]
    )
    write = "select public.write_response(%s, 'Because.')"
    db.as_user(asked.candidate).value(write, asked.questions[0])
    row = candidate(db, asked)
    assert (row["answered"], row["missing"]) == (1, "2")
    db.as_user(asked.candidate).value(write, asked.questions[1])
    assert candidate(db, asked)["missing"] is None
    db.as_user(asked.candidate).value(COMPLETE, asked.interview)
    db.value(DELETE, asked.interview)
    row = candidate(db, asked)
    assert row["responses_deleted_at"] and row["answered"] == 0 and row["missing"] is None


def test_reviews_are_counted_and_not_shown(db: Database, reviewed: Reviewed) -> None:
    colleague = reviewer(db, reviewed.recruiter, reviewed.interview, "colleague@example.com")
    save(db, colleague, reviewed.participant, rate_all(*reviewed.criteria), submit=True)
    row = candidate(db, reviewed)
    assert (row["state"], row["reviews"], row["own_review_at"]) == ("reviewed", 1, None)
    save(db, reviewed.recruiter, reviewed.participant, rate_all(*reviewed.criteria), submit=True)
    row = candidate(db, reviewed)
    assert row["reviews"] == 2 and row["own_review_at"] is not None


def test_nobody_but_the_owner_reads_candidates(db: Database, reviewed: Reviewed) -> None:
    colleague = reviewer(db, reviewed.recruiter, reviewed.interview, "colleague@example.com")
    other = db.scene("other@example.com")
    invite = db.as_user(reviewed.recruiter).value("select id from public.interview_invites")
    assert len(page(db, reviewed.interview)) == 1
    for who in (colleague, other.recruiter, reviewed.candidate):
        db.as_user(who)
        assert db.rows(ROWS, reviewed.interview) == page(db, reviewed.interview) == []
        assert db.rows(COUNTS, reviewed.interview, None) == []
        assert db.value("select public.match_candidates(%s)", reviewed.interview) == []
        for id in (invite, reviewed.participant):
            assert db.rows("select * from public.get_candidate(%s)", id) == []
            assert db.rows("select * from public.candidate_timeline(%s)", id) == []
        progress = db.one("select * from private.progress_of(%s)", reviewed.participant)
        assert set(progress.values()) == {None}
    assert [row["email"] for row in db.as_user(other.recruiter).rows(ROWS, other.interview)] == [
        other.email
    ]


def test_one_candidate_by_any_of_their_ids(db: Database, asked: Asked) -> None:
    db.as_user(asked.candidate).value(WITHDRAW, asked.interview)
    again = db.invite(asked.recruiter, asked.interview, asked.email)
    row = candidate(db, asked)
    for id in (asked.invite, again["invite_id"], asked.participant):
        assert db.rows("select * from public.get_candidate(%s)", id) == [row]
    assert db.rows("select * from public.get_candidate(%s)", uuid.uuid4()) == []


# ---- pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", KEYS)
@pytest.mark.parametrize("descending", [True, False])
def test_everybody_comes_once_in_order(db: Database, sort: str, descending: bool) -> None:
    scene = crowd(db, 40)
    rows: list[Row] = []
    after = None
    while found := page(db, scene.interview, None, None, sort, descending, 7, after):
        rows += found
        after = found[-1]
    everybody = db.rows(ROWS, scene.interview)
    assert len(rows) == len(everybody) == 41
    order = "desc" if descending else "asc"
    sql = f"{ROWS.partition(' order')[0]} order by {KEYS[sort]} {order}, id {order}"
    assert rows == db.rows(sql, scene.interview)
    back = page(db, scene.interview, None, None, sort, descending, 5, rows[20], backwards=True)
    assert back == rows[15:20]
    some = ["joined", "completed"]
    chosen = page(db, scene.interview, some, None, sort, descending)
    assert chosen == [row for row in rows if row["state"] in some] != []
    found = page(db, scene.interview, some, "PERSON 1", sort, descending)
    assert found == [row for row in chosen if "person 1" in row["list_name"]] != []


def test_what_matches_is_counted_and_chosen(db: Database) -> None:
    scene = crowd(db, 40)
    counts = {row["state"]: row["candidates"] for row in db.rows(COUNTS, scene.interview, None)}
    assert counts == {"invited": 11, "joined": 10, "completed": 10, "expired": 5, "revoked": 5}
    assert list(counts) == ["invited", "joined", "completed", "expired", "revoked"]
    found = db.rows(COUNTS, scene.interview, "candidate1")
    assert sum(row["candidates"] for row in found) == 11
    match = "select public.match_candidates(%s, %s, %s)"
    assert set(db.value(match, scene.interview, ["expired"], "candidate1")) == {
        row["id"] for row in page(db, scene.interview, ["expired"], "candidate1")
    }
    # Whichever way the states are asked for, everybody comes once.
    repeated = [["expired", "expired"], ["expired", "expired"]]
    once = db.value(match, scene.interview, ["expired"], None)
    assert db.value(match, scene.interview, repeated, None) == once
    for search in ("%", "_", "\\", "nobody"):
        assert page(db, scene.interview, search=search) == []


@pytest.mark.parametrize(
    "given",
    [
        {"states": ["invited", "nonsense"]},
        {"states": [None]},
        {"sort": "email"},
        {"sort": None},
        {"after": {"last_event_at": "never", "id": uuid.uuid4()}},
        {"after": {"last_event_at": "2026-01-01 00:00 Nowhere/Land", "id": uuid.uuid4()}},
    ],
)
def test_lists_that_do_not_exist(db: Database, scene: Scene, given: dict[str, Any]) -> None:
    db.as_user(scene.recruiter)
    after = given.get("after", {"last_event_at": None, "id": None})
    asked = {"states": None, "sort": "activity", **given}
    refusal = db.refused(
        LIST,
        *(scene.interview, asked["states"], None, asked["sort"], True, 50),
        *(after["last_event_at"], after["id"], False),
    )
    assert (refusal.code, refusal.slug) == ("PT400", "invalid_list")


def test_what_cannot_be_chosen(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter)
    sql = "select public.match_candidates(%s, '{nonsense}')"
    assert db.refused(sql, scene.interview).slug == "invalid_list"


def test_what_is_marked_is_never_sent(db: Database, scene: Scene) -> None:
    """By no writer of a new invite."""
    row = db.as_owner().one(
        "insert into public.interview_invites (interview_id, email, is_current, withdrawn_at,"
        " reviewed_at, decision, decided_at) values (%s, 'new@example.com', false, now(), now(),"
        " 'hold', now()) returning state, withdrawn_at, reviewed_at, decision, decided_at",
        scene.interview,
    )
    assert list(row.values()) == ["invited", None, None, None, None]


def test_a_page_reads_its_own_rows(db: Database) -> None:
    """However many there are, however far down the list it is, in any state and order."""
    scene = crowd(db, 10_000)
    db.as_owner().run("analyze public.interview_invites, public.interview_participants")
    db.as_user(scene.recruiter)
    for sort in KEYS:
        for states in (None, ["completed"], ["expired", "revoked"]):
            row = page(db, scene.interview, states, None, sort, size=1000)[-1]
            for backwards in (False, True):
                before = rows_read(db)
                rows = page(db, scene.interview, states, None, sort, True, 20, row, backwards)
                assert len(rows) == 20
                # A page of each state at most, and for each row its invite and participant.
                assert rows_read(db) - before <= 20 * (len(states or range(5)) + 8), (sort, states)
    before = rows_read(db)
    assert page(db, scene.interview, search="nobody") == []
    assert rows_read(db) - before <= 10_100, "a search reads the interview once"

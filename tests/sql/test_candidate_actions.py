"""change_candidates: what happens to each of many, and what a preview says of it."""

import uuid
from typing import Any

import pytest

from tests.kit.database import Database, Refusal, Row, Scene, at_once, committed
from tests.kit.responses import COMPLETE, WITHDRAW
from tests.sql.jobs import REMINDER, accept_all, claim, maintain, settle
from tests.sql.locks import redeem, waited

CHANGE = "select public.change_candidates(%s, %s, %s, now() + %s::interval, %s)"
ACTIONS = ["resend", "remind", "revoke", "extend", "delete"]
EVERYTHING = (
    "select to_jsonb(i) as row from public.interview_invites i"
    " union all select to_jsonb(p) from public.interview_participants p"
    " union all select to_jsonb(j) from private.jobs j"
    " union all select to_jsonb(c) from private.invite_counts c"
)


def change(
    db: Database,
    on: Scene,
    ids: list[Any],
    action: str,
    away: str | None = "60 days",
    preview: bool = False,
) -> list[Row]:
    """The outcome of each."""
    rows: list[Row] = db.as_user(on.recruiter).value(
        CHANGE, on.interview, ids, action, away, preview
    )
    return rows


class People:
    """One candidate in each state, by a word for it, with the id of their current invite."""

    def __init__(self, db: Database) -> None:
        self.scene = db.scene("gone@example.com")
        self.ids: dict[str, uuid.UUID] = {"gone": self.scene.invite}
        self.accounts = {"gone": self.scene.candidate}
        db.accept(self.scene.candidate, self.scene.code)
        for name in ("late", "requested", "withdrawn"):
            self.add(db, name, joins=name == "withdrawn")
        db.value(WITHDRAW, self.scene.interview)
        db.pass_time("31 days")
        maintain(db)
        db.as_user(db.account("requested@example.com")).value("select public.resend_my_codes()")
        for name in ("revoked", "failed", "reminded", "unsubscribed", "invited"):
            self.add(db, name)
        for name in ("active", "completed"):
            self.add(db, name, joins=True)
        db.value(COMPLETE, self.scene.interview)
        accept_all(db)
        db.pass_time("2 days")
        change(db, self.scene, [self.ids["revoked"]], "revoke")
        change(db, self.scene, [self.ids["reminded"]], "remind")
        accept_all(db)
        change(db, self.scene, [self.ids["failed"]], "resend")
        (mail,) = claim(db)
        settle(db, mail, "failed", error="550")
        with db.superuser():
            db.run("delete from auth.users where id = %s", self.scene.candidate)
            sql = "insert into private.unsubscribes (address_key, recruiter_id)"
            sql += " values (private.address_key('unsubscribed@example.com'), %s)"
            db.run(sql, self.scene.recruiter)
        db.pass_time("1 hour")
        self.add(db, "queued")

    def add(self, db: Database, name: str, joins: bool = False) -> None:
        email = f"{name}@example.com"
        invite = db.invite(self.scene.recruiter, self.scene.interview, email)
        self.ids[name] = uuid.UUID(invite["invite_id"])
        if joins:
            self.accounts[name] = db.account(email)
            db.accept(self.accounts[name], invite["invite_code"])

    def outcomes(self, db: Database, action: str, preview: bool) -> dict[str, str]:
        """Of all of them at once, by name."""
        rows = change(db, self.scene, list(self.ids.values()), action, "60 days", preview)
        assert [row["candidate_id"] for row in rows] == [str(id) for id in self.ids.values()]
        assert [row["email"] for row in rows] == [f"{name}@example.com" for name in self.ids]
        return {name: row["outcome"] for name, row in zip(self.ids, rows, strict=True)}


OUTCOMES = {
    "resend": {
        **dict.fromkeys(["late", "requested", "revoked"], "created"),
        **dict.fromkeys(["reminded", "invited", "failed"], "renewed"),
        **dict.fromkeys(["active", "completed"], "already_joined"),
        **dict.fromkeys(["withdrawn", "gone"], "withdrawn"),
        **{"queued": "unchanged", "unsubscribed": "unsubscribed"},
    },
    "remind": {
        **dict.fromkeys(["invited", "active"], "reminded"),
        **dict.fromkeys(["late", "requested"], "expired"),
        **dict.fromkeys(["withdrawn", "gone"], "withdrawn"),
        **{"queued": "not_mailed_yet", "unsubscribed": "unsubscribed", "revoked": "revoked"},
        **{"failed": "not_delivered", "reminded": "reminded_recently"},
        "completed": "already_completed",
    },
    "revoke": {
        **dict.fromkeys(["late", "requested", "reminded", "invited", "failed"], "revoked"),
        **dict.fromkeys(["queued", "unsubscribed"], "revoked"),
        **dict.fromkeys(["active", "completed"], "already_joined"),
        **dict.fromkeys(["withdrawn", "gone"], "withdrawn"),
        "revoked": "unchanged",
    },
    "extend": {
        **dict.fromkeys(["reminded", "invited", "failed", "queued", "unsubscribed"], "extended"),
        **dict.fromkeys(["late", "requested"], "expired"),
        **dict.fromkeys(["active", "completed"], "already_joined"),
        **dict.fromkeys(["withdrawn", "gone"], "withdrawn"),
        "revoked": "revoked",
    },
    "delete": {
        **dict.fromkeys(["late", "requested", "revoked", "reminded", "invited"], "deleted"),
        **dict.fromkeys(["failed", "queued", "unsubscribed"], "deleted"),
        **dict.fromkeys(["active", "completed", "withdrawn", "gone"], "already_joined"),
    },
}


@pytest.mark.parametrize("action", ACTIONS)
def test_everybody_at_once(db: Database, action: str) -> None:
    """As the preview says, which does nothing; and then to those alone of whom it says so."""
    people = People(db)
    with db.superuser():
        before = db.rows(EVERYTHING)
    assert people.outcomes(db, action, preview=True) == OUTCOMES[action]
    with db.superuser():
        assert db.rows(EVERYTHING) == before
    assert people.outcomes(db, action, preview=False) == OUTCOMES[action]
    done = {
        *("created", "renewed", "unsubscribed", "reminded", "revoked", "extended", "deleted")
    } - {"revoked" if action != "revoke" else "", "unsubscribed" if action != "resend" else ""}
    changed = {name for name, outcome in OUTCOMES[action].items() if outcome in done}
    with db.superuser():
        after = db.rows(EVERYTHING)
    touched = {
        row["row"].get("email")
        for row in [*(row for row in after if row not in before), *before]
        if row not in after or row not in before
    }
    joined = {"active@example.com"} if action == "remind" else set()
    assert touched - {None} == {f"{name}@example.com" for name in changed} - joined


def test_a_resent_invite_and_a_new_one(db: Database) -> None:
    people = People(db)
    kept, late = people.ids["invited"], people.ids["late"]
    code = db.invite_row(kept)["invite_code"]
    again, new = change(db, people.scene, [kept, late], "resend")
    assert (again["invite_id"], again["invite_code"]) == (str(kept), code)
    assert new["invite_id"] != str(late)
    assert db.jobs(kept) == db.jobs(new["invite_id"]) == ["queued"]
    listed = "select id from public.interview_candidates where email = 'late@example.com'"
    assert db.value(listed) == uuid.UUID(new["invite_id"])


def test_a_reminder_by_hand_is_sent(db: Database) -> None:
    """To people without a deadline, too; and the same day no other one."""
    people = People(db)
    change(db, people.scene, [people.ids["invited"], people.ids["active"]], "remind")
    mails = claim(db, kinds=[REMINDER])
    assert {mail["email"] for mail in mails} == {"invited@example.com", "active@example.com"}
    assert [mail["invite_code"] is None for mail in mails].count(True) == 1
    assert people.outcomes(db, "remind", True)["active"] == "reminded_recently"
    db.pass_time("1 day")
    assert people.outcomes(db, "remind", True)["active"] == "reminded"


def test_a_reminder_by_hand_that_came_too_late(db: Database) -> None:
    people = People(db)
    change(db, people.scene, [people.ids["invited"], people.ids["active"]], "remind")
    db.as_user(people.accounts["active"]).value(COMPLETE, people.scene.interview)
    change(db, people.scene, [people.ids["invited"]], "revoke")
    assert claim(db, kinds=[REMINDER]) == []


def test_no_reminder_to_who_unsubscribed_by_the_address_they_joined_by(db: Database) -> None:
    people = People(db)
    with db.superuser():
        sql = "update auth.users set email = 'now@example.com' where id = %s"
        db.run(sql, people.accounts["active"])
        sql = "insert into private.unsubscribes (address_key, recruiter_id)"
        sql += " values (private.address_key('active@example.com'), %s)"
        db.run(sql, people.scene.recruiter)
    assert people.outcomes(db, "remind", True)["active"] == "unsubscribed"


def test_extending(db: Database, scene: Scene) -> None:
    before = db.invite_row(scene.invite)["expires_at"]
    assert [row["outcome"] for row in change(db, scene, [scene.invite], "extend", "20 days")] == [
        "unchanged"
    ]
    assert db.invite_row(scene.invite)["expires_at"] == before
    change(db, scene, [scene.invite], "extend", "90 days")
    assert (db.invite_row(scene.invite)["expires_at"] - before).days == 60
    db.pass_time("91 days")
    assert [row["outcome"] for row in change(db, scene, [scene.invite], "extend")] == ["expired"]


def test_who_is_deleted_leaves_nothing(db: Database, scene: Scene) -> None:
    db.pass_time("31 days")
    again = db.invite(scene.recruiter, scene.interview, scene.email)["invite_id"]
    assert change(db, scene, [scene.invite], "delete")[0]["outcome"] == "not_found", "not current"
    (row,) = change(db, scene, [again], "delete")
    assert (row["outcome"], row["invite_id"], row["invite_code"]) == ("deleted", None, None)
    assert db.rows("select from public.interview_invites") == []
    assert db.jobs(scene.invite) == db.jobs(again) == []


def test_who_is_none_of_the_interview(db: Database, scene: Scene) -> None:
    other = db.scene("other@example.com")
    db.accept(other.candidate, other.code)
    joined = db.participant_row(other.interview, other.candidate)["id"]
    for action in ACTIONS:
        ids = [other.invite, uuid.uuid4(), joined, scene.invite, scene.invite, None]
        rows = change(db, scene, ids, action, preview=True)
        assert [row["outcome"] for row in rows[:3]] == ["not_found"] * 3
        assert [row["outcome"] for row in rows[4:]] == ["duplicate", "not_found"]
        assert rows[0]["email"] is None
    with db.superuser():
        db.run("delete from public.interview_invites where id = %s", scene.invite)
    assert change(db, scene, [scene.invite], "revoke")[0]["outcome"] == "not_found"


def test_calls_that_are_refused(db: Database, scene: Scene) -> None:
    other = db.scene("other@example.com")
    db.as_user(scene.recruiter)
    ids = [scene.invite]
    for given, refused in {
        (scene.interview, (), "revoke", None): "no_candidates",
        (scene.interview, None, "revoke", None): "no_candidates",
        (scene.interview, (*ids * 1001,), "revoke", None): "too_many_candidates",
        (scene.interview, (*ids,), "erase", None): "invalid_action",
        (scene.interview, (*ids,), None, None): "invalid_action",
        (scene.interview, (*ids,), "extend", None): "invalid_expiry",
        (scene.interview, (*ids,), "extend", "-1 second"): "invalid_expiry",
        (scene.interview, (*ids,), "extend", "367 days"): "invalid_expiry",
        (other.interview, (other.invite,), "revoke", None): "interview_not_found",
    }.items():
        interview, chosen, action, away = given
        listed = None if chosen is None else list(chosen)
        for preview in (True, False):
            refusal = db.refused(CHANGE, interview, listed, action, away, preview)
            assert refusal.slug == refused, given
    db.run("update public.interviews set status = 'inactive' where id = %s", scene.interview)
    for action in ("resend", "remind"):
        for preview in (True, False):
            refusal = db.refused(CHANGE, scene.interview, ids, action, None, preview)
            assert refusal.slug == "interview_closed"
    assert change(db, scene, ids, "revoke")[0]["outcome"] == "revoked"


@pytest.mark.parametrize("action", ["resend", "remind"])
def test_the_daily_limit_holds_for_all_or_none(db: Database, action: str) -> None:
    people = People(db)
    able = sum(o in ("created", "renewed", "reminded") for o in OUTCOMES[action].values())
    limit = "update private.settings set invites_per_day = %(n)s, invites_per_day_at_first = %(n)s"
    ids = list(people.ids.values())
    with db.superuser():
        db.run("delete from private.invite_counts")
        # Who is unsubscribed is invited, and counts.
        db.run(limit, {"n": able - 1})
    for preview in (True, False):
        db.as_user(people.scene.recruiter)
        refusal = db.refused(CHANGE, people.scene.interview, ids, action, None, preview)
        assert refusal.slug == "invites_per_day_reached"
    with db.superuser():
        db.run(limit, {"n": able + (action == "resend")})
    assert people.outcomes(db, action, preview=False) == OUTCOMES[action]


def test_the_service_acts_for_the_recruiter(db: Database, scene: Scene) -> None:
    db.as_service()
    (row,) = db.value(CHANGE, scene.interview, [scene.invite], "revoke", None, False)
    assert row["outcome"] == "revoked"


# ---- at once ----------------------------------------------------------------------------------


def act(scene: Scene, action: str) -> Any:
    return lambda db: change(db, scene, [scene.invite], action)[0]["outcome"]


@pytest.mark.parametrize(
    ("action", "outcome"),
    [("revoke", "already_joined"), ("extend", "already_joined"), ("delete", "already_joined")],
)
def test_who_joins_first(url: str, made: Scene, action: str, outcome: str) -> None:
    assert waited(url, redeem(made), act(made, action)) == outcome


@pytest.mark.parametrize(
    ("action", "found"),
    [("revoke", "invite_expired"), ("extend", None), ("delete", "invite_not_found")],
)
def test_who_is_changed_first(url: str, made: Scene, action: str, found: str | None) -> None:
    answer = waited(url, act(made, action), lambda db: db.accept(made.candidate, made.code))
    assert (answer.slug if isinstance(answer, Refusal) else answer.get("details")) == found


def test_who_completes_while_they_are_reminded(url: str, made: Scene) -> None:
    with committed(url) as db:
        db.accept(made.candidate, made.code)
    answer = waited(
        url,
        lambda db: db.as_user(made.candidate).value(COMPLETE, made.interview),
        act(made, "remind"),
    )
    assert answer == "already_completed"


def test_reminding_waits_for_nobody_else(url: str, made: Scene) -> None:
    """Nor for an invite that is redeemed, which no action changes."""
    with committed(url) as db:
        db.accept(made.candidate, made.code)
        other = db.invite(made.recruiter, made.interview, "other@example.com")
        db.accept(db.account("other@example.com"), other["invite_code"])
    with committed(url) as holding, committed(url) as db:
        theirs = "select from public.interview_participants where invite_id = %s for update"
        assert holding.run(theirs, other["invite_id"]) == 1
        assert holding.run("select from public.interview_invites for update") == 2
        db.run("set local lock_timeout = '50ms'")
        assert act(made, "remind")(db) == "reminded"


def test_many_recruiters_at_once(url: str, made: Scene) -> None:
    """All actions on all candidates by several sessions: nobody meets a deadlock."""
    with committed(url) as db:
        emails = [f"person{n}@example.com" for n in range(20)]
        db.as_user(made.recruiter)
        made_of = "select public.create_invites(%s, %s)"
        invites = [row["invite_id"] for row in db.value(made_of, made.interview, emails)]
    calls = [
        lambda db, ids=ids, action=action: change(db, made, ids, action)
        for action in ("extend", "revoke", "resend", "remind")
        for ids in (invites, invites[::-1])
    ]
    answers = at_once(url, calls)
    assert all(isinstance(answer, list) for answer in answers), answers

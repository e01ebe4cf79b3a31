"""Names of candidates: given with their addresses, kept with the invite, carried along."""

import uuid

import pytest

from tests.kit.database import Database, Scene
from tests.sql.jobs import claim

CREATE = "select public.create_invites(%s, %s, names => %s)"
NAMES = "select candidate_name from public.interview_invites where email = %s order by created_at"
HOSTILE = {
    "Jane https://evil.example": None,
    "HTTP:evil": None,
    "Win at WWW.evil.example": None,
    "jane@evil.example": None,
    "Click evil.example/login": None,
    "evil.example?x=1": None,
    "ftp://evil": None,
    "": None,
    " \u200b\t": None,
    "\u202eenaJ\u2066 Doe\u2069": "enaJ Doe",
    "Jane\r\nBcc: boss": "Jane Bcc: boss",
    "Jane\x07\x1b[2J": "Jane [2J",
    "x" * 10_000: "x" * 100,
    "<b onclick=x>Jane</b>": "<b onclick=x>Jane</b>",
    "Dr. Jane Doe-O'Neil, Jr.": "Dr. Jane Doe-O'Neil, Jr.",
    "Jane Doe (Booking.com)": "Jane Doe (Booking.com)",
    "山田 太郎": "山田 太郎",
    "=1+1": "=1+1",
}


def create(
    db: Database, interview: uuid.UUID, people: dict[str, str | None]
) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = db.value(CREATE, interview, list(people), list(people.values()))
    return rows


def names(db: Database, email: str) -> list[str | None]:
    return [row["candidate_name"] for row in db.as_owner().rows(NAMES, email)]


def test_each_address_has_its_name(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter)
    people = {"jane@example.com": " Jane  Doe ", "rick@example.com": None, "Ann@Example.com": "Ann"}
    assert {row["outcome"] for row in create(db, scene.interview, people)} == {"created"}
    # The recruiter reads them with the invites.
    rows = db.rows("select email, candidate_name as name from public.interview_invites")
    found = {row["email"]: row["name"] for row in rows if row["email"] != scene.email}
    assert found == {
        "jane@example.com": "Jane Doe",
        "rick@example.com": None,
        "ann@example.com": "Ann",
    }


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name)[:40])
def test_a_name_that_is_refused_loses_nothing_else(db: Database, scene: Scene, name: str) -> None:
    db.as_user(scene.recruiter)
    email = "jane@example.com"
    (row,) = create(db, scene.interview, {email: name})
    assert row["outcome"] == "created" and len(row["invite_code"]) == 6
    assert names(db, email) == [HOSTILE[name]]
    # The same by the table, for DBAs.
    written = "update public.interview_invites set candidate_name = %s where email = %s"
    db.run(written, name, email)
    assert names(db, email) == [HOSTILE[name]]
    inserted = "insert into public.interview_invites (candidate_name, email, interview_id)"
    db.run(f"{inserted} values (%s, 'rick@example.com', %s)", name, scene.interview)
    assert names(db, "rick@example.com") == [HOSTILE[name]]


def test_fewer_and_more_names_than_addresses(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter)
    emails = ["jane@example.com", "rick@example.com"]
    assert len(db.value(CREATE, scene.interview, emails, ["Jane"])) == 2
    assert (names(db, emails[0]), names(db, emails[1])) == (["Jane"], [None])
    db.as_user(scene.recruiter)
    more = ["ann@example.com"]
    (row,) = db.value(CREATE, scene.interview, more, ["Ann", "Eve", "Max"])
    assert row["email"] == "ann@example.com" and names(db, "ann@example.com") == ["Ann"]


def test_a_name_stays_until_another_is_given(db: Database, scene: Scene) -> None:
    email = "jane@example.com"
    db.as_user(scene.recruiter)
    create(db, scene.interview, {email: "Jane"})
    for given, kept in (
        (None, "Jane"),
        ("Jane Doe", "Jane Doe"),
        ("https://x.example", "Jane Doe"),
    ):
        db.pass_time("11 minutes")
        db.as_user(scene.recruiter)
        (row,) = create(db, scene.interview, {email: given})
        assert row["outcome"] == "renewed" and names(db, email) == [kept]


def test_a_new_invite_has_the_name_of_the_one_that_expired(db: Database, scene: Scene) -> None:
    email = "jane@example.com"
    db.as_user(scene.recruiter)
    (row,) = create(db, scene.interview, {email: "Jane"})
    db.value("select public.revoke_invite(%s)", row["invite_id"])
    again = db.value("select public.resend_invite(%s)", row["invite_id"])
    assert again["outcome"] == "created" and names(db, email) == ["Jane", "Jane"]
    # Nobody else's interview knows it.
    stranger = db.account("stranger@example.com")
    interview = db.as_user(stranger).value(
        "insert into public.interviews (title, recruiter_id) values ('x', %s) returning id",
        stranger,
    )
    (row,) = create(db, interview, {email: None})
    assert db.as_owner().invite_row(row["invite_id"])["candidate_name"] is None


def test_a_worker_gets_the_name_with_the_mail(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter)
    create(db, scene.interview, {"jane@example.com": "Jane Doe", "rick@example.com": None})
    claimed = {mail["email"]: mail["candidate_name"] for mail in claim(db)}
    assert claimed["jane@example.com"] == "Jane Doe" and claimed["rick@example.com"] is None


def test_names_come_with_a_new_interview(db: Database, scene: Scene) -> None:
    made = db.as_user(scene.recruiter).value(
        "select public.create_interview('Title', emails => %s, names => %s)",
        ["jane@example.com"],
        ["Jane Doe"],
    )
    assert made["invites"][0]["outcome"] == "created"
    assert names(db, "jane@example.com") == ["Jane Doe"]


def test_the_name_goes_along_with_who_joins(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter)
    (row,) = create(db, scene.interview, {"jane@example.com": "Jane Doe"})
    jane = db.account("jane@example.com")
    db.accept(jane, row["invite_code"])
    db.accept(scene.candidate, scene.code)
    assert db.participant_row(scene.interview, jane)["candidate_name"] == "Jane Doe"
    assert db.participant_row(scene.interview, scene.candidate)["candidate_name"] is None
    # An invite without a name takes none away, one with another name brings it.
    for given, kept in ((None, "Jane Doe"), ("Jane Roe", "Jane Roe")):
        db.as_user(jane).value("select public.withdraw_from_interview(%s)", scene.interview)
        db.as_user(scene.recruiter)
        (row,) = create(db, scene.interview, {"jane@example.com": given})
        db.as_owner().run(
            "update public.interview_invites set candidate_name = %s where id = %s",
            given,
            row["invite_id"],
        )
        db.accept(jane, row["invite_code"])
        assert db.participant_row(scene.interview, jane)["candidate_name"] == kept


def test_candidates_do_not_write_names(db: Database, scene: Scene) -> None:
    sql = "insert into public.interview_invites (interview_id, email, candidate_name)"
    sql += " values (%s, 'jane@example.com', 'Jane')"
    assert db.as_user(scene.recruiter).refused(sql, scene.interview).code == "42501"

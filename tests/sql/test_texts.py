"""Titles and names that emails show: no links in them, and nobody signs as the service.

tests/samples/texts.json has the lists; each is tried at every door.
"""

import json
import uuid
from pathlib import Path

import pytest
from psycopg.types.json import Jsonb

from tests.kit.database import Database, Refusal, Scene
from tests.sql.jobs import claim

SAMPLES = json.loads(
    (Path(__file__).resolve().parents[1] / "samples" / "texts.json").read_text(encoding="utf-8")
)
LINK = "Verify now: https://evil.example"
IMPOSTOR = "HireVision Security"
NOT_ALLOWED = "text_not_allowed"

CREATE = "select public.create_interview(%s)"
RENAME = "update public.interviews set title = %s where id = %s"
INVITE = "select public.create_invites(%s, '{new@example.com}', %s)"
PREVIEW = "select public.preview_invites(%s, '{new@example.com}')"
RESEND = "select public.resend_invite(%s)"
CORRECT = "select public.correct_invite(%s, 'right@example.com')"
INSERT = "insert into public.interview_invites (interview_id, email) values (%s, 'new@example.com')"
SIGNED = (
    "insert into public.interview_invites (interview_id, email, recruiter_name)"
    " values (%s, 'new@example.com', %s)"
)
GENERAL = "select public.invite_candidates('{new@example.com}', %s)"
NEVER_QUEUED = "update public.interview_invites set delivery_status = null"


def slugs(refusals: list[Refusal]) -> set[str | None]:
    return {refusal.slug for refusal in refusals}


def inserted(db: Database, recruiter: uuid.UUID, title: str) -> uuid.UUID:
    """As the first version's frontend does."""
    interview: uuid.UUID = db.as_user(recruiter).value(
        "insert into public.interviews (title, recruiter_id) values (%s, %s) returning id",
        title,
        recruiter,
    )
    return interview


def renamed_before_the_rule(db: Database, interview: uuid.UUID, title: str = LINK) -> None:
    """As if it had been renamed before the upgrade, which brought the rule."""
    with db.without_triggers():
        db.run(RENAME, title, interview)


# ---- what a link is --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["plain", "links"])
def test_links(db: Database, kind: str) -> None:
    found = {text: db.value("select private.has_link(%s)", text) for text in SAMPLES[kind]}
    assert {text for text in found if found[text] is not (kind == "links")} == set()


def test_a_long_text_is_read_in_one_go(db: Database) -> None:
    """Else a long one could keep the database busy until it ends the statement."""
    for text in ["a.", ":", ": ", "w", "www.", "1.", "x@ ", "ab.cd:1", "\u200b", "é."]:
        db.value("select private.has_link(%s)", text * (1_000_000 // len(text)) + "!")


# ---- titles ----------------------------------------------------------------------------------


def test_honest_titles(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter)
    for title in filter(None, SAMPLES["plain"]):
        assert db.value(CREATE, title)["interview_id"]
        assert db.run(RENAME, title, scene.interview) == 1
        assert db.value(PREVIEW, scene.interview)[0]["outcome"] == "created"


def test_titles_with_a_link(db: Database, scene: Scene) -> None:
    for title in SAMPLES["links"]:
        db.as_user(scene.recruiter)
        refusals = [db.refused(CREATE, title), db.refused(RENAME, title, scene.interview)]
        # DBAs meet the same rule.
        refusals.append(db.as_owner().refused(RENAME, title, scene.interview))
        assert slugs(refusals) == {NOT_ALLOWED}, ascii(title)


def test_a_title_that_was_inserted_is_kept_but_not_mailed(db: Database, scene: Scene) -> None:
    interview = inserted(db, scene.recruiter, LINK)
    ways = {call: (interview,) for call in (PREVIEW, INSERT)} | {INVITE: (interview, None)}
    for role in (db.as_user, lambda _: db.as_service(), lambda _: db.as_owner()):
        role(scene.recruiter)
        refusals = [db.refused(call, *values) for call, values in ways.items()]
        assert slugs(refusals) == {NOT_ALLOWED}
        assert "Rename" in (refusals[0].hint or "")
    # Everything else about it can be changed.
    db.as_user(scene.recruiter)
    assert db.run("update public.interviews set description = 'x', title = title") == 2
    assert db.run(RENAME, "Frontend", interview) == 1
    assert db.value(INVITE, interview, None)[0]["outcome"] == "created"


def test_a_title_from_before_stops_new_mails_alone(db: Database, scene: Scene) -> None:
    renamed_before_the_rule(db, scene.interview)
    # What is queued is sent.
    assert [mail["interview_title"] for mail in claim(db)] == [LINK]
    db.as_user(scene.recruiter)
    assert slugs([db.refused(RESEND, scene.invite), db.refused(CORRECT, scene.invite)]) == {
        NOT_ALLOWED
    }
    assert db.as_user(scene.candidate).value("select public.accept_invite(%s)", scene.code)


def test_an_invite_of_the_first_version_is_not_mailed_with_a_link(
    db: Database, scene: Scene
) -> None:
    """It is queued when the service is asked to send it."""
    renamed_before_the_rule(db, scene.interview)
    db.as_owner().run("delete from private.jobs")
    db.run(NEVER_QUEUED)
    db.pass_time("1 day")
    send = "select public.claim_invite_mail(%s, %s, 'me')"
    refusal = db.as_service().refused(send, scene.email, scene.code)
    assert refusal.slug == NOT_ALLOWED
    db.as_user(scene.recruiter).run(RENAME, "Frontend", scene.interview)
    assert db.as_service().value(send, scene.email, scene.code)["delivery"] == "claimed"


# ---- who signs -------------------------------------------------------------------------------


def test_honest_signatures(db: Database, scene: Scene) -> None:
    for name in SAMPLES["signatures"]:
        db.as_owner().run("delete from public.interview_invites")
        db.run("delete from private.jobs")
        db.as_user(scene.recruiter).value(INVITE, scene.interview, name)
        db.as_service().value(GENERAL, name)
        assert [mail["recruiter_name"] for mail in claim(db)] == [name, name]


@pytest.mark.parametrize("kind", ["links", "protected"])
def test_signatures_that_are_refused(db: Database, scene: Scene, kind: str) -> None:
    create = "select public.create_interview('T', emails => '{a@b.example}', recruiter_name => %s)"
    change = "update public.interview_invites set recruiter_name = %s"
    for name in SAMPLES[kind]:
        db.as_user(scene.recruiter)
        refusals = [
            db.refused(INVITE, scene.interview, name),
            db.refused(create, name),
            db.as_service().refused(GENERAL, name),
            db.refused(INVITE, scene.interview, name),
            db.refused(SIGNED, scene.interview, name),
            db.as_owner().refused(SIGNED, scene.interview, name),
            db.refused(change, name),
        ]
        assert slugs(refusals) == {NOT_ALLOWED}, ascii(name)


def test_a_name_from_before_signs_what_is_sent_again(db: Database, scene: Scene) -> None:
    with db.without_triggers():
        db.run("update public.interview_invites set recruiter_name = %s", IMPOSTOR)
    db.pass_time("11 minutes")
    db.as_user(scene.recruiter)
    assert db.value(RESEND, scene.invite)["outcome"] == "renewed"
    assert db.as_owner().invite_row(scene.invite)["recruiter_name"] == IMPOSTOR
    # Once it has expired, the name comes along into the new invite.
    db.pass_time("31 days")
    outcome = db.as_user(scene.recruiter).value(RESEND, scene.invite)
    assert outcome["outcome"] == "created"
    assert db.as_owner().invite_row(outcome["invite_id"])["recruiter_name"] == IMPOSTOR


@pytest.mark.parametrize("name", [LINK, IMPOSTOR])
def test_the_name_of_an_account_counts_as_none_if_it_may_not_sign(
    db: Database, scene: Scene, name: str
) -> None:
    """The account can change it at any time, without asking us."""
    (mail,) = claim(db)
    page = "select public.email_subscription(%s) ->> 'recruiter_name'"
    db.as_service()
    assert db.value(page, mail["unsubscribe_token"]) == "Rita Recruiter"
    db.as_owner().run(
        "update auth.users set raw_user_meta_data = jsonb_build_object('full_name', %s::text)"
        " where id = %s",
        name,
        scene.recruiter,
    )
    (row,) = db.as_user(scene.recruiter).value(INVITE, scene.interview, None)
    assert db.as_owner().invite_row(row["invite_id"])["recruiter_name"] == "HireVision"
    assert db.as_service().value(page, mail["unsubscribe_token"]) is None


def test_the_protected_name_is_a_setting(db: Database, scene: Scene) -> None:
    db.as_owner().run("update private.settings set protected_name = 'A.c*me (Jobs'")
    db.as_user(scene.recruiter)
    for name in ["acme jobs", "ACMEJOBS team", "Ac me.Jobs"]:
        assert db.refused(INVITE, scene.interview, name).slug == NOT_ALLOWED
    assert db.value(INVITE, scene.interview, IMPOSTOR)[0]["outcome"] == "created"


@pytest.mark.parametrize("nothing", ["", " ", "*"])
def test_without_a_protected_name(db: Database, scene: Scene, nothing: str) -> None:
    db.as_owner().run("update private.settings set protected_name = %s", nothing)
    db.as_user(scene.recruiter)
    assert db.value(INVITE, scene.interview, IMPOSTOR)[0]["outcome"] == "created"


NAMES = "update auth.users set raw_user_meta_data = %s where id = %s"
SIGNATURE_OF = "select public.preview_signature(%s, %s)"


@pytest.mark.parametrize(
    ("name", "company", "signature"),
    [
        (" Jane\nDoe ", "Acme  Ltd.", "Jane Doe, Acme Ltd."),
        ("Jane Doe", "", "Jane Doe"),
        ("", "Acme", "Acme"),
        ("Jane Doe", LINK, "Jane Doe"),
        ("Jane Doe", IMPOSTOR, "Jane Doe"),
        (LINK, "Acme", "Acme"),
        ("Hire", "Vision", "Hire"),
        (None, None, "HireVision"),
    ],
)
def test_the_company_signs_with_the_name_at_every_door(
    db: Database, scene: Scene, name: str | None, company: str | None, signature: str
) -> None:
    with db.superuser():
        db.run(NAMES, Jsonb({"full_name": name, "company": company}), scene.recruiter)
    db.as_user(scene.recruiter)
    assert db.value(SIGNATURE_OF, None, None) == signature
    (row,) = db.value(INVITE, scene.interview, None)
    assert db.invite_row(row["invite_id"])["recruiter_name"] == signature
    # The first version's way.
    plain = (
        "insert into public.interview_invites (interview_id, email) values (%s, %s) returning id"
    )
    db.as_user(scene.recruiter)
    assert db.invite_row(db.value(plain, scene.interview, "b@example.com"))["recruiter_name"] == (
        signature
    )


def test_a_signature_is_seen_before_it_is_saved(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter)
    assert db.value(SIGNATURE_OF, None, None) == "Rita Recruiter"
    assert db.value(SIGNATURE_OF, " Jane  Doe", "Acme ") == "Jane Doe, Acme"
    assert db.value(SIGNATURE_OF, "", " ") == "HireVision"
    assert len(db.value(SIGNATURE_OF, "x" * 90, "y" * 90)) == 100
    for names in ((LINK, "Acme"), ("Jane", LINK), (IMPOSTOR, None), ("Hire", "Vision")):
        assert db.refused(SIGNATURE_OF, *names).slug == NOT_ALLOWED


def test_of_a_name_no_more_is_read_than_an_email_could_show(db: Database, scene: Scene) -> None:
    """Else an account with a long one could hold up the emails of all."""
    endless = "x" * 500 + LINK
    with db.superuser():
        db.run(NAMES, Jsonb({"full_name": endless, "company": endless}), scene.recruiter)
    db.as_user(scene.recruiter)
    assert db.value(SIGNATURE_OF, None, None) == "x" * 100
    assert db.value(SIGNATURE_OF, endless, None) == "x" * 100

"""Accounts of SSO providers, which may claim any address."""

import json

import psycopg
import pytest

from tests.kit.database import Database, Refusal, Scene

ACME = "5d1f9e0a-7c7b-4c55-9d2e-0d8f4f6a1b2c"
OTHER = "0e9b1a57-3a51-4c0f-8a53-6a1c6f1d2e3f"
UNTRUSTED = ("PT403", "sso_address_not_trusted")
EMAIL = "jane@acme.example"


def trust(db: Database, domains: dict[str, list[str]]) -> None:
    db.as_owner().run("update private.settings set sso_domains = %s", json.dumps(domains))


@pytest.mark.parametrize(
    "call",
    [
        "select public.accept_invite('123456')",
        "select public.resend_my_codes()",
        "select public.resubscribe()",
        "select public.set_notifications('never')",
        "select public.create_interview('T')",
        "select public.create_invites(gen_random_uuid(), '{a@example.com}')",
        "select public.preview_invites(gen_random_uuid(), '{a@example.com}')",
        "select public.resend_invite(gen_random_uuid())",
        "select public.correct_invite(gen_random_uuid(), 'a@example.com')",
    ],
)
def test_every_door_refuses_addresses_that_nobody_has_confirmed(db: Database, call: str) -> None:
    account = db.account(EMAIL, sso=ACME, roles=["recruiter"])
    refusal = db.as_user(account).refused(call)
    assert (refusal.code, refusal.slug) == UNTRUSTED
    trust(db, {ACME: ["acme.example"]})
    db.as_user(account)
    try:
        with db.connection.transaction():
            db.rows(call)
    except psycopg.Error as error:
        assert Refusal.of(error).slug in {"interview_not_found", "invite_not_found"}


def test_a_right_and_a_wrong_code_are_refused_alike_and_not_counted(
    db: Database, scene: Scene
) -> None:
    impostor = db.account(scene.email, sso=ACME)
    wrong = f"{(int(scene.code) + 1) % 1_000_000:06}"
    right_and_wrong = [
        db.as_user(impostor).refused("select public.accept_invite(%s)", code)
        for code in [scene.code, wrong]
    ]
    assert right_and_wrong[0] == right_and_wrong[1]
    # The owner of the address is not kept out.
    assert db.accept(scene.candidate, scene.code)["status"] == "active"


@pytest.mark.parametrize(
    ("domains", "email", "trusted"),
    [
        ({ACME: ["acme.example"]}, EMAIL, True),
        ({ACME: ["acme.example"]}, "Jane@ACME.example", True),
        ({ACME: ["other.example", "xn--mller-kva.example"]}, "jane@Müller.example", True),
        ({}, EMAIL, False),
        ({OTHER: ["acme.example"]}, EMAIL, False),
        ({ACME: ["other.example"], OTHER: ["acme.example"]}, EMAIL, False),
        ({ACME: ["acme.example"]}, "jane@mail.acme.example", False),
        ({ACME: ["acme.example"]}, "jane@acme.example.evil.example", False),
        ({ACME: ["acme.example"]}, "no address", False),
        ({"": ["acme.example"]}, EMAIL, False),
    ],
)
def test_a_provider_is_trusted_for_its_domains(
    db: Database, domains: dict[str, list[str]], email: str, trusted: bool
) -> None:
    account = db.account(email, sso=ACME)
    trust(db, domains)
    assert db.as_user(account).value("select public.may_recruit()") is trusted


@pytest.mark.parametrize("app_metadata", [{}, {"provider": "email"}, {"provider": f"x:{ACME}"}])
def test_an_sso_account_without_a_provider_is_not_trusted(
    db: Database, app_metadata: dict[str, str]
) -> None:
    account = db.account(EMAIL, sso=ACME)
    with db.superuser():
        db.run(
            "update auth.users set raw_app_meta_data = %s where id = %s",
            json.dumps(app_metadata),
            account,
        )
    trust(db, {ACME: ["acme.example"], "": ["acme.example"]})
    assert db.as_user(account).value("select public.may_recruit()") is False


def test_nobody_else_is_affected(db: Database, scene: Scene) -> None:
    """An account may say what it likes in the metadata that it writes itself."""
    with db.superuser():
        db.run(
            "update auth.users set raw_user_meta_data = %s where id = %s",
            json.dumps({"provider": f"sso:{ACME}"}),
            scene.candidate,
        )
    assert db.accept(scene.candidate, scene.code)["status"] == "active"


def test_nothing_is_inserted_by_hand(db: Database) -> None:
    account = db.account(EMAIL, sso=ACME)
    insert = "insert into public.interviews (title, recruiter_id) values ('T', %s)"
    assert db.as_user(account).refused(insert, account).code == "42501"
    trust(db, {ACME: ["acme.example"]})
    interview = db.interview(account)
    trust(db, {})
    db.as_user(account)
    insert = "insert into public.interview_invites (interview_id, email) values (%s, 'a@b.example')"
    assert db.refused(insert, interview).code == "42501"


def test_an_export_has_no_invites_to_an_address_that_was_only_claimed(
    db: Database, scene: Scene
) -> None:
    """Who joined with their own address, and later has another person's."""
    person = db.account("own@example.com")
    db.accept(person, db.invite(scene.recruiter, scene.interview, "own@example.com")["invite_code"])
    with db.superuser():
        db.run(
            "update auth.users set email = %s, is_sso_user = true where id = %s",
            scene.email.upper(),
            person,
        )
    export = db.as_service().value("select public.export_person('own@example.com')")
    assert export["addresses"] == ["own@example.com"]
    assert [invite["email"] for invite in export["invites"]] == ["own@example.com"]


def test_no_notice_goes_to_a_recruiters_claimed_address(db: Database) -> None:
    recruiter = db.account(EMAIL, sso=ACME)
    trust(db, {ACME: ["acme.example"]})
    interview = db.interview(recruiter)
    candidate = db.account("ann@example.com")
    db.accept(candidate, db.invite(recruiter, interview, "ann@example.com")["invite_code"])
    db.as_user(candidate).value("select public.complete_interview(%s)", interview)
    wanted = (
        "select d.is_wanted from private.job_contents d join private.jobs j on j.id = d.job_id"
        " where j.kind = 'candidate_completed'"
    )
    with db.superuser():
        assert db.value(wanted) is True
    trust(db, {})
    with db.superuser():
        assert db.value(wanted) is False


def test_the_setting_is_an_object(db: Database) -> None:
    db.as_owner()
    for value in ['["acme.example"]', '"acme.example"', "true"]:
        change = "update private.settings set sso_domains = %s::jsonb"
        assert db.refused(change, value).code == "23514"

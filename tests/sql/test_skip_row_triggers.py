"""The setting interviews.skip_row_triggers, by which a few functions of ours write a whole set."""

from collections.abc import Callable

import pytest

from tests.kit.database import Database, Scene, committed

SETTING = "select current_setting('interviews.skip_row_triggers', true)"
CREATE = "select public.create_invites(%s, %s)"
INSERT = (
    "insert into public.interview_invites (interview_id, email, invite_code) values (%s, %s, %s)"
)


def assert_off(db: Database, scene: Scene) -> None:
    """The setting is off, and a row meets its triggers."""
    assert db.as_owner().value(SETTING) in (None, "")
    for caller in (db.as_user(scene.recruiter), db.as_service(), db.as_owner()):
        refusal = caller.refused(INSERT, scene.interview, "by.hand@example.com", "123456")
        assert refusal.slug == "code_not_allowed"


Act = Callable[[Database, Scene], object]
ACTS: dict[str, Act] = {
    "creating": lambda db, scene: db.as_user(scene.recruiter).value(
        CREATE, scene.interview, ["new@example.com"]
    ),
    "renewing": lambda db, scene: db.as_user(scene.recruiter).value(
        CREATE, scene.interview, [scene.email]
    ),
    "nothing to create": lambda db, scene: db.as_user(scene.recruiter).value(
        CREATE, scene.interview, ["nobody"]
    ),
    "moving": lambda db, scene: db.as_service().value(
        "select public.transfer_interviews(%s, %s)", scene.recruiter, scene.recruiter
    ),
    "moving to another": lambda db, scene: db.as_owner().run(
        "update public.interviews set recruiter_id = %s", scene.candidate
    ),
}


@pytest.mark.parametrize("act", list(ACTS.values()), ids=list(ACTS))
def test_it_is_off_afterwards(db: Database, scene: Scene, act: Act) -> None:
    db.pass_time("11 minutes")
    act(db, scene)
    with db.superuser():
        db.run("update public.interviews set recruiter_id = %s", scene.recruiter)
    assert_off(db, scene)


@pytest.mark.parametrize("limit", [0, 1])
def test_an_error_inside_create_invites_leaves_it_off(
    db: Database, scene: Scene, limit: int
) -> None:
    """Raised by a trigger, while the set is being inserted."""
    db.as_owner().run("update private.settings set invites_per_day = %s", limit)
    with db.superuser():
        db.run(
            "create function public.fail() returns trigger language plpgsql as"
            " 'begin raise exception using errcode = ''PT418''; end'"
        )
        db.run(
            "create trigger _999_fail after insert on public.interview_invites"
            " for each statement execute function public.fail()"
        )
    db.as_service()
    assert db.refused(CREATE, scene.interview, ["new@example.com"]).code == "PT418"
    with db.superuser():
        db.run("drop trigger _999_fail on public.interview_invites")
    db.as_user(scene.recruiter)
    assert db.refused(CREATE, scene.interview, ["a@example.com", "b@example.com"]).slug == (
        "invites_per_day_reached"
    )
    assert_off(db, scene)


def test_an_aborted_savepoint_resets_it(db: Database, scene: Scene) -> None:
    db.as_owner().run("savepoint before")
    db.value("select set_config('interviews.skip_row_triggers', 'yes', true)")
    assert db.value(SETTING) == "yes"
    db.run("rollback to savepoint before")
    assert_off(db, scene)


def test_a_block_that_catches_an_error_resets_it(db: Database, scene: Scene) -> None:
    db.as_owner().run(
        """
        do $$ begin
          perform set_config('interviews.skip_row_triggers', 'yes', true);
          raise exception 'any';
        exception when others then null;
        end $$
        """
    )
    assert_off(db, scene)


def test_it_ends_with_the_transaction(url: str) -> None:
    with committed(url) as db:
        scene = db.scene()
        db.as_user(scene.recruiter).value(CREATE, scene.interview, ["new@example.com"])
        db.connection.commit()
        assert_off(db, scene)


def test_no_function_of_a_client_sets_settings(db: Database) -> None:
    """None of those that clients may call passes on a name of a setting."""
    rows = db.as_owner().rows(
        "select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as text from pg_proc p"
        " where has_function_privilege('authenticated', p.oid, 'execute')"
        " and pronamespace in (select oid from pg_namespace where nspname in ('public', 'private'))"
    )
    assert rows
    for row in rows:
        assert "set_config(" not in row["text"], row["name"]
    setters = db.rows(
        "select p.proname::text as name, p.prosrc as text from pg_proc p where pronamespace in"
        " (select oid from pg_namespace where nspname in ('public', 'private'))"
        " and prosrc like '%set_config(%'"
    )
    assert {row["name"] for row in setters} == {
        *("insert_invites", "move_recruiter_id", "transfer_interviews", "refusal")
    }
    for row in setters:
        # Each names its setting in a literal, as often off as on.
        assert row["text"].count("set_config(") == row["text"].count("set_config('")
        on, off = (
            row["text"].count(f"'interviews.skip_row_triggers', {value}")
            for value in ("'yes'", "''")
        )
        assert on == off == (0 if row["name"] == "refusal" else 1)

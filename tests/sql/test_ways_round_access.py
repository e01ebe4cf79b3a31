"""Ways round policies/access.txt on PostgreSQL: foreign rows, odd tokens and claims."""

import contextlib
import json
import uuid

import psycopg
import pytest

from tests.kit.access import Cast, key_of
from tests.kit.access_page import PUBLIC_TABLES
from tests.kit.database import Database


def test_an_interview_cannot_be_made_for_somebody_else(db: Database, cast: Cast) -> None:
    db.as_user(cast.people["other"])
    for recruiter in [cast.people["recruiter"], uuid.uuid4()]:
        refusal = db.refused(
            "insert into public.interviews (title, recruiter_id) values ('T', %s)", recruiter
        )
        assert refusal.code == "42501"


@pytest.mark.parametrize(
    "sql",
    [
        "insert into public.interview_questions (interview_id, question, order_index)"
        " values (%s, 'Q', 1)",
        "insert into public.interview_invites (interview_id, email) values (%s, 'x@example.com')",
        "insert into public.interview_invites (interview_id, email) values (%s, 'no address')",
        "insert into public.interview_invites (interview_id, email)"
        " values (%s, 'x@example.com') on conflict do nothing",
        "insert into public.interview_invites (interview_id, email, invite_code)"
        " values (%s, 'x@example.com', '123456')",
        "insert into public.interview_invites (interview_id, email, status)"
        " values (%s, 'x@example.com', 'accepted')",
        "insert into public.interview_invites (interview_id) values (%s)",
    ],
)
def test_a_foreign_interview_is_refused_like_one_that_does_not_exist(
    db: Database, cast: Cast, sql: str
) -> None:
    """Nothing reveals to a stranger whether an id, an address or a code exists."""
    db.as_user(cast.people["other"])
    first = db.refused(sql, cast.interview)
    assert first.code == "42501"
    assert db.refused(sql, uuid.uuid4()) == first
    db.as_user(cast.people["recruiter"]).run("update public.interviews set status = 'inactive'")
    db.as_user(cast.people["other"])
    assert db.refused(sql, cast.interview) == first


@pytest.mark.parametrize(
    "call",
    [
        "create_invites(%s, '{x@example.com}')",
        "preview_invites(%s, '{x@example.com}')",
        "reorder_questions(%s, '{}')",
        "resend_invite(%s)",
        "revoke_invite(%s)",
        "correct_invite(%s, 'no address')",
        "complete_interview(%s)",
        "withdraw_from_interview(%s)",
    ],
)
def test_functions_tell_foreign_and_missing_alike(db: Database, cast: Cast, call: str) -> None:
    db.as_user(cast.people["other"])
    pending = cast.invites["pending"]["invite_id"]
    thing = pending if "_invite(" in call else cast.interview
    foreign = db.refused(f"select public.{call}", thing)
    assert foreign.slug is not None
    assert db.refused(f"select public.{call}", uuid.uuid4()) == foreign
    assert db.refused(f"select public.{call}", None) == foreign


def test_a_conflicting_insert_does_not_change_or_return_a_foreign_row(
    db: Database, cast: Cast
) -> None:
    db.as_user(cast.people["other"])
    for sql in [
        "insert into public.interviews (id, title) values (%(interview)s, 'Taken over')"
        " on conflict (id) do update set title = excluded.title returning *",
        "insert into public.interview_participants (interview_id, user_id, status)"
        " values (%(interview)s, auth.uid(), 'active')"
        " on conflict (interview_id, user_id) do update set status = 'active' returning *",
    ]:
        assert db.refused(sql, {"interview": cast.interview}).code == "42501"


@pytest.mark.parametrize("role", ["stranger", "other", "active"])
def test_writing_without_a_condition_reaches_no_foreign_row(
    db: Database, cast: Cast, role: str
) -> None:
    """What reads no column of a row meets no policy for reading: the others bound it alone."""
    for table, change in {
        "interviews": "update {} set title = 'Taken over'",
        "interview_questions": "update {} set question = 'Taken over'",
        "interview_participants": "update {} set status = 'withdrawn'",
        "interview_invites": "delete from {}",
    }.items():
        whose = "where interview_id = %s and user_id <> %s"
        values: tuple[uuid.UUID, ...] = (cast.interview, cast.people[role])
        if table != "interview_participants":
            whose, values = f"where {key_of(table)} = %s", (cast.interview,)
        foreign = f"select * from {table} {whose} order by id"
        before = db.as_owner().rows(foreign, *values)
        for sql in (change.format(table), f"delete from {table}"):
            db.as_user(cast.people[role])
            with db.connection.transaction(force_rollback=True):
                # Also for reasons of the rows that they may reach.
                refused = contextlib.suppress(psycopg.ProgrammingError)
                with refused, db.connection.transaction():
                    db.run(sql)
                assert db.as_owner().rows(foreign, *values) == before != []


INSERT = "insert into public.interviews (title) values ('T')"


def test_a_token_for_no_account_reads_nothing(db: Database, cast: Cast) -> None:
    for claims in [{"role": "authenticated"}, {"sub": str(uuid.uuid4())}, None]:
        db._be("authenticated", claims)
        for table in PUBLIC_TABLES:
            assert db.run(f"select from {table.name}") == 0
        assert db.refused(INSERT).code == "42501"


# Of the functions for clients, those that tell everybody the same.
SAME_FOR_ALL = {"delivery_state", "response_settings"}


def test_a_sub_that_is_no_uuid_is_nobody(db: Database) -> None:
    functions = db.rows(
        "select proname::text as name, array(select 'null::' || format_type(type, null)"
        "  from unnest(proargtypes) with ordinality as a (type, n) order by n) as nulls"
        " from pg_proc where pronamespace = 'public'::regnamespace"
        " and has_function_privilege('authenticated', oid, 'execute')"
        " and prorettype <> 'trigger'::regtype order by 1"
    )
    db.as_user("nobody")
    answered = {}
    for function in functions:
        call = f"public.{function['name']}({', '.join(function['nulls'])})"
        try:
            with db.connection.transaction(force_rollback=True):
                answered[function["name"]] = db.value(f"select {call}")
        except psycopg.Error as error:
            answered[function["name"]] = error.diag.message_detail or error.diag.message_primary
    # They say 0 and false if their plan reads no row by account, as where there are none.
    answered.pop("storage_used")
    answered.pop("may_recruit")
    assert {name for name, said in answered.items() if said != "not_signed_in"} == SAME_FOR_ALL


def test_claims_do_not_make_a_service(db: Database, cast: Cast) -> None:
    """The role is what PostgREST switched to, not what a claim says."""
    db._be("authenticated", {"sub": str(cast.people["other"]), "role": "service_role"})
    refusal = db.refused("select public.create_invites(%s, '{x@example.com}')", cast.interview)
    assert refusal.slug == "interview_not_found"


def test_metadata_do_not_make_a_recruiter(db: Database, cast: Cast) -> None:
    db.as_owner().run("update private.settings set require_recruiter_role = true")
    with db.superuser():
        db.run(
            "update auth.users set raw_user_meta_data = %s where id = %s",
            json.dumps({"roles": ["recruiter"]}),
            cast.people["other"],
        )
    db.as_user(cast.people["other"], app_metadata={"roles": ["recruiter"]})
    assert db.refused(INSERT).code == "42501"

"""The access matrix: who may do what, written once and tried as everybody.

`!` is refused outright (42501); a number is how many rows of the scene are read, changed or
deleted: where a right exists but the row is not theirs, an update hits 0 rows. The scene holds
one interview with two questions and five invites (pending, expired, and those of the active,
the completed and the withdrawn participant); what the other recruiter owns is not counted.
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from tests.database import Database

TABLES = ["interviews", "interview_questions", "interview_invites", "interview_participants"]

# ---- the matrix ----------------------------------------------------------------------------

READ = """
                         anon stranger unconfirmed anonymous other recruiter active completed withdrawn service
interviews               !    0        0           0         0     1         1      1         1         1
interview_questions      !    0        0           0         0     2         2      2         0         2
interview_invites        !    0        0           0         0     5         0      0         0         5
interview_participants   !    0        0           0         0     3         1      1         1         3
interview_stats          !    0        0           0         0     1         0      0         0         !
"""  # noqa: E501

# A row of the interview in the scene; of interviews, a row of one's own.
INSERT = """
                         anon stranger unconfirmed anonymous other recruiter active completed withdrawn service
interviews               !    1        !           !         1     1         1      1         1         !
interview_questions      !    !        !           !         !     1         !      !         !         !
interview_invites        !    !        !           !         !     1         !      !         !         1
interview_participants   !    !        !           !         !     !         !      !         !         !
"""  # noqa: E501

# Where the columns below may be updated at all.
UPDATE = """
                         anon stranger unconfirmed anonymous other recruiter active completed withdrawn service
interviews               !    0        0           0         0     1         0      0         0         !
interview_questions      !    0        0           0         0     2         0      0         0         !
interview_invites        !    !        !           !         !     !         !      !         !         !
interview_participants   !    0        0           0         0     0         1      1         1         !
"""  # noqa: E501

DELETE = """
                         anon stranger unconfirmed anonymous other recruiter active completed withdrawn service
interviews               !    0        0           0         0     1         0      0         0         !
interview_questions      !    0        0           0         0     2         0      0         0         !
interview_invites        !    0        0           0         0     2         0      0         0         !
interview_participants   !    !        !           !         !     !         !      !         !         !
"""  # noqa: E501

# Every other column is refused by name to everybody.
MAY_INSERT = {
    "interviews": "title description recruiter_id company_number status deadline created_at",
    "interview_questions": "interview_id question order_index created_at",
    "interview_invites": "interview_id email invite_code status created_at",
    "interview_participants": "",
}
SERVICE_MAY_INSERT = {
    "interview_invites": "interview_id email invite_code status created_at recruiter_name",
}
MAY_UPDATE = {
    "interviews": "title description company_number status deadline",
    "interview_questions": "question order_index",
    "interview_invites": "",
    "interview_participants": "status",
}

# `!` as above; other words are slugs, `ok` is success.
EXECUTE = """
                         anon stranger  unconfirmed anonymous other     recruiter active    completed withdrawn service
accept_invite            !    unknown   unconfirmed unconfirmed unknown unknown   ok        ok        ok        !
resend_my_codes          !    ok        unconfirmed unconfirmed ok      ok        ok        ok        ok        !
complete_interview       !    not_in    not_in      not_in    not_in    not_in    ok        ok        no_move   !
withdraw_from_interview  !    not_in    not_in      not_in    not_in    not_in    ok        no_move   ok        !
create_interview         !    ok        unconfirmed unconfirmed ok      ok        ok        ok        ok        !
reorder_questions        !    not_his   not_his     not_his   not_his   ok        not_his   not_his   not_his   !
create_invites           !    not_his   unconfirmed unconfirmed not_his ok        not_his   not_his   not_his   ok
preview_invites          !    not_his   unconfirmed unconfirmed not_his ok        not_his   not_his   not_his   ok
resend_invite            !    unknown   unconfirmed unconfirmed unknown ok        unknown   unknown   unknown   ok
revoke_invite            !    unknown   unconfirmed unconfirmed unknown ok        unknown   unknown   unknown   ok
correct_invite           !    unknown   unconfirmed unconfirmed unknown ok        unknown   unknown   unknown   ok
delivery_state           !    ok        ok          ok        ok        ok        ok        ok        ok        !
transfer_interviews      !    !         !           !         !         !         !         !         !         ok
claim_mails              !    !         !           !         !         !         !         !         !         ok
claim_invite_mail        !    !         !           !         !         !         !         !         !         ok
settle_mails             !    !         !           !         !         !         !         !         !         ok
pause_mail               !    !         !           !         !         !         !         !         !         ok
resume_mail              !    !         !           !         !         !         !         !         !         ok
mail_status              !    !         !           !         !         !         !         !         !         ok
retry_mails              !    !         !           !         !         !         !         !         !         ok
invite_candidates        !    !         !           !         !         !         !         !         !         ok
run_maintenance          !    !         !           !         !         !         !         !         !         ok
"""  # noqa: E501
SLUGS = {
    "unknown": "invite_not_found",
    "unconfirmed": "email_not_confirmed",
    "not_in": "participation_not_found",
    "no_move": "status_move_not_allowed",
    "not_his": "interview_not_found",
}
CALLS = {
    "accept_invite": "accept_invite(%(own_code)s)",
    "resend_my_codes": "resend_my_codes()",
    "complete_interview": "complete_interview(%(interview)s)",
    "withdraw_from_interview": "withdraw_from_interview(%(interview)s)",
    "create_interview": "create_interview('Mine')",
    "reorder_questions": "reorder_questions(%(interview)s, %(questions)s)",
    "create_invites": "create_invites(%(interview)s, '{new@example.com}')",
    "preview_invites": "preview_invites(%(interview)s, '{new@example.com}')",
    "resend_invite": "resend_invite(%(pending)s)",
    "revoke_invite": "revoke_invite(%(pending)s)",
    "correct_invite": "correct_invite(%(pending)s, 'new@example.com')",
    "delivery_state": "delivery_state()",
    "transfer_interviews": "transfer_interviews(%(recruiter)s, %(other)s)",
    "claim_mails": "claim_mails('worker')",
    "claim_invite_mail": "claim_invite_mail('pending@example.com', %(pending_code)s, 'worker')",
    "settle_mails": "settle_mails('[]')",
    "pause_mail": "pause_mail('a reason', 60)",
    "resume_mail": "resume_mail()",
    "mail_status": "mail_status()",
    "retry_mails": "retry_mails(now())",
    "invite_candidates": "invite_candidates('{new@example.com}')",
    "run_maintenance": "run_maintenance()",
}

# ---- the scene -----------------------------------------------------------------------------


def table_of(matrix: str) -> Iterator[tuple[str, str, str]]:
    """Every cell of a matrix: the row's name, the role, what is written there."""
    header, *lines = matrix.strip("\n").splitlines()
    roles = header.split()
    for line in lines:
        name, *cells = line.split()
        for role, cell in zip(roles, cells, strict=True):
            yield name, role, cell


ROLES = READ.split("\n")[1].split()


@dataclass
class Cast:
    """The people and things of the scene."""

    people: dict[str, uuid.UUID]
    things: dict[str, Any]

    def take(self, db: Database, role: str) -> None:
        """Become that person."""
        if role == "anon":
            db.as_anon()
        elif role == "service":
            db.as_service()
        else:
            db.as_user(self.people[role], is_anonymous=role == "anonymous")


@pytest.fixture
def cast(db: Database) -> Cast:
    people = {
        role: db.account(
            f"{role}@example.com", confirmed=role != "unconfirmed", anonymous=role == "anonymous"
        )
        for role in ROLES
        if role not in ("anon", "service")
    }
    recruiter = people["recruiter"]
    interview = db.interview(recruiter)
    questions = [
        row["id"]
        for row in db.rows(
            "insert into public.interview_questions (interview_id, question, order_index)"
            " values (%(id)s, 'Who?', 1), (%(id)s, 'Why?', 2) returning id",
            {"id": interview},
        )
    ]
    invites = {
        name: db.invite(recruiter, interview, f"{name}@example.com")
        for name in ("expired", "pending", "active", "completed", "withdrawn")
    }
    db.value("select public.revoke_invite(%s)", invites["expired"]["invite_id"])
    for name, move in {
        "active": None,
        "completed": "select public.complete_interview(%s)",
        "withdrawn": "select public.withdraw_from_interview(%s)",
    }.items():
        db.accept(people[name], invites[name]["invite_code"])
        if move:
            db.value(move, interview)
    elsewhere = db.interview(people["other"], "Elsewhere")
    db.run(
        "insert into public.interview_questions (interview_id, question, order_index)"
        " values (%s, 'What?', 1)",
        elsewhere,
    )
    db.invite(people["other"], elsewhere, "elsewhere@example.com")
    things = {
        "interview": interview,
        "recruiter": recruiter,
        "other": people["other"],
        "questions": questions,
        "pending": invites["pending"]["invite_id"],
        "pending_code": invites["pending"]["invite_code"],
        "codes": {name: invite["invite_code"] for name, invite in invites.items()},
    }
    return Cast(people, things)


def outcome(db: Database, sql: str, values: dict[str, Any]) -> str:
    """How many rows, or `!`; whatever else happens is an error of the test."""
    try:
        with db.connection.transaction(force_rollback=True):
            return str(db.run(sql, values))
    except psycopg.errors.InsufficientPrivilege:
        return "!"


def columns(db: Database, table: str) -> list[str]:
    return [
        row["name"]
        for row in db.rows(
            "select attname::text as name from pg_attribute"
            " where attrelid = %s::regclass and attnum > 0 and not attisdropped",
            f"public.{table}",
        )
    ]


def cells(matrix: str, role: str) -> dict[str, str]:
    """One role's column of a matrix."""
    return {name: cell for name, who, cell in table_of(matrix) if who == role}


def of_scene(table: str) -> str:
    return f"{'id' if table == 'interviews' else 'interview_id'} = %(interview)s"


# ---- the trial -----------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_select(db: Database, cast: Cast, role: str) -> None:
    cast.take(db, role)
    found = {
        name: outcome(db, f"select * from public.{name} where {of_scene(name)}", cast.things)
        for name in [*TABLES, "interview_stats"]
    }
    assert found == cells(READ, role)


@pytest.mark.parametrize("role", ROLES)
def test_nothing_else_is_visible(db: Database, cast: Cast, role: str) -> None:
    """Whoever reads anything reads his own alone; service_role reads everything."""
    cast.take(db, role)
    for table in TABLES:
        seen = outcome(db, f"select from public.{table} where not {of_scene(table)}", cast.things)
        if role == "other":
            assert seen == ("0" if table == "interview_participants" else "1")
        elif role == "service":
            assert seen != "!"
        else:
            assert seen in ("0", "!")


VALUES = {
    "interviews": {"title": "'T'", "recruiter_id": "auth.uid()", "status": "'active'"},
    "interview_questions": {
        "interview_id": "%(interview)s",
        "question": "'Q'",
        "order_index": "99",
    },
    "interview_invites": {
        "interview_id": "%(interview)s",
        "email": "'x@example.com'",
        "status": "'pending'",
    },
    "interview_participants": {
        "interview_id": "%(interview)s",
        "user_id": "%(recruiter)s",
        "status": "'active'",
    },
}


def insert(table: str, extra: str | None = None) -> str:
    values = dict(VALUES[table])
    if extra:
        values.setdefault(extra, "default")
    return f"insert into public.{table} ({', '.join(values)}) values ({', '.join(values.values())})"


@pytest.mark.parametrize("role", ROLES)
def test_insert_column_by_column(db: Database, cast: Cast, role: str) -> None:
    allowed = {**MAY_INSERT, **(SERVICE_MAY_INSERT if role == "service" else {})}
    expected = cells(INSERT, role)
    cast.take(db, role)
    for table in TABLES:
        assert outcome(db, insert(table), cast.things) == expected[table], table
        for column in columns(db, table):
            cell = expected[table] if column in allowed[table].split() else "!"
            assert outcome(db, insert(table, column), cast.things) == cell, (table, column)


@pytest.mark.parametrize("role", ROLES)
def test_update_column_by_column(db: Database, cast: Cast, role: str) -> None:
    expected = cells(UPDATE, role)
    cast.take(db, role)
    for table in TABLES:
        for column in columns(db, table):
            cell = expected[table] if column in MAY_UPDATE[table].split() else "!"
            sql = f"update public.{table} set {column} = {column} where {of_scene(table)}"
            assert outcome(db, sql, cast.things) == cell, (table, column)


@pytest.mark.parametrize("role", ROLES)
def test_delete(db: Database, cast: Cast, role: str) -> None:
    cast.take(db, role)
    found = {
        table: outcome(db, f"delete from public.{table} where {of_scene(table)}", cast.things)
        for table in TABLES
    }
    assert found == cells(DELETE, role)


@pytest.mark.parametrize("role", ROLES)
def test_truncate(db: Database, cast: Cast, role: str) -> None:
    cast.take(db, role)
    for table in TABLES:
        assert outcome(db, f"truncate public.{table} cascade", {}) == "!"


@pytest.mark.parametrize("role", ROLES)
def test_execute(db: Database, cast: Cast, role: str) -> None:
    codes = cast.things["codes"]
    values = {**cast.things, "own_code": codes.get(role, codes["pending"])}
    for name, cell in cells(EXECUTE, role).items():
        cast.take(db, role)
        try:
            with db.connection.transaction(force_rollback=True):
                answer = db.value(f"select public.{CALLS[name]}", values)
            refused = isinstance(answer, dict) and str(answer.get("code", "")).startswith("PT")
            found = answer["details"] if refused else "ok"
        except psycopg.errors.InsufficientPrivilege:
            found = "!"
        except psycopg.Error as error:
            found = error.diag.message_detail
        assert found == SLUGS.get(cell, cell), name


def test_every_function_is_in_the_matrix(db: Database) -> None:
    names = db.rows(
        "select proname::text as n from pg_proc where pronamespace = 'public'::regnamespace"
    )
    assert (
        sorted(row["n"] for row in names)
        == sorted(CALLS)
        == sorted({name for name, _, _ in table_of(EXECUTE)})
    )


@pytest.mark.parametrize("role", ROLES)
def test_the_private_schema(db: Database, cast: Cast, role: str) -> None:
    """No table of it; of its functions those that policies and invoker functions call."""
    for table in db.as_owner().rows(
        "select oid::regclass::text as name from pg_class"
        " where relnamespace = 'private'::regnamespace and relkind in ('r', 'v', 'm', 'S')"
    ):
        cast.take(db, role)
        assert outcome(db, f"select from {table['name']}", {}) == "!"
    may_execute = db.as_owner().rows(
        "select proname::text as name from pg_proc where pronamespace = 'private'::regnamespace"
        " and has_function_privilege(%s, oid, 'execute') order by proname",
        {"anon": "anon", "service": "service_role"}.get(role, "authenticated"),
    )
    assert [row["name"] for row in may_execute] == (
        []
        if role in ("anon", "service")
        else sorted(
            [
                "attended_interview_ids",
                "caller_id",
                "is_client",
                "joined_interview_ids",
                "may_recruit",
                "move_own_participant",
                "require_recruiter",
                "trim_blanks",
            ]
        )
    )


# ---- ways round it -------------------------------------------------------------------------


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
        " values (%s, 'pending@example.com') on conflict do nothing",
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
    """No door tells a stranger whether an id, an address or a code exists."""
    db.as_user(cast.people["other"])
    first = db.refused(sql, cast.things["interview"])
    assert first.code == "42501"
    assert db.refused(sql, uuid.uuid4()) == first
    db.as_user(cast.people["recruiter"]).run("update public.interviews set status = 'inactive'")
    db.as_user(cast.people["other"])
    assert db.refused(sql, cast.things["interview"]) == first


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
    thing = "pending" if "_invite(" in call else "interview"
    foreign = db.refused(f"select public.{call}", cast.things[thing])
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
        assert outcome(db, sql, cast.things) == "!"


def test_a_token_for_no_account_reads_nothing(db: Database, cast: Cast) -> None:
    for claims in [{"role": "authenticated"}, {"sub": str(uuid.uuid4())}, None]:
        db._be("authenticated", claims)
        for table in TABLES:
            assert outcome(db, f"select from public.{table}", {}) == "0"
        assert outcome(db, insert("interviews"), {}) == "!"


def test_claims_do_not_make_a_service(db: Database, cast: Cast) -> None:
    """The role is what PostgREST switched to, not what a claim says."""
    db._be("authenticated", {"sub": str(cast.people["other"]), "role": "service_role"})
    refusal = db.refused(
        "select public.create_invites(%s, '{x@example.com}')", cast.things["interview"]
    )
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
    assert outcome(db, insert("interviews"), {}) == "!"

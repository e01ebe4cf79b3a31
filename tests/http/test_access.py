"""Who gets at what over HTTP: other recruiters, strangers, participants and nobody."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.http.api import RETURNING, Api, Person, Row, Scene, refusal, value

DENIED = (403, "42501", None)
NOT_SIGNED_IN = (401, "42501", None)

TABLES = ["interviews", "interview_questions", "interview_invites", "interview_participants"]
PRIVATE = ["settings", "outbox", "code_requests", "invite_counts", "mail_state", "mail_workers"]

MERGE = {"Prefer": "resolution=merge-duplicates,return=representation"}
IGNORE = {"Prefer": "resolution=ignore-duplicates,return=representation"}

# Rows that only the scene's own people might write.
NEW: dict[str, Callable[[Scene], Row]] = {
    "interviews": lambda scene: {"title": "Foisted", "recruiter_id": scene.recruiter.id},
    "interview_questions": lambda scene: {
        "interview_id": scene.interview_id,
        "question": "Foisted?",
        "order_index": 9,
    },
    "interview_invites": lambda scene: {
        "interview_id": scene.interview_id,
        "email": "foisted@example.com",
    },
    "interview_participants": lambda scene: {
        "interview_id": scene.interview_id,
        "user_id": scene.candidate.id,
    },
}
CHANGED: dict[str, Row] = {
    "interviews": {"title": "Changed"},
    "interview_questions": {"question": "Changed?"},
    "interview_invites": {"email": "changed@example.com"},
    "interview_participants": {"status": "withdrawn"},
}


def stored(api: Api, scene: Scene) -> dict[str, Any]:
    """All rows of a scene, as they are."""
    return {
        table: api.sql(
            f"select * from public.{table} where"
            f" {'id' if table == 'interviews' else 'interview_id'} = %s order by id",
            scene.interview_id,
        )
        for table in TABLES
    }


def outsider(api: Api, kind: str) -> Person:
    """Somebody with an interview and a participation of his own, in which nobody else has part."""
    if kind == "nobody":
        return api.anon
    own = api.scene().joined()
    return own.recruiter if kind == "another recruiter" else own.candidate


@pytest.fixture(params=["another recruiter", "another candidate", "nobody"])
def stranger(request: pytest.FixtureRequest, api: Api) -> Person:
    """Somebody whom the scene is no business of."""
    return outsider(api, request.param)


def of(scene: Scene, table: str) -> dict[str, str]:
    """The query string that selects a scene's rows."""
    return {"id" if table == "interviews" else "interview_id": f"eq.{scene.interview_id}"}


# ---- strangers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [*TABLES, "interview_stats"])
def test_strangers_read_nothing(api: Api, stranger: Person, table: str) -> None:
    scene = api.scene().joined()
    assert scene.recruiter.rows(table, **of(scene, table))
    answer = stranger.send("GET", f"/{table}", **of(scene, table))
    if stranger.token:
        assert value(answer) == []
    else:
        assert refusal(answer) == NOT_SIGNED_IN


@pytest.mark.parametrize("table", TABLES)
def test_strangers_write_nothing(api: Api, stranger: Person, table: str) -> None:
    scene = api.scene().joined()
    before = stored(api, scene)
    denied = DENIED if stranger.token else NOT_SIGNED_IN
    row = NEW[table](scene)

    assert refusal(stranger.insert(table, row)) == denied
    assert refusal(stranger.insert(table, [row, row])) == denied
    for conflict in (MERGE, IGNORE):
        assert stranger.send("POST", f"/{table}", row, conflict).status_code == denied[0]
    for answer in (
        stranger.update(table, CHANGED[table], **of(scene, table)),
        stranger.delete(table, **of(scene, table)),
    ):
        assert refusal(answer) == denied if answer.is_error else value(answer) == []
    assert stored(api, scene) == before


def test_strangers_call_in_vain(api: Api) -> None:
    scene = api.scene().joined()
    before = stored(api, scene)
    interview, invite = {"interview_id": scene.interview_id}, {"invite_id": scene.invite_id}
    calls: list[tuple[str, Row]] = [
        ("create_invites", {**interview, "emails": ["foisted@example.com"]}),
        ("preview_invites", {**interview, "emails": ["foisted@example.com"]}),
        ("reorder_questions", {**interview, "question_ids": []}),
        ("resend_invite", invite),
        ("revoke_invite", invite),
        ("correct_invite", {**invite, "email": "foisted@example.com"}),
        ("complete_interview", interview),
        ("withdraw_from_interview", interview),
    ]
    for kind in ("another recruiter", "another candidate"):
        caller = outsider(api, kind)
        for function, arguments in calls:
            assert refusal(caller.rpc(function, **arguments))[0] == 404, function
    assert stored(api, scene) == before


# ---- the scene's own people ---------------------------------------------------------------------


def test_participant_reads_his_own_and_writes_his_status(api: Api) -> None:
    scene = api.scene().joined()
    value(scene.recruiter.rpc("create_invites", interview_id=scene.interview_id, emails=["b@c.de"]))
    candidate = scene.candidate
    assert len(candidate.rows("interviews")) == 1
    assert len(candidate.rows("interview_questions")) == 2
    assert len(candidate.rows("interview_participants")) == 1
    assert candidate.rows("interview_invites") == candidate.rows("interview_stats") == []

    before = stored(api, scene)
    for table in TABLES:
        assert refusal(candidate.insert(table, NEW[table](scene))) == DENIED
    for table in TABLES[:2]:
        assert value(candidate.update(table, CHANGED[table], **of(scene, table))) == []
        assert value(candidate.delete(table, **of(scene, table))) == []
    assert stored(api, scene) == before


def test_recruiter_does_not_write_participants(api: Api) -> None:
    scene = api.scene().joined()
    before = stored(api, scene)
    table = "interview_participants"
    assert len(scene.recruiter.rows(table)) == 1
    assert refusal(scene.recruiter.insert(table, NEW[table](scene))) == DENIED
    assert value(scene.recruiter.update(table, CHANGED[table], **of(scene, table))) == []
    assert refusal(scene.recruiter.delete(table, **of(scene, table))) == DENIED
    assert stored(api, scene) == before


def test_recruiter_deletes_pending_invites_and_no_redeemed_ones(api: Api) -> None:
    pending, redeemed = api.scene(), api.scene().joined()
    for scene, deleted in ((pending, 1), (redeemed, 0)):
        answer = scene.recruiter.delete("interview_invites", id=f"eq.{scene.invite_id}")
        assert len(value(answer)) == deleted


def test_recruiter_deletes_an_interview_with_all_that_is_in_it(api: Api) -> None:
    scene = api.scene().joined()
    assert len(value(scene.recruiter.delete("interviews", id=f"eq.{scene.interview_id}"))) == 1
    assert not any(stored(api, scene).values())


# ---- columns ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "column", "text"),
    [
        ("interviews", "id", "00000000-0000-4000-8000-000000000001"),
        ("interviews", "updated_at", "2001-01-01"),
        ("interview_questions", "id", "00000000-0000-4000-8000-000000000001"),
        ("interview_questions", "recruiter_id", "00000000-0000-4000-8000-000000000001"),
        ("interview_invites", "id", "00000000-0000-4000-8000-000000000001"),
        ("interview_invites", "recruiter_id", "00000000-0000-4000-8000-000000000001"),
        ("interview_invites", "recruiter_name", "Somebody Else"),
        ("interview_invites", "expires_at", "2101-01-01"),
        ("interview_invites", "accepted_at", "2001-01-01"),
        ("interview_invites", "delivery_status", "accepted"),
    ],
)
def test_columns_that_recruiters_do_not_insert(
    api: Api, table: str, column: str, text: str
) -> None:
    scene = api.scene()
    row = NEW[table](scene)
    assert refusal(scene.recruiter.insert(table, {**row, column: text})) == DENIED
    assert scene.recruiter.insert(table, row).status_code == 201


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("interviews", {"recruiter_id": "00000000-0000-4000-8000-000000000001"}),
        ("interviews", {"created_at": "2001-01-01"}),
        ("interview_questions", {"interview_id": "00000000-0000-4000-8000-000000000001"}),
        ("interview_invites", {"status": "accepted"}),
        ("interview_invites", {"invite_code": "123456"}),
        ("interview_invites", {"email": "changed@example.com"}),
        ("interview_invites", {"expires_at": "2101-01-01"}),
    ],
    ids=lambda given: given if isinstance(given, str) else json.dumps([*given]),
)
def test_columns_that_recruiters_do_not_update(api: Api, table: str, change: Row) -> None:
    scene = api.scene()
    assert refusal(scene.recruiter.update(table, change, **of(scene, table))) == DENIED


@pytest.mark.parametrize(
    "change",
    [
        {"user_id": "00000000-0000-4000-8000-000000000001"},
        {"interview_id": "00000000-0000-4000-8000-000000000001"},
        {"invite_id": None},
        {"status": "completed", "completed_at": "2001-01-01"},
    ],
    ids=lambda change: json.dumps([*change]),
)
def test_columns_that_participants_do_not_update(api: Api, change: Row) -> None:
    scene = api.scene().joined()
    answer = scene.candidate.update(
        "interview_participants", change, **of(scene, "interview_participants")
    )
    assert refusal(answer) == DENIED


# ---- many rows, and rows that exist already -----------------------------------------------------


def test_rows_of_mixed_owners_are_refused_together(api: Api) -> None:
    own, foreign = api.scene(), api.scene()
    before = stored(api, own), stored(api, foreign)
    for table in TABLES[:3]:
        rows = [NEW[table](own), NEW[table](foreign)]
        for mixed in (rows, rows[::-1]):
            assert refusal(own.recruiter.insert(table, mixed)) == DENIED
            answer = own.recruiter.send("POST", f"/{table}", mixed, RETURNING, columns=_names(rows))
            assert refusal(answer) == DENIED
    assert (stored(api, own), stored(api, foreign)) == before
    assert len(own.recruiter.rows("interviews")) == 1


def _names(rows: list[Row]) -> str:
    return ",".join(f'"{name}"' for name in rows[0])


@pytest.mark.parametrize("conflict", [MERGE, IGNORE], ids=["merge", "ignore"])
def test_upserts_change_nobody_elses_rows(api: Api, conflict: dict[str, str]) -> None:
    own, foreign = api.scene().joined(), api.scene().joined()
    before = stored(api, foreign)
    attempts: list[tuple[str, Row, str]] = [
        ("interviews", {"id": foreign.interview_id, "title": "Mine"}, "id"),
        (
            "interview_invites",
            {"interview_id": foreign.interview_id, "email": foreign.candidate.email},
            "email,invite_code",
        ),
        (
            "interview_participants",
            {"interview_id": foreign.interview_id, "user_id": own.candidate.id},
            "interview_id,user_id",
        ),
    ]
    for person in (own.recruiter, own.candidate):
        for table, row, key in attempts:
            answer = person.send("POST", f"/{table}", row, conflict, on_conflict=key)
            assert refusal(answer) == DENIED
    assert stored(api, foreign) == before


# ---- what is for the service alone --------------------------------------------------------------

FUNCTIONS = """
    select proname as name, proargnames[1:pronargs - pronargdefaults] as needed,
           has_function_privilege('authenticated', oid, 'execute') as is_for_people
    from pg_proc where pronamespace = 'public'::regnamespace order by proname
"""


def test_functions_for_the_service_alone(api: Api) -> None:
    person = api.person()
    functions = api.sql(FUNCTIONS)
    reserved = {row["name"] for row in functions if not row["is_for_people"]}
    assert {"transfer_interviews", "claim_mails", "settle_mails", "run_maintenance"} <= reserved
    for row in functions:
        arguments = dict.fromkeys(row["needed"] or [])
        assert refusal(api.anon.rpc(row["name"], **arguments)) == NOT_SIGNED_IN, row["name"]
        if row["name"] in reserved:
            assert refusal(person.rpc(row["name"], **arguments)) == DENIED, row["name"]


def test_the_service_reads_all_and_writes_invites_alone(api: Api) -> None:
    scene = api.scene().joined()
    service = api.service
    for table in TABLES:
        assert service.rows(table, **of(scene, table))
    row = NEW["interview_invites"](scene)
    assert service.insert("interview_invites", row).status_code == 201
    before = stored(api, scene)
    for table in TABLES:
        assert refusal(service.update(table, CHANGED[table], **of(scene, table))) == DENIED
        assert refusal(service.delete(table, **of(scene, table))) == DENIED
        if table != "interview_invites":
            assert refusal(service.insert(table, NEW[table](scene))) == DENIED
    assert stored(api, scene) == before


@pytest.mark.parametrize("who", ["somebody", "service", "anon"])
def test_schemas_that_are_not_exposed(api: Api, who: str) -> None:
    person = api.person() if who == "somebody" else getattr(api, who)
    for schema in ("private", "auth", "pg_catalog", "supabase_migrations"):
        assert person.send("GET", "/users", None, {"Accept-Profile": schema}).status_code == 406
        call = person.send("POST", "/rpc/draw_code", {}, {"Content-Profile": schema})
        assert call.status_code == 406
    for table in PRIVATE:
        for path in (f"/{table}", f"/private.{table}"):
            assert person.send("GET", path).status_code == 404
    for function in ("draw_code", "claim", "confirmed_email", "joined_interview_ids"):
        assert person.rpc(function).status_code == 404

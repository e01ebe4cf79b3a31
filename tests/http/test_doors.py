"""What no client reaches or sets over HTTP: other schemas, settings, too much at once."""

import pytest

from tests.http.api import DENIED, NOT_SIGNED_IN, Api, refusal, value
from tests.kit.access_page import PRIVATE_TABLES

# ---- schemas and names ---------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["somebody", "service", "anon"])
def test_schemas_that_are_not_exposed(api: Api, who: str) -> None:
    person = api.person() if who == "somebody" else getattr(api, who)
    for schema in ("private", "auth", "pg_catalog", "supabase_migrations"):
        assert person.send("GET", "/users", None, {"Accept-Profile": schema}).status_code == 406
        call = person.send("POST", "/rpc/draw_code", {}, {"Content-Profile": schema})
        assert call.status_code == 406
    for table in PRIVATE_TABLES:
        for path in (f"/{table.name.removeprefix('private.')}", f"/{table.name}"):
            assert person.send("GET", path).status_code == 404
    for function in ("draw_code", "claim", "confirmed_email", "joined_interview_ids"):
        assert person.rpc(function).status_code == 404


# ---- settings of the transaction ----------------------------------------------------------------


def test_no_client_sets_a_setting(api: Api) -> None:
    """Least of all the one that skips the triggers of invites."""
    scene = api.scene()
    setting = {
        "setting_name": "interviews.skip_row_triggers",
        "new_value": "yes",
        "is_local": False,
    }
    for person in (scene.recruiter, api.service, api.anon):
        for profile in ({}, {"Content-Profile": "pg_catalog"}):
            answer = person.send("POST", "/rpc/set_config", setting, profile)
            assert answer.status_code in (401, 404, 406), answer.text
    # A header or a preference is none of its names either.
    tricks = {
        "Prefer": "timezone=UTC, interviews.skip_row_triggers=yes, tx=commit",
        "interviews.skip_row_triggers": "yes",
    }
    row = {"interview_id": scene.interview_id, "email": "x@example.com", "invite_code": "123456"}
    answer = scene.recruiter.send("POST", "/interview_invites", row, tricks)
    assert refusal(answer) == (400, "PT400", "code_not_allowed")


def test_who_may_recruit(api: Api) -> None:
    person = api.person()
    assert value(person.rpc("may_recruit")) is True
    assert refusal(api.anon.rpc("may_recruit")) == NOT_SIGNED_IN
    assert refusal(api.service.rpc("may_recruit")) == DENIED
    gone = api.person()
    api.sql("delete from auth.users where id = %s", gone.id)
    assert value(gone.rpc("may_recruit")) is False


def test_the_state_of_sending_is_for_recruiters_and_the_service(api: Api) -> None:
    for person in (api.person(), api.service):
        assert value(person.rpc("delivery_state")) in ("sending", "paused", "stopped")
    assert refusal(api.anon.rpc("delivery_state")) == NOT_SIGNED_IN


def test_too_many_rows(api: Api) -> None:
    scene = api.scene()
    rows = [
        {"interview_id": scene.interview_id, "email": f"row{n}@example.com"} for n in range(1_001)
    ]
    assert refusal(scene.recruiter.insert("interview_invites", rows)) == (
        413,
        "PT413",
        "too_many_rows",
    )
    assert len(scene.recruiter.rows("interview_invites")) == 1

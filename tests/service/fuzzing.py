"""Hooks of Schemathesis: what it cannot know of our formats, and rows that exist."""

import csv
import io
import os
import uuid
import zlib
from datetime import datetime
from typing import Any

import schemathesis
from hypothesis import strategies as st

from service.http.request_schemas import cursor

INTERVIEW = os.environ.get("FUZZED_INTERVIEW", str(uuid.uuid4()))
EXISTING = {
    "interview_id": INTERVIEW,
    "participant_id": os.environ.get("FUZZED_PARTICIPANT", str(uuid.uuid4())),
}

schemathesis.openapi.format(
    "cursor",
    st.builds(
        cursor,
        st.datetimes(timezones=st.timezones()).map(datetime.isoformat),
        st.uuids().map(str),
    ),
)


@schemathesis.hook
def map_path_parameters(
    context: schemathesis.HookContext, path_parameters: dict[str, Any] | None
) -> dict[str, Any] | None:
    """Usually what exists, unless the id is meant to be malformed."""
    return path_parameters and {
        name: EXISTING[name] if name in EXISTING and _is_to_exist(value) else value
        for name, value in path_parameters.items()
    }


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: Any) -> Any:
    """The same for the body of /invite; and addresses that can be mailed, now and then."""
    if not isinstance(body, dict):
        return body
    body = dict(body)
    if _is_to_exist(body.get("interview_id")):
        body["interview_id"] = INTERVIEW
    if isinstance(body.get("emails"), list):
        body["emails"] = [_address(email) for email in body["emails"]]
    if "email" in body and "invite_code" not in body:
        body["email"] = _address(body["email"])
    return body


@schemathesis.serializer("text/csv", "text/tab-separated-values")
def as_it_is(context: Any, value: Any) -> bytes:
    """A file's text; of anything else, something like one."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    text = io.StringIO()
    csv.writer(text).writerow([str(value)])
    return text.getvalue().encode("utf-8", "replace")


def _is_to_exist(value: Any) -> bool:
    """Whether this is a uuid, and one of the seven in eight that become those of rows.

    By the value itself: Hypothesis seeds `random` again for every case.
    """
    try:
        return uuid.UUID(value).int % 8 != 1
    except (ValueError, TypeError, AttributeError):
        return False


def _address(value: Any) -> Any:
    if not isinstance(value, str) or len(value) % 3 == 1:
        return value
    return f"{zlib.crc32(value.encode('utf-8', 'replace'))}@example.com"

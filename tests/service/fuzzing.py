"""Hooks of Schemathesis: what it cannot know of our formats, and an interview that exists."""

import csv
import io
import os
import random
import uuid
from typing import Any

import schemathesis
from hypothesis import strategies as st

from service.listing import Cursor

INTERVIEW = os.environ.get("FUZZED_INTERVIEW", str(uuid.uuid4()))

schemathesis.openapi.format(
    "cursor",
    st.builds(Cursor, created_at=st.datetimes(timezones=st.timezones()), id=st.uuids()).map(
        Cursor.text
    ),
)


@schemathesis.hook
def map_path_parameters(
    context: schemathesis.HookContext, path_parameters: dict[str, Any] | None
) -> dict[str, Any] | None:
    """Mostly the interview that exists, unless the id is meant to be malformed."""
    if path_parameters and _is_uuid(path_parameters.get("interview_id")) and random.random() < 0.8:
        return {**path_parameters, "interview_id": INTERVIEW}
    return path_parameters


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: Any) -> Any:
    """The same for the body of /invite."""
    if isinstance(body, dict) and _is_uuid(body.get("interview_id")) and random.random() < 0.8:
        return {**body, "interview_id": INTERVIEW}
    return body


@schemathesis.serializer("text/csv", "text/tab-separated-values")
def as_it_is(context: Any, value: Any) -> bytes:
    """A file's text; of anything else, something like one."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    text = io.StringIO()
    csv.writer(text).writerow([str(value)])
    return text.getvalue().encode("utf-8", "replace")


def _is_uuid(value: Any) -> bool:
    try:
        return bool(uuid.UUID(value))
    except (ValueError, TypeError, AttributeError):
        return False

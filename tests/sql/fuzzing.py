"""Who calls a function of the Data API on PostgreSQL itself, on what, and with which arguments."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from hypothesis import strategies as st

from tests.kit import access_page
from tests.kit.access import Cast
from tests.kit.database import Database, Row
from tests.kit.hostile import (
    BLANKS,
    addresses,
    codes,
    json_values,
    rather,
    spoiled,
    storable,
    stored,
)
from tests.sql.jobs import MAILS, claim, settle


class Signature(NamedTuple):
    """The arguments of a function by name, each with its type; the last ones may be left out."""

    types: dict[str, str]
    optional: list[str]


# ---- who calls, and on what --------------------------------------------------------------------


@dataclass
class Stage:
    """The scene of policies/access.txt, where the pending invite's address has an account too, a
    worker has one mail, and one has failed.
    """

    SENT: ClassVar = {"under way": "under.way@example.com", "failed": "failed@example.com"}
    cast: Cast
    mail: Row

    @classmethod
    def of(cls, db: Database) -> "Stage":
        cast = Cast.of(db)
        cast.people["invited"] = db.account(cast.emails["pending"])
        for name, address in cls.SENT.items():
            cast.emails[name] = address
            cast.invites[name] = db.invite(cast.people["recruiter"], cast.interview, address)
        mails = claim(db)
        for mail in mails:
            if mail["email"] != cls.SENT["under way"]:
                failed = mail["email"] == cls.SENT["failed"]
                settle(db, mail, "failed" if failed else "released")
        (mail,) = (mail for mail in mails if mail["email"] == cls.SENT["under way"])
        db.pass_time("11 minutes")  # so that mails are sent again
        return cls(cast, mail)

    def become(self, db: Database, caller: str) -> None:
        """One of the scene, the service, or the subject of a token that is no account."""
        if caller == "service":
            db.as_service()
        else:
            db.as_user(self.cast.people.get(caller, caller))

    def address(self, caller: str) -> str:
        return self.cast.emails["pending" if caller == "invited" else caller]


def callers(function: str) -> st.SearchStrategy[str]:
    """All who may call it, more often those for whom it does its work."""
    (line,) = (line for line in access_page.FUNCTIONS.lines if line.command == function)
    allowed = [role for role, cell in line.cells.items() if cell != "!"]
    able = [role for role in allowed if line.cells[role] == "ok"]
    if function == "accept_invite":
        able.append("invited")
    others = st.sampled_from(allowed)
    if allowed != ["service"]:
        others = rather(others, storable.map(lambda subject: subject[:200]))
    return rather(st.sampled_from(able or allowed), others)


# ---- what is given -----------------------------------------------------------------------------

ODD_UUIDS = ["", "null", "{%s}", "urn:uuid:%s", " %s", "%s\n", "%s0", "00000000-0000-0000-0000"]
VARIED = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(100_001))
LONG = ["é" * 101, "é" * 256, VARIED[:9_000], VARIED]
ODD_NUMBERS = ["", " 7 ", "1e3", "1e400", "0x10", "1_000", "-0", "+1", "٣", "３", "NaN", "1.5"]
ODD_TIMES = [
    *("infinity", "-infinity", "now", "epoch", "tomorrow", "allballs", "never", "24:00", "", " "),
    *("1999-12-31 23:59:59+00", "2000-01-01 00:00+00", "9999-01-01 00:00+00", "9999-12-31"),
    *("0001-01-01 BC", "4714-11-24 BC", "4715-01-01 BC", "294276-12-31", "294277-01-01"),
    *("2024-02-30", "2026-06-30 23:59:60", "2026-01-01 00:00+99", "2026-01-01 Nowhere/Land"),
    *("J2451187", "1e400", "20260101T000000Z", "٢٠٢٦-٠١-٠١", "２０２６-01-01", "2026-01-01\n"),
]
ODD_LISTS = [
    *("", "{", "}", "{}", "{{}}", "{null}", "{NULL,null}", '{"null"}', "{a,}", "{a}b", '{"a}'),
    *("[5:6]={a@b.example,b@b.example}", "[0:0]={a@b.example}", "[2:1]={}", "[-9:-9]={\\\\}"),
    *("{{a@b.example},{null}}", "{{a,b},{c}}", "{" * 7 + "}" * 7, "[1:2147483647]={a}", "null"),
]
ODD_JSON = [
    *("", "{}", "null", "1", '"a"', "nan", "[null]", "[1]", "[[]]", "[[[{}]]]", "[{}]", "[{}, 1]"),
    *('[{"retry_in": 1e400}]', '[{"retry_in": 1.5}]', '[{"retry_in": []}]', '[{"job_id": {}}]'),
    *('[{"a": "\\u0000"}]', '["\\ud800"]', "[1e400]", '{"a": 1, "a": 2}', "[" * 50_000, "[}"),
    "[" * 6_000 + "]" * 6_000,
]


def uuids(*known: Any) -> st.SearchStrategy[str | None]:
    """Ids that exist, and what is none."""
    right = st.sampled_from([str(id) for id in known])
    odd = st.builds(lambda form, id: form.replace("%s", id), st.sampled_from(ODD_UUIDS), right)
    return rather(right, st.uuids().map(str) | odd | st.none() | storable)


def integers(*usual: int) -> st.SearchStrategy[Any]:
    """What fits into 32 bits, the edges among it, and what does not."""
    fit = st.integers(-(2**31), 2**31 - 1) | st.sampled_from([0, -1, 2**31 - 1, -(2**31)])
    large = st.sampled_from([2**31, -(2**63), 10**400])
    return rather(st.sampled_from(usual) | fit, large | st.none() | st.sampled_from(ODD_NUMBERS))


def lists(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Lists with nulls among them, of two dimensions, too long ones, and texts that are none."""
    short_ones = inner.filter(lambda value: len(str(value or "")) < 99)
    return rather(
        st.lists(inner, min_size=1, max_size=4),
        st.one_of(
            st.lists(st.lists(inner, min_size=2, max_size=2), min_size=1, max_size=2),
            st.builds(lambda value: [value] * 10_001, short_ones),
            st.sampled_from(ODD_LISTS),
            st.sampled_from(ODD_LISTS),
            st.none(),
        ),
    )


def arguments(stage: Stage) -> dict[str, st.SearchStrategy[Any]]:
    """What may be given, by the argument's name."""
    cast = stage.cast
    pending = cast.invites["pending"]
    texts = rather(storable, st.none() | st.sampled_from(LONG))
    known = st.sampled_from(sorted(cast.emails.values()))
    usual = st.sampled_from([cast.emails["pending"], "new@example.com", "New.2@EXAMPLE.com"])
    disguised = st.builds(
        "{}{}\t".format, st.text(BLANKS, max_size=3), known | known.map(str.upper)
    )
    right_emails = rather(usual, known | disguised)
    emails = rather(right_emails, spoiled.map(stored) | addresses(storable) | texts)
    right_codes = st.sampled_from([row["invite_code"] for row in cast.invites.values()])
    typed_codes = rather(
        rather(st.just(pending["invite_code"]), right_codes),
        codes(pending["invite_code"]).map(stored) | st.none(),
    )
    people = uuids(*(cast.people[name] for name in ("recruiter", "other", "active")))
    times = st.sampled_from(ODD_TIMES) | st.datetimes().map(str)
    ids = st.none() | st.uuids().map(str)
    needed = {
        "job_id": rather(st.just(stage.mail["job_id"]), integers(0, 1) | json_values),
        "lease_token": rather(st.just(stage.mail["lease_token"]), ids | json_values),
        "outcome": rather(
            st.sampled_from(["accepted", "failed", "retry", "released"]), json_values
        ),
    }
    result = {
        "error": rather(storable, json_values),
        "retry_in": rather(integers(1, 60), json_values),
        "result": json_values,
    }
    results = st.lists(st.fixed_dictionaries(needed, optional=result), min_size=1, max_size=2).map(
        json.dumps
    )
    settings = st.lists(
        st.none()
        | st.fixed_dictionaries(
            {},
            optional={
                "max_seconds": rather(st.integers(10, 600), json_values),
                "max_takes": rather(st.integers(1, 10), json_values),
                "preparation_seconds": rather(st.integers(0, 600), json_values),
                "required": rather(st.booleans(), json_values),
            },
        ),
        max_size=3,
    )
    ratings = st.lists(
        st.fixed_dictionaries(
            {"criterion_id": rather(st.just(str(cast.criteria[0])), ids | json_values)},
            optional={
                "level": rather(st.integers(1, 4), st.sampled_from([0, 1.5, "1"]) | json_values),
                "note": rather(storable, json_values),
            },
        ),
        max_size=2,
    ).map(json.dumps)
    criteria = st.lists(
        st.fixed_dictionaries(
            {"name": rather(storable, json_values)},
            optional={
                "description": rather(storable, json_values),
                "levels": rather(st.just(["a", "b", "c", "d"]), json_values),
                "terms": rather(st.lists(storable, max_size=2), json_values),
            },
        ),
        max_size=2,
    ).map(json.dumps)
    days = rather(
        st.none() | st.dates().map(str),
        st.sampled_from(["infinity", "-infinity", "4713-01-01 BC", "5874897-12-31"]) | texts,
    )
    given = {
        "code": typed_codes,
        "invite_code": typed_codes,
        "interview_id": uuids(*[cast.interview] * 4, cast.elsewhere),
        "invite_id": uuids(
            *[pending["invite_id"]] * 5, *(row["invite_id"] for row in cast.invites.values())
        ),
        "candidate_id": uuids(
            *(row["invite_id"] for row in cast.invites.values()), *cast.participations.values()
        ),
        "from_recruiter": people,
        "to_recruiter": people,
        "question_ids": rather(
            st.permutations([str(id) for id in cast.questions]), lists(uuids(*cast.questions))
        ),
        "email": emails,
        "emails": lists(emails | spoiled.map(stored) | st.none()),
        "names": st.none() | lists(texts | st.none()),
        "questions": lists(texts),
        "title": rather(storable.filter(str.strip).map(lambda title: title[:255]), texts),
        "description": rather(storable, st.sampled_from([None, VARIED])),
        "privacy_notice": rather(st.none() | storable, texts),
        "company_number": rather(storable.map(lambda number: number[:50]), texts),
        "deadline": rather(st.none() | times, texts),
        "failed_since": rather(times, texts),
        "batch": integers(1, 50),
        "lease_seconds": integers(1, 60),
        "seconds": integers(1, 60),
        "lease_token": uuids(*[stage.mail["lease_token"]] * 3),
        "job_ids": lists(rather(st.just(stage.mail["job_id"]), integers(0, 1)).map(str)),
        "kinds": lists(rather(st.sampled_from(MAILS), texts)),
        "at_most": integers(0, 1),
        "question_id": uuids(*[cast.questions[1]] * 3, *cast.questions),
        "mime_type": rather(
            st.sampled_from(["video/webm", "video/webm;codecs=vp8,opus", " VIDEO/MP4 "]),
            st.sampled_from(["audio/ogg", "text/html", "video/", ";", ""]) | texts,
        ),
        "answer": texts,
        "replace": st.none() | st.booleans(),
        "version": rather(st.none() | st.just(1), integers(0, 2)),
        "recording": st.none() | st.booleans(),
        "analysis": st.none() | st.booleans(),
        "response_ids": lists(uuids(*cast.responses)),
        "response_id": uuids(*cast.responses),
        "query": texts,
        "language": rather(st.sampled_from([None, "en", "de"]), texts),
        "participant_id": uuids(
            *[cast.participations["active"]] * 3,
            *[cast.participations["completed"]] * 3,
            *(cast.participations["withdrawn"], cast.questions[0]),
        ),
        "ratings": rather(ratings, st.sampled_from(ODD_JSON) | json_values.map(json.dumps)),
        "note": rather(st.none() | storable, texts),
        "submit": st.none() | st.booleans(),
        "decision": rather(st.sampled_from(["advance", "hold", "decline", None]), texts),
        "extra_takes": integers(0, 10),
        "time_factor": rather(
            st.floats(1, 2).map(str), st.sampled_from(ODD_NUMBERS) | st.floats().map(str)
        ),
        "seen_email": rather(st.none(), emails),
        "seen": rather(
            st.none() | st.just('{"extra_takes": 0}'),
            st.sampled_from(ODD_JSON) | json_values.map(json.dumps),
        ),
        "question_settings": rather(
            st.none() | settings.map(json.dumps),
            st.sampled_from(ODD_JSON) | json_values.map(json.dumps),
        ),
        "response_kinds": rather(
            st.none() | st.lists(st.sampled_from(["video", "audio", "text"]), min_size=1),
            lists(texts),
        ),
        "page_size": integers(-1, 50),
        "cursor_created_at": times,
        "cursor_value": rather(st.none() | times, texts),
        "states": rather(
            st.none() | st.lists(st.sampled_from(["invited", "joined", "completed", "decline"])),
            lists(texts),
        ),
        "search": rather(st.none() | st.just("EXAMPLE"), texts),
        "sort": rather(
            st.sampled_from(["activity", "invited", "name", "created", "title", "deadline"]), texts
        ),
        "status": rather(st.sampled_from([None, "active", "inactive"]), texts),
        "archived": st.none() | st.booleans(),
        "attention": st.none() | st.booleans(),
        "cursor_title": texts,
        "cursor_deadline": rather(st.none() | times, texts),
        "name": rather(storable, texts),
        "criteria": rather(
            st.none() | criteria, st.sampled_from(ODD_JSON) | json_values.map(json.dumps)
        ),
        "descending": st.none() | st.booleans(),
        "candidate_ids": lists(
            uuids(
                *(row["invite_id"] for row in cast.invites.values()),
                *cast.participations.values(),
            )
        ),
        "action": rather(
            st.sampled_from(["resend", "remind", "revoke", "extend", "delete"]), texts
        ),
        "expires_at": rather(st.just("now"), times | texts),
        "preview": st.none() | st.booleans(),
        "cursor_id": ids,
        "backwards": st.none() | st.booleans(),
        "since": days,
        "until": days,
        "time_zone": rather(st.sampled_from(["UTC", "Europe/Berlin", None]), texts),
        "results": rather(results, st.sampled_from(ODD_JSON) | json_values.map(json.dumps)),
    }
    given |= {
        "invite": st.none() | st.just("()") | texts,
        "token": rather(st.just(stage.mail["unsubscribe_token"]), texts),
        "subscribed": st.none() | st.booleans(),
        "preview": st.none() | st.booleans(),
        "full_name": texts,
        "company": texts,
    }
    notices = ["candidate_completed", "renewal_requested", "delivery_failed"]
    given |= dict.fromkeys(
        notices, rather(st.sampled_from([None, "each", "daily", "never"]), texts)
    )
    names = ["recruiter_name", "worker", "reason"]
    return {**given, **dict.fromkeys(names, texts)}


def arguments_for(signature: Signature, stage: Stage) -> st.SearchStrategy[Row]:
    known = arguments(stage)
    if signature.types.get("analysis") == "text":
        known["analysis"] = rather(st.sampled_from([None, "off", "transcripts"]), known["title"])
    given = {name: known[name] for name in signature.types}
    optional = {name: given.pop(name) for name in signature.optional}
    return st.fixed_dictionaries(given, optional=optional)

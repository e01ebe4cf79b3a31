"""The scene in which policies/access.txt is tried, and what everybody meets there.

It is tried through SQL (tests/sql/test_access.py) and over HTTP (tests/http/test_access.py), what
it says of recordings through Storage (tests/storage/test_access.py).
"""

import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from psycopg.types.json import Jsonb

from tests.kit.access_page import (
    DATABASE_ROLES,
    FUNCTIONS,
    PRIVATE_FUNCTIONS,
    ROLES,
    SLUGS,
    TABLES,
    Block,
    Line,
    database_role,
)
from tests.kit.analyses import consent
from tests.kit.database import Database, Row
from tests.kit.responses import record
from tests.kit.reviews import DECIDE, JOIN, add_criteria, invite_reviewers, rate_all, save

# ---- the scene -----------------------------------------------------------------------------

# Given the candidate, who has agreed to it, and the question.
Record = Callable[[Database, uuid.UUID, uuid.UUID], object]


@dataclass
class Cast:
    """The people and things of the scene; `elsewhere` is the interview of the other recruiter."""

    people: dict[str, uuid.UUID]
    interview: uuid.UUID
    elsewhere: uuid.UUID
    questions: list[uuid.UUID]
    invites: dict[str, Row]
    emails: dict[str, str]
    # Of those who have joined: their participation, and the paths and ids of what they recorded.
    participations: dict[str, uuid.UUID]
    recorded: dict[str, list[str]]
    responses: list[uuid.UUID]
    submitted: uuid.UUID
    criteria: list[uuid.UUID]

    @classmethod
    def of(cls, db: Database, record: Record = record) -> "Cast":
        """A new one, which shares nobody and nothing with others in the same database.

        `record` brings a participant's recording into the bucket; by default it writes the row.
        """
        mark = uuid.uuid4().hex
        guests = ["expired", "pending", "active", "completed", "withdrawn", "joined elsewhere"]
        emails = {name: f"{name.replace(' ', '.')}.{mark}@example.com" for name in ROLES + guests}
        people = {
            name: db.account(
                emails[name], confirmed=name != "unconfirmed", anonymous=name == "anonymous"
            )
            for name in [*ROLES, "joined elsewhere"]
            if name not in DATABASE_ROLES
        }
        recruiter, other = people["recruiter"], people["other"]
        interview, elsewhere = db.interview(recruiter), db.interview(other, "Elsewhere")
        for owner, id, texts in (
            (recruiter, interview, ["Who?", "Why?"]),
            (other, elsewhere, ["?"]),
        ):
            db.as_user(owner)
            db.run(
                "insert into public.interview_questions (interview_id, question, order_index)"
                " select %s, q, n from unnest(%s::text[]) with ordinality as u (q, n)",
                id,
                texts,
            )
        invites = {name: db.invite(recruiter, interview, emails[name]) for name in guests[:-1]}
        invites[guests[-1]] = db.invite(other, elsewhere, emails[guests[-1]])
        db.as_user(recruiter).value(
            "select public.revoke_invite(%s)", invites["expired"]["invite_id"]
        )
        for name in guests[2:]:
            db.accept(people[name], invites[name]["invite_code"])
        questions = db.as_owner().rows(
            "select id, interview_id from public.interview_questions where interview_id = any(%s)"
            " order by interview_id = %s desc, order_index",
            [interview, elsewhere],
            interview,
        )
        question_ids = [q["id"] for q in questions]
        db.run(
            "update public.interviews set response_kinds = '{video,text}' where id = %s", interview
        )
        for name, place, question in (
            ("active", interview, question_ids[0]),
            ("completed", interview, question_ids[0]),
            ("joined elsewhere", elsewhere, question_ids[-1]),
        ):
            consent(db, people[name], place, analysis=name == "completed")
            record(db, people[name], question)
        db.as_user(people["joined elsewhere"]).value(
            "select public.complete_interview(%s)", elsewhere
        )
        for name, move in (
            ("completed", "complete_interview"),
            ("withdrawn", "withdraw_from_interview"),
        ):
            db.as_user(people[name]).value(f"select public.{move}(%s)", interview)
        participations = {
            name: db.participant_row(interview, people[name])["id"] for name in guests[2:5]
        }
        db.as_user(recruiter).value(
            "select public.adjust_participant(%s, 1, 1.5)", participations["active"]
        )
        invite_reviewers(db, recruiter, interview, emails["reviewer"])
        db.as_user(people["reviewer"]).value(JOIN)
        for owner, place in ((recruiter, interview), (other, elsewhere)):
            db.as_user(owner).value("select public.save_template(%s)", place)
        criteria = []
        for owner, place, name in (
            (recruiter, interview, "completed"),
            (other, elsewhere, "joined elsewhere"),
        ):
            criteria += add_criteria(db, owner, place, "Clarity")
            participant = db.participant_row(place, people[name])["id"]
            save(db, owner, participant, rate_all(criteria[-1]), submit=True)
            db.value(DECIDE, participant, "hold")
        ratings = rate_all(criteria[0])
        save(db, people["reviewer"], participations["completed"], ratings, submit=True)
        rows = db.as_owner().rows("select * from public.interview_responses")
        recorded = {
            name: [row["object_path"] for row in rows if row["user_id"] == people[name]]
            for name in people
        }
        return cls(
            people,
            interview,
            elsewhere,
            question_ids[:-1],
            invites,
            emails,
            participations,
            recorded,
            [row["id"] for row in rows],
            next(row["id"] for row in rows if row["user_id"] == people["completed"]),
            criteria,
        )

    def new_row(self, table: str, role: str) -> Row:
        """The least that a new row needs: of the interview in the scene, or an own interview."""
        owner = self.people.get(role, self.people["recruiter"])
        rows: dict[str, Row] = {
            "interviews": {
                **{"title": "New", "recruiter_id": owner, "status": "active"},
                "response_kinds": ["video"],
                "privacy_notice": "Ours",
                **{"analysis": "off", "language": "en"},
            },
            "interview_questions": {
                **{"interview_id": self.interview, "question": "New?", "order_index": 99},
                **{"max_seconds": 60, "max_takes": 1, "preparation_seconds": 0, "required": True},
            },
            "interview_criteria": {
                **{"interview_id": self.interview, "name": "New", "description": "Why"},
                **{"levels": ["a", "b", "c", "d"], "terms": ["deploy"]},
            },
            "interview_templates": {
                **{"name": "New", "description": "For", "response_kinds": ["video"]},
                **{"analysis": "off", "language": "en"},
                **{"questions": Jsonb([]), "criteria": Jsonb([])},
            },
            "interview_invites": {
                "interview_id": self.interview,
                "email": f"{uuid.uuid4()}@example.com",
                "status": "pending",
            },
            "interview_participants": {
                "interview_id": self.interview,
                "user_id": owner,
                "status": "active",
            },
        }
        return dict(rows.get(table, {}))

    def arguments(self, function: str, role: str) -> Row:
        """Arguments with which the function does its work for those who may call it."""
        interview = {"interview_id": self.interview}
        pending = self.invites["pending"]
        kinds = ["interview_invitation"]
        invite, address = {"invite_id": pending["invite_id"]}, f"{uuid.uuid4()}@example.com"
        calls: dict[str, Row] = {
            "accept_invite": {"code": self.invites.get(role, pending)["invite_code"]},
            "resend_my_codes": {},
            "complete_interview": interview,
            "withdraw_from_interview": interview,
            "set_consent": {**interview, "recording": True},
            "start_response": {"question_id": self.questions[1], "mime_type": "video/webm"},
            "write_response": {"question_id": self.questions[1], "answer": "Because."},
            "delete_my_responses": interview,
            "response_settings": {},
            "open_responses": {"response_ids": []},
            "adjust_participant": {
                "participant_id": self.participations["active"],
                "extra_takes": 2,
            },
            "save_review": {
                "participant_id": self.participations["completed"],
                "ratings": Jsonb(rate_all(self.criteria[0])),
            },
            "invite_reviewers": {**interview, "emails": [address]},
            "join_reviews": {},
            "decide": {
                "participant_id": self.participations["completed"],
                "decision": "advance",
            },
            "analyze_again": {"response_id": self.submitted},
            "analysis_state": interview,
            "search_responses": {**interview, "query": "because"},
            "find_terms": {"participant_id": self.participations["completed"]},
            "storage_used": {},
            "erase_candidate": {"candidate_id": pending["invite_id"]},
            "export_person": {"email": address},
            "erase_person": {"email": address},
            "latest_change": interview,
            "preview_signature": {"full_name": "Jane Doe"},
            "delete_my_account": {"preview": True},
            "set_notifications": {"delivery_failed": "daily"},
            "responses_status": {},
            "create_interview": {"title": "Mine"},
            "duplicate_interview": interview,
            "save_template": interview,
            "count_interviews": {},
            "list_interviews": {},
            "list_candidates": interview,
            "count_candidates": interview,
            "match_candidates": interview,
            "get_candidate": {"candidate_id": pending["invite_id"]},
            "candidate_timeline": {"candidate_id": pending["invite_id"]},
            "change_candidates": {
                **{**interview, "candidate_ids": [pending["invite_id"]]},
                **{"action": "revoke", "expires_at": None, "preview": False},
            },
            "analytics": interview,
            "reorder_questions": {**interview, "question_ids": self.questions[::-1]},
            "create_invites": {**interview, "emails": [address]},
            "preview_invites": {**interview, "emails": [address]},
            "resend_invite": invite,
            "revoke_invite": invite,
            "correct_invite": {**invite, "email": address},
            "delivery_state": {},
            "unsubscribed": {"invite": None},
            "my_unsubscribes": {},
            "resubscribe": {},
            "email_subscription": {"token": "x"},
            "set_email_subscription": {"token": "x", "subscribed": True},
            "transfer_interviews": {
                "from_recruiter": self.people["recruiter"],
                "to_recruiter": self.people["other"],
            },
            "claim_jobs": {"kinds": kinds, "worker": "a worker", "batch": 0},
            "claim_invite_mail": {
                "email": pending["email"],
                "invite_code": pending["invite_code"],
                "worker": "a worker",
            },
            "renew_jobs": {
                "lease_token": pending["invite_id"],
                "job_ids": [],
                "lease_seconds": 60,
            },
            "settle_jobs": {"results": Jsonb([])},
            "pause_jobs": {"kinds": kinds, "reason": "a reason", "seconds": 60},
            "resume_jobs": {"kinds": kinds},
            "jobs_status": {"kinds": kinds},
            "retry_jobs": {"kinds": kinds, "failed_since": "2100-01-01"},
            "invite_candidates": {"emails": [address]},
            "run_maintenance": {},
            "is_client": {},
            "caller_id": {},
            "may_recruit": {},
            "invites_left_today": {},
            "require_recruiter": {},
            "refuse": {"key": "participation_not_found"},
            "trim_blanks": {"value": " a "},
            "joined_interview_ids": {},
            "attended_interview_ids": {},
            "reviewed_participant_ids": {},
            "reviewed_interview_ids": {},
            "are_terms": {"terms": ["deploy"]},
            "are_template_questions": {"questions": Jsonb([])},
            "are_criteria": {"criteria": Jsonb([])},
            "insert_criteria": {**interview, "criteria": None},
            "move_own_participant": {**interview, "status": "completed"},
            "has_link": {"value": "Frontend"},
            "check_questions": {"questions": 1, "bytes": 1},
            "check_new_interview": {
                **{"title": "Mine", "description": None, "questions": []},
                **{"deadline": None, "response_kinds": None, "privacy_notice": None},
                **{"analysis": "off", "language": "en"},
            },
            "read_question_settings": {"settings": None, "questions": []},
            "awaited_paths": {},
            "search_config": {"language": "en"},
            "matching_transcripts": {**interview, "query": "because"},
            "find_quotes": {"language": "en", "transcript": "", "words": Jsonb([]), "asked": ""},
            "log_access": {"response_ids": []},
            "candidate_states": {},
            "progress_of": {"participant_id": self.participations["completed"]},
            "check_candidate_list": {"states": [], "sort": "name"},
            "candidate_page": {
                **{**interview, "states": [], "search": "", "sort": "name", "descending": False},
                **{"page_size": 50, "cursor_value": None, "cursor_id": None},
            },
        }
        return calls.get(function, {})


# ---- the trial -----------------------------------------------------------------------------


class Door(Protocol):
    """One way in. Each answer is a cell of the page: `!`, `-`, a number of rows, `ok` or a slug."""

    def select(self, role: str, table: str, interview: uuid.UUID) -> str:
        """Read the rows of an interview."""

    def insert(self, role: str, table: str, row: Row) -> str:
        """Insert one row."""

    def update(self, role: str, table: str, column: str, interview: uuid.UUID) -> str:
        """Give each row of an interview, in one column, the value that it has."""

    def delete(self, role: str, table: str, interview: uuid.UUID) -> str:
        """Delete the rows of an interview."""

    def call(self, role: str, function: str, arguments: Row) -> str:
        """Call a function."""


Found = dict[tuple[str, str, str], str]


def expected(blocks: list[Block], role: str) -> Found:
    """What the page says of a role: by block, command (or function) and column."""
    return {
        (block.name, line.command, column): SLUGS.get(line.cells[role], line.cells[role])
        for block in blocks
        for line in block.lines
        for column in _tried(block, line)
    }


def found(blocks: list[Block], role: str, door: Door, cast: Callable[[], Cast]) -> Found:
    """What the role really meets; `cast` gives the scene in its first state."""
    return {
        (block.name, line.command, column): _try(block, line.command, column, role, door, cast())
        for block in blocks
        for line in block.lines
        for column in _tried(block, line)
    }


def _tried(block: Block, line: Line) -> list[str]:
    """Column by column what is written, everything else once."""
    if line.command not in ("insert", "update"):
        return [""]
    return block.columns if line.columns == ["all"] else line.columns


def _try(block: Block, command: str, column: str, role: str, door: Door, cast: Cast) -> str:
    name = block.name
    here, elsewhere = cast.interview, cast.elsewhere
    if name == "interview_templates":
        here, elsewhere = cast.people["recruiter"], cast.people["other"]
    if name.startswith("functions"):
        schema = "private" if block is PRIVATE_FUNCTIONS else "public"
        return door.call(role, f"{schema}.{command}", cast.arguments(command, role))
    match command:
        case "select":
            return door.select(role, name, here)
        case "select elsewhere":
            return door.select(role, name, elsewhere)
        case "insert":
            return door.insert(role, name, {column: None, **cast.new_row(name, role)})
        case "update":
            return door.update(role, name, column, here)
        case "delete":
            return door.delete(role, name, here)
    raise ValueError(f"{name}: what is {command!r}?")


# ---- what the page says of the catalog -----------------------------------------------------


def grants() -> Iterator[tuple[str, str, str, str]]:
    """The grants that the page implies: object, column (or empty), privilege, role."""
    blocks = [*TABLES, FUNCTIONS, PRIVATE_FUNCTIONS]
    lines = [(block, line) for block in blocks for line in block.lines]
    for (block, line), role in itertools.product(lines, ROLES):
        if line.cells[role] in ("!", "-"):
            continue
        grantee = database_role(role)
        if block in (FUNCTIONS, PRIVATE_FUNCTIONS):
            schema = "private" if block is PRIVATE_FUNCTIONS else "public"
            yield f"{schema}.{line.command}", "", "EXECUTE", grantee
            if schema == "private":
                yield "private", "", "USAGE", grantee
        else:
            table = block.name if "." in block.name else f"public.{block.name}"
            privilege = line.command.split()[0].upper()
            for column in _tried(block, line):
                yield table, column, privilege, grantee


def commands_of(table: str) -> Iterator[tuple[str, str, set[str]]]:
    """By command and role the columns (or `""`) with which a table lets it get at something."""
    (block,) = (block for block in TABLES if block.name == table)
    for command, role in itertools.product(("select", "insert", "update", "delete"), ROLES):
        lines = [
            line
            for line in block.lines
            if line.command == command and line.cells[role] not in ("!", "-", "0")
        ]
        yield command, role, {column for line in lines for column in _tried(block, line)}


def key_of(table: str) -> str:
    """The column that says which interview, or whose template, a row is about."""
    keys = {"interviews": "id", "interview_templates": "owner_id"}
    return keys.get(table, "interview_id")

"""Lists of candidates: the outcome of every row."""

import io
import uuid
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.kit.gateway import Gateway
from tests.service.conftest import BACKEND, Seed, Service, address, token

TESTS = Path(__file__).resolve().parents[1]
TWO = ["a@example.com", "b@example.com"]


# ---- inviting ----------------------------------------------------------------------------------


def upload(
    client: FlaskClient,
    interview: uuid.UUID,
    content: str | bytes,
    who: dict[str, str] = BACKEND,
    **more: Any,
) -> TestResponse:
    data = content.encode() if isinstance(content, str) else content
    return client.post(
        f"/interviews/{interview}/invites",
        data=data,
        content_type="text/csv",
        headers=who,
        **more,
    )


def outcomes(answer: TestResponse) -> list[tuple[int, str | None, str]]:
    assert answer.json is not None
    return [(row["row"], row["email"], row["outcome"]) for row in answer.json["invites"]]


def test_every_row_has_its_outcome(service: Service, seed: Seed) -> None:
    interview, first, second = seed.interview(), address(), address()
    answer = upload(
        service.client(),
        interview,
        f"Name;E-Mail\nAda;{first.upper()}\n;\nBob;nonsense\nEve;{first}\nMo;{second}\nNo;\n",
    )
    assert answer.status_code == 201
    assert outcomes(answer) == [
        (2, first, "created"),
        (3, None, "blank"),
        (4, "nonsense", "invalid_email"),
        (5, first, "duplicate_in_request"),
        (6, second, "created"),
        (7, "", "invalid_email"),
    ]
    assert answer.json is not None
    assert answer.json["summary"] == {
        "rows": 6,
        "created": 2,
        "invalid_email": 2,
        "blank": 1,
        "duplicate_in_request": 1,
    }
    assert answer.json["file"] == {
        "encoding": "utf-8",
        "delimiter": "semicolon",
        "column": 2,
        "header": "E-Mail",
        "left_aside": {
            "titles": 0,
            "rows_without_address": 1,
            "other_addresses": [],
            "names": 0,
        },
        "note": None,
    }
    assert answer.json["message"] == "2 invitations queued, 3 not: see the outcomes."
    assert answer.json["dry_run"] is False
    codes = [row["invite_code"] for row in answer.json["invites"] if row["outcome"] == "created"]
    assert all(len(code) == 6 for code in codes)
    assert len(seed.jobs()) == 2


def test_a_list_in_json(service: Service, seed: Seed) -> None:
    interview, email = seed.interview(), address()
    answer = service.client().post(
        f"/interviews/{interview}/invites",
        json={"emails": [email, None, email], "recruiter_name": "Ada"},
        headers=BACKEND,
    )
    assert answer.status_code == 201
    assert outcomes(answer) == [
        (1, email, "created"),
        (2, None, "invalid_email"),
        (3, email, "duplicate_in_request"),
    ]
    assert answer.json is not None and answer.json["file"] is None


def test_a_form_with_a_file(service: Service, seed: Seed) -> None:
    recruiter = seed.recruiter()
    interview, email = seed.interview(recruiter=recruiter), address()
    client = service.client()
    answer = client.post(
        f"/interviews/{interview}/invites",
        data={"file": (io.BytesIO(email.encode()), "list.csv"), "recruiter_name": "Ada L."},
        headers={"Authorization": f"Bearer {token(sub=str(recruiter))}"},
    )
    assert answer.status_code == 201
    found = client.get(f"/interviews/{interview}/invites", headers=BACKEND).json
    assert found is not None
    assert [invite["recruiter_name"] for invite in found["invites"]] == ["Ada L."]


def test_a_name_in_the_query_is_checked_whatever_the_body_is(offline: Service) -> None:
    answer = offline.client().post(
        f"/interviews/{uuid.uuid4()}/invites",
        query_string={"recruiter_name": "x" * 256},
        json={"emails": [address()]},
        headers=BACKEND,
    )
    assert answer.status_code == 422


def test_a_bare_file_is_signed_by_the_query(service: Service, seed: Seed) -> None:
    interview = seed.interview()
    client = service.client()
    assert (
        upload(client, interview, address(), query_string={"recruiter_name": "Ada L."}).status_code
        == 201
    )
    found = client.get(f"/interviews/{interview}/invites", headers=BACKEND).json
    assert found is not None
    assert [invite["recruiter_name"] for invite in found["invites"]] == ["Ada L."]


def test_a_preview_does_nothing(service: Service, seed: Seed) -> None:
    (invited,) = seed.invite()
    mails = seed.jobs()
    client, new = service.client(), address()
    content = f"{invited.email}\nnonsense\n{new}\n{new}"
    answer = upload(client, invited.interview, content, query_string="dry_run=1")
    assert answer.status_code == 200
    assert outcomes(answer) == [
        (1, invited.email, "unchanged"),
        (2, "nonsense", "invalid_email"),
        (3, new, "created"),
        (4, new, "duplicate_in_request"),
    ]
    assert answer.json is not None
    assert answer.json["dry_run"] is True
    assert answer.json["message"] == "Nothing was done. It would queue 1 invitation."
    assert seed.jobs() == mails
    happened = upload(client, invited.interview, content, query_string="dry_run=0")
    assert happened.status_code == 201
    assert outcomes(happened) == outcomes(answer)


def test_another_encoding_is_said(service: Service, seed: Seed) -> None:
    content = f"Näme;email\nÄda;{address()}".encode("cp1252")
    answer = upload(service.client(), seed.interview(), content, query_string="dry_run=1")
    assert answer.json is not None
    assert "Windows-1252" in answer.json["file"]["note"]
    assert answer.json["message"].endswith(answer.json["file"]["note"])


def test_a_column_is_chosen_by_the_sender_where_several_are_possible(
    service: Service, seed: Seed
) -> None:
    interview, work, own = seed.interview(), address(), address()
    content = f"sep=,\r\nName,Work Email,Email\r\nJane,{work},{own}\r\n"
    client = service.client()
    for wanted in (None, "Phone", "0", "4", "0000000019", "9" * 1000):
        query = {} if wanted is None else {"column": wanted}
        asked = upload(client, interview, content, query_string=query)
        assert asked.status_code == 422 and asked.json is not None
        assert asked.json["code"] == "ambiguous_column"
        assert {"column": 3, "header": "Email", "values": [own]} in asked.json["columns"]
    assert seed.jobs() == []
    form = {"file": (io.BytesIO(content.encode()), "list.csv"), "column": "email"}
    path = f"/interviews/{interview}/invites"
    for answer in (
        upload(client, interview, content, query_string="column=3"),
        client.post(path, data=form, query_string="column=2", headers=BACKEND),
    ):
        assert answer.status_code == 201 and answer.json is not None
        assert [row["email"] for row in answer.json["invites"]] == [own]
        assert answer.json["file"]["left_aside"]["other_addresses"] == [
            {"column": 2, "header": "Work Email", "addresses": 1}
        ]
        assert "1 address in column 2 (“Work Email”) was left aside." in answer.json["message"]


def test_several_addresses_in_a_row_are_all_invited(service: Service, seed: Seed) -> None:
    first, second, third = address(), address(), address()
    answer = upload(service.client(), seed.interview(), f"{first},{second}\nJane <{third}>")
    assert outcomes(answer) == [
        (1, first, "created"),
        (1, second, "created"),
        (2, third, "created"),
    ]


def test_names_come_along(service: Service, seed: Seed) -> None:
    interview, client = seed.interview(), service.client()
    first, second, third = address(), address(), address()
    file = f"First name;Last name;Email\nJane;Doe;{first}\nBad;https://evil.example;{second}\n"
    answer = upload(client, interview, file)
    assert answer.status_code == 201 and answer.json is not None
    assert [row["name"] for row in answer.json["invites"]] == [
        "Jane Doe",
        "Bad https://evil.example",
    ]
    assert answer.json["summary"]["created"] == 2
    sent = client.post(
        f"/interviews/{interview}/invites",
        json={"emails": [{"email": third, "name": "Ann\r\nBcc: x"}, {"email": None}, address()]},
        headers=BACKEND,
    )
    assert sent.status_code == 201 and sent.json is not None
    assert [row["name"] for row in sent.json["invites"]] == ["Ann\r\nBcc: x", None, None]
    found = client.get(f"/interviews/{interview}/invites", headers=BACKEND).json
    assert found is not None
    stored = {invite["email"]: invite["candidate_name"] for invite in found["invites"]}
    assert [stored[email] for email in (first, second, third)] == ["Jane Doe", None, "Ann Bcc: x"]


@pytest.mark.parametrize(
    ("name", "stored"),
    [("Jane Doe", "Jane Doe"), ("x" * 10_000, "x" * 100), ("a\0b", "a\ufffdb"), (None, None)],
)
def test_a_name_beside_one_address(
    service: Service, seed: Seed, name: str | None, stored: str | None
) -> None:
    interview, client, email = seed.interview(), service.client(), address()
    body = {"email": email, "name": name, "interview_id": str(interview)}
    assert client.post("/invite", json=body, headers=BACKEND).status_code == 201
    found = client.get(f"/interviews/{interview}/invites", headers=BACKEND).json
    assert found is not None
    (invite,) = found["invites"]
    assert invite["candidate_name"] == stored


def test_ten_thousand_rows(service: Service, seed: Seed) -> None:
    host = f"{uuid.uuid4().hex}.example"
    lines = [f"Candidate {number};bulk{number}@{host}" for number in range(10_000)]
    answer = upload(service.client(), seed.interview(), "\n".join(["name;email", *lines]))
    assert answer.status_code == 201
    assert answer.json is not None
    assert answer.json["summary"] == {"rows": 10_000, "created": 10_000}
    assert [row["row"] for row in answer.json["invites"]] == list(range(2, 10_002))


def test_nothing_but_nonsense(service: Service, seed: Seed) -> None:
    interview = seed.interview()
    content = "email\nnonsense\n\nmore"
    answer = upload(service.client(), interview, content)
    assert answer.status_code == 422
    assert answer.json is not None and answer.json["code"] == "invalid_email"
    assert [row["row"] for row in answer.json["invites"]] == [2, 3, 4]
    previewed = upload(service.client(), interview, content, query_string="dry_run=1")
    assert previewed.status_code == 200


@pytest.mark.parametrize("dry_run", ["0", "1"])
def test_refusals_of_the_database(service: Service, seed: Seed, dry_run: str) -> None:
    client = service.client()
    stranger = {"Authorization": f"Bearer {token(sub=str(seed.recruiter()))}"}
    interview = seed.interview()

    def refused(where: uuid.UUID, body: Any, who: dict[str, str] = BACKEND) -> tuple[int, str]:
        answer = client.post(
            f"/interviews/{where}/invites?dry_run={dry_run}", json=body, headers=who
        )
        assert answer.json is not None
        return answer.status_code, answer.json["code"]

    one: dict[str, Any] = {"emails": [address()]}
    assert refused(uuid.uuid4(), one) == (404, "interview_not_found")
    assert refused(interview, one, stranger) == (404, "interview_not_found")
    assert refused(interview, {"emails": []}) == (400, "no_emails")
    assert refused(interview, {"emails": ["x"] * 10_001}) == (413, "too_many_emails")
    seed.run("update public.interviews set status = 'inactive' where id = %s", interview)
    assert refused(interview, one) == (409, "interview_closed")
    assert seed.jobs() == []


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"json": {}}, 422, "invalid_request"),
        ({"json": {"emails": "a@example.com"}}, 422, "invalid_request"),
        ({"json": {"emails": []}, "query_string": "dry_run=maybe"}, 422, "invalid_request"),
        ({"data": {"other": (io.BytesIO(b"a"), "a.csv")}}, 422, "invalid_request"),
        (
            {
                "data": {
                    "file": [(io.BytesIO(b"a@b.co"), "a.csv"), (io.BytesIO(b"b@b.co"), "b.csv")]
                }
            },
            *(422, "invalid_request"),
        ),
        ({"data": b"a", "content_type": "multipart/form-data"}, 422, "invalid_request"),
        ({"data": b"a", "content_type": "text/plain"}, 415, "unsupported_media_type"),
        ({"data": b"", "content_type": "text/csv"}, 422, "unreadable_file"),
        ({"data": b"x" * 5_000_000, "content_type": "text/csv"}, 413, "request_too_large"),
    ],
)
def test_requests_that_are_none(
    offline: Service, sent: dict[str, Any], status: int, code: str
) -> None:
    path = f"/interviews/{uuid.uuid4()}/invites"
    answer = offline.client().post(path, headers=BACKEND, **sent)
    assert (answer.status_code, answer.json and answer.json["code"]) == (status, code)


# ---- the command -------------------------------------------------------------------------------


def command(service: Service, *arguments: str) -> Result:
    return service.app().test_cli_runner().invoke(args=["invite", *arguments])


@pytest.fixture
def candidates(tmp_path: Path) -> Path:
    """A file of 2,500 candidates, with a row that is blank and one that is nonsense."""
    host = f"{uuid.uuid4().hex}.example"
    lines = [f"Candidate {number};c{number}@{host}" for number in range(2498)]
    file = tmp_path / "candidates.csv"
    file.write_text("\n".join(["Name;E-Mail", *lines[:1000], ";", "Oops;oops", *lines[1000:]]))
    return file


def test_a_file_from_the_command_line(
    service: Service, seed: Seed, supabase: Gateway, candidates: Path
) -> None:
    interview = str(seed.interview())
    first = command(service, interview, str(candidates), "--recruiter-name", "Ada L.")
    assert first.exit_code == 0, first.output
    assert first.output.endswith(
        "row 1002: blank: -\nrow 1003: invalid_email: oops\n"
        "Done:\n  2,500  rows\n  2,498  created\n      1  blank\n      1  invalid_email\n"
    )
    assert supabase.calls == ["rpc/create_invites"]
    assert len(seed.jobs()) == 2498
    again = command(service, interview, str(candidates))
    assert "  2,498  unchanged\n" in again.output
    assert len(seed.jobs()) == 2498


def test_what_would_steer_the_terminal_is_written_out(
    service: Service, seed: Seed, tmp_path: Path
) -> None:
    file = tmp_path / "candidates.csv"
    file.write_text("email\n\x1b[2J\x1b]0;oops\x07\nоо\u202eps\n")
    result = command(service, str(seed.interview()), str(file), "--dry-run")
    assert "row 2: invalid_email: \\x1b[2J\\x1b]0\n" in result.output
    assert "row 3: invalid_email: оо\\u202eps\n" in result.output


def test_a_preview_from_the_command_line(
    service: Service, seed: Seed, supabase: Gateway, candidates: Path
) -> None:
    result = command(service, str(seed.interview()), str(candidates), "--dry-run")
    assert result.exit_code == 0
    assert "Nothing was done" in result.output and "  2,498  created\n" in result.output
    assert supabase.calls == ["rpc/preview_invites"]
    assert seed.jobs() == []


def test_a_command_without_a_database_invites_nobody(
    service: Service, seed: Seed, supabase: Gateway, candidates: Path
) -> None:
    supabase.down = True
    result = command(service, str(seed.interview()), str(candidates))
    assert (result.exit_code, result.output) == (1, "Error: Supabase cannot be reached.\n")
    assert seed.jobs() == []


def test_commands_that_are_refused(service: Service, seed: Seed, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("a@example.com")
    unknown = command(service, str(uuid.uuid4()), str(file))
    assert unknown.exit_code == 1 and "does not exist" in unknown.output
    assert command(service, "one", str(file)).exit_code == 2
    assert command(service, str(uuid.uuid4()), str(tmp_path / "none.csv")).exit_code == 2
    file.write_text("Name,Recruiter Email\nJane,boss@example.com")
    asked = command(service, str(uuid.uuid4()), str(file))
    assert asked.exit_code == 1 and "2 (“Recruiter Email”)" in asked.output
    chosen = command(service, str(uuid.uuid4()), str(file), "--column", "2")
    assert chosen.exit_code == 1 and "does not exist" in chosen.output
    file.write_bytes(b"PK\x03\x04\x00")
    nonsense = command(service, str(uuid.uuid4()), str(file))
    assert nonsense.exit_code == 1 and "list.csv: This is not a text file." in nonsense.output

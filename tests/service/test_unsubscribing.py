"""Unsubscribing over HTTP, by the link in a mail that was sent (RFC 8058)."""

import re
import uuid

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.kit.gateway import Gateway
from tests.kit.mailserver import MailServer, Received
from tests.service.conftest import BACKEND, Invited, Seed, Service, address

PUBLIC = "https://service.example.com"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def client(service: Service) -> FlaskClient:
    """A service that people reach."""
    return service.client(PUBLIC_SERVICE_URL=f"{PUBLIC}/")


@pytest.fixture
def invited(seed: Seed) -> Invited:
    return seed.invite()[0]


def sent(client: FlaskClient, mailbox: MailServer, invited: Invited) -> Received:
    """The invitation, as it arrived."""
    answer = client.post("/send-interview-invite", json=invited.body, headers=BACKEND)
    assert answer.status_code == 200
    return mailbox.messages[-1]


@pytest.fixture
def mail(client: FlaskClient, mailbox: MailServer, invited: Invited) -> Received:
    return sent(client, mailbox, invited)


@pytest.fixture
def path(mail: Received) -> str:
    """Of the link in its header."""
    found = re.fullmatch(rf"<{PUBLIC}(/unsubscribe/[\w-]+)>", mail.mail["List-Unsubscribe"])
    assert found
    return found[1]


def is_unsubscribed(seed: Seed, invited: Invited) -> bool:
    seed.connection.rollback()
    seed.db.as_service()
    found: bool = seed.db.value(
        "select i.unsubscribed from public.interview_invites i where id = %s", invited.id
    )
    return found


def click(client: FlaskClient, path: str) -> TestResponse:
    return client.post(path, data=ONE_CLICK)


def invite_again(client: FlaskClient, invited: Invited) -> str:
    body = {"interview_id": str(invited.interview), "email": invited.email}
    answer = client.post("/invite", json=body, headers=BACKEND)
    assert answer.status_code == 201
    outcome: str = answer.get_json()["invites"][0]["outcome"]
    return outcome


def test_the_mail_has_the_link_in_its_headers_and_its_html(mail: Received, path: str) -> None:
    assert mail.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"List-Unsubscribe: <{PUBLIC}{path}>\r\n".encode() in mail.content, "on one line"
    assert f'href="{PUBLIC}{path}"' in mail.html
    assert path not in mail.text
    assert mail.recipient not in path


def test_without_a_public_address_there_is_none(
    service: Service, mailbox: MailServer, invited: Invited
) -> None:
    mail = sent(service.client(), mailbox, invited)
    assert mail.mail["List-Unsubscribe"] is None
    assert mail.mail["List-Unsubscribe-Post"] is None
    assert "nsubscribe" not in mail.html


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data"], ids=["form", "multipart"]
)
def test_one_click_ends_the_mails(
    client: FlaskClient, seed: Seed, invited: Invited, path: str, kind: str
) -> None:
    answer = client.post(path, data=ONE_CLICK, content_type=kind)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers and "location" not in answer.headers
    assert is_unsubscribed(seed, invited)
    assert click(client, path).status_code == 200, "again"
    assert is_unsubscribed(seed, invited)
    assert invite_again(client, invited) == "unsubscribed"
    answer = client.post("/send-interview-invite", json=invited.body, headers=BACKEND)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "unsubscribed")
    page = client.get(f"/interviews/{invited.interview}/invites", headers=BACKEND).get_json()
    assert [row["unsubscribed"] for row in page["invites"]] == [True]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"])
def test_looking_at_the_link_does_nothing(
    client: FlaskClient, seed: Seed, invited: Invited, path: str, method: str
) -> None:
    answer = client.open(f"{path}?List-Unsubscribe=One-Click", method=method, data=ONE_CLICK)
    assert answer.status_code == (200 if method in ("GET", "HEAD", "OPTIONS") else 405)
    assert not is_unsubscribed(seed, invited)


@pytest.mark.parametrize(
    "form", [{}, {"List-Unsubscribe": "one-click"}, {"emails": "again"}, {"token": "One-Click"}]
)
def test_another_form_does_not_unsubscribe(
    client: FlaskClient, seed: Seed, invited: Invited, path: str, form: dict[str, str]
) -> None:
    answer = client.post(path, data=form)
    assert answer.status_code == (200 if "emails" in form else 400)
    assert not is_unsubscribed(seed, invited)


def test_the_page_has_a_button_and_no_script(
    client: FlaskClient, mail: Received, path: str
) -> None:
    answer = client.get(path)
    assert answer.mimetype == "text/html"
    assert '<form method="post">' in answer.text and "<button>Unsubscribe</button>" in answer.text
    assert "Grace Hopper" in answer.text
    assert "<script" not in answer.text and mail.recipient not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert "frame-ancestors 'none'" in policy and "form-action 'self'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_page_s_buttons_go_back_and_forth(
    client: FlaskClient, seed: Seed, invited: Invited, path: str
) -> None:
    for _ in range(2):
        assert "<button>Get emails again</button>" in click(client, path).text
        assert "<button>Get emails again</button>" in client.get(path).text
        assert is_unsubscribed(seed, invited)
        answer = client.post(path, data={"emails": "again"})
        assert "<button>Unsubscribe</button>" in answer.text
        assert not is_unsubscribed(seed, invited)


def test_a_recruiter_s_name_is_text(client: FlaskClient, seed: Seed, mailbox: MailServer) -> None:
    recruiter = seed.recruiter("<script>alert(1)</script>")
    (invited,) = seed.invite(seed.interview(recruiter=recruiter))
    link = sent(client, mailbox, invited).mail["List-Unsubscribe"]
    answer = client.get(link.strip("<>").removeprefix(PUBLIC))
    assert "<script" not in answer.text and "&lt;script&gt;" in answer.text


def forged(path: str) -> list[str]:
    token = path.rpartition("/")[2]
    turned = token[:-10] + token[-10:].swapcase()
    return [
        turned,
        token[:-1],
        f"{token}A",
        token.upper(),
        str(uuid.uuid4()),
        "%00",
        "ä",
        "A" * 9999,
    ]


def test_forged_links_are_refused(
    client: FlaskClient, seed: Seed, invited: Invited, path: str
) -> None:
    for token in forged(path):
        for answer in (client.get(f"/unsubscribe/{token}"), click(client, f"/unsubscribe/{token}")):
            assert answer.status_code == 404, token
            assert "<button>" not in answer.text
    assert not is_unsubscribed(seed, invited)


def test_another_recruiter_s_mails_go_on(
    client: FlaskClient, seed: Seed, mailbox: MailServer, invited: Invited, path: str
) -> None:
    click(client, path)
    (other,) = seed.invite(seed.interview(), invited.email)
    (another,) = seed.invite(invited.interview, address())
    for one in (other, another):
        assert sent(client, mailbox, one).recipient == one.email


def test_large_bodies_are_not_read(client: FlaskClient, path: str) -> None:
    answer = client.post(path, data={**ONE_CLICK, "x": "x" * 5000})
    assert answer.status_code == 413


def test_links_are_used_so_often_from_one_address(client: FlaskClient, path: str) -> None:
    codes = [client.get(f"/unsubscribe/{number}").status_code for number in range(601)]
    assert codes == [404] * 600 + [429]
    assert client.get("/health").status_code == 200


def test_the_database_s_absence_is_said(client: FlaskClient, supabase: Gateway, path: str) -> None:
    supabase.down = True
    answer = click(client, path)
    assert answer.status_code == 503, "a mail provider tries again"

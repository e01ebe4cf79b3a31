"""The project whose Storage is tested: the local stack, or a hosted one that two variables name."""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from local.environment import Environment
from local.people import PASSWORD, sign_up
from local.stack import Stack
from tests.storage.caller import Caller

URL = "STORAGE_CONFORMANCE_URL"
KEY = "STORAGE_CONFORMANCE_SERVICE_ROLE_KEY"
HOSTED = URL in os.environ

RESPONSES = "interview-responses"
QUESTIONS = 20
MAX_BYTES = 100_000
TYPES = ["video/webm", "video/mp4"]


@dataclass
class Project:
    """A project with a bucket of the tests' own, and with an interview that a candidate joined."""

    url: str
    # An API key for everything, also for signing in.
    service_key: str
    anon_key: str
    make_account: Callable[[str], str]
    # Named like nothing else in the project.
    mark: str = field(default_factory=lambda: f"conformance-{secrets.token_hex(6)}")

    def __post_init__(self) -> None:
        self.bucket = self.mark
        self.service = Caller(self.url, self.service_key, self.service_key)
        self.nobody = Caller(self.url, self.anon_key, None)
        self._interview = ""

    def place(self) -> str:
        """Where nothing is yet, in the tests' bucket."""
        return f"{self.bucket}/{secrets.token_hex(6)}/answer.webm"

    def account(self, name: str) -> Caller:
        """A new account, signed in."""
        email = self.email(name)
        id = self.make_account(email)
        return Caller(self.url, self.anon_key, self.token(email), id)

    def email(self, name: str) -> str:
        return f"{self.mark}-{name}@example.com"

    def token(self, email: str) -> str:
        """A new token of an account."""
        answer = httpx.post(
            f"{self.url}/auth/v1/token?grant_type=password",
            headers={"apikey": self.anon_key},
            json={"email": email, "password": PASSWORD},
            timeout=60,
        )
        token: str = answer.raise_for_status().json()["access_token"]
        return token

    def call(self, caller: Caller, function: str, **arguments: Any) -> Any:
        """Call a SQL function."""
        path = f"{self.url}/rest/v1/rpc/{function}"
        answer = caller.ask("POST", path, json=arguments)
        assert answer.status_code == 200, answer.text
        return answer.json()

    # ---- the product's own bucket ------------------------------------------------------------

    def make_interview(self) -> None:
        """An interview of many questions, which a candidate has joined and consented to."""
        self.recruiter = self.account("recruiter")
        self.candidate = self.account("candidate")
        made = self.call(
            self.recruiter,
            "create_interview",
            title=self.mark,
            questions=[f"Question {number}?" for number in range(1, QUESTIONS + 1)],
            emails=[self.email("candidate")],
        )
        self._interview = made["interview_id"]
        self._questions = iter(made["questions"])
        (invite,) = made["invites"]
        self.call(self.candidate, "accept_invite", code=invite["invite_code"])
        self.call(self.candidate, "set_consent", interview_id=self._interview, recording=True)

    def awaited(self, type: str = "video/webm") -> str:
        """Where the candidate may upload one recording."""
        question = next(self._questions)
        id = question.get("id") or question["question_id"]
        started = self.call(self.candidate, "start_response", question_id=id, mime_type=type)
        return f"{started['bucket']}/{started['path']}"

    def clean(self) -> None:
        """Remove the interview and its recordings."""
        if not self._interview:
            return
        if names := self.service.everything(RESPONSES, self._interview):
            self.service.remove(RESPONSES, *names)
        table = f"{self.url}/rest/v1/interviews?id=eq.{self._interview}"
        self.recruiter.ask("DELETE", table).raise_for_status()


@contextlib.contextmanager
def local_project(stack: Stack) -> Iterator[Project]:
    """The tests' project on a running stack."""
    environment = stack.environment
    project = Project(
        environment.supabase_url,
        environment.supabase_service_role_key,
        environment.supabase_anon_key,
        lambda email: _sign_up(stack, environment, email),
    )
    types = ",".join(TYPES)
    stack.cluster.run_sql(
        "insert into storage.buckets (id, name, file_size_limit, allowed_mime_types) values "
        f"('{project.bucket}', '{project.bucket}', {MAX_BYTES}, '{{{types}}}')",
        user="postgres",
    )
    project.make_interview()
    yield project
    project.clean()


def _sign_up(stack: Stack, environment: Environment, email: str) -> str:
    sign_up(environment, email, PASSWORD)
    return stack.cluster.run_sql(f"select id from auth.users where email = '{email}'")


@contextlib.contextmanager
def hosted_project() -> Iterator[Project]:
    """The tests' project on Supabase; at the end all that they made is gone."""
    url, key = os.environ[URL].rstrip("/"), os.environ[KEY]
    accounts: list[str] = []
    users = f"{url}/auth/v1/admin/users"

    def make_account(email: str) -> str:
        body = {"email": email, "password": PASSWORD, "email_confirm": True}
        made = project.service.ask("POST", users, json=body).raise_for_status().json()
        accounts.append(made["id"])
        return str(made["id"])

    project = Project(url, key, key, make_account)
    service = project.service
    bucket = {"file_size_limit": MAX_BYTES, "allowed_mime_types": TYPES, "public": False}

    def remove_bucket() -> None:
        if names := service.everything(project.bucket):
            service.remove(project.bucket, *names)
        service.ask("DELETE", f"/bucket/{project.bucket}").raise_for_status()

    def remove_accounts() -> None:
        for id in accounts:
            service.ask("DELETE", f"{users}/{id}").raise_for_status()

    with contextlib.ExitStack() as ends:
        body = {"id": project.bucket, "name": project.bucket, **bucket}
        service.ask("POST", "/bucket", json=body).raise_for_status()
        ends.callback(remove_bucket)
        ends.callback(remove_accounts)
        ends.callback(project.clean)
        project.make_interview()
        yield project


@contextlib.contextmanager
def local_stack(folder: Path) -> Iterator[Stack]:
    """A stack with what Storage needs."""
    with Stack(
        folder, ports={}, fast=True, postgrest=False, service=False, accounts=False
    ) as started:
        yield started

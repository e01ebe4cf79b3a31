"""The local Supabase as a whole, with its real parts, in a folder and on ports of its own."""

import os
import re
import signal
import socket
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from local import people
from local import stack as local_stack
from local.environment import Environment
from local.people import CANDIDATE, PASSWORD, RECRUITER
from local.postgres import Cluster
from local.processes import LOOPBACK, LocalError
from local.stack import Stack
from tests.kit.processes import processes
from tests.kit.waiting import eventually

pytestmark = pytest.mark.xdist_group("stack")

FORGED = "eyJhbGciOiJub25lIn0.eyJyb2xlIjoic2VydmljZV9yb2xlIn0."

# Every right on everything of ours, by name.
RIGHTS = """
  with objects (name, acl, kind, owner) as (
    select oid::regclass::text, relacl,
        case relkind when 'S' then 's' else 'r' end::"char", relowner
      from pg_class where relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        and relkind in ('r', 'v', 'S')
    union all
    select attrelid::regclass || '.' || attname, attacl, 'c', null from pg_attribute
      where attrelid::regclass::text !~ '^pg_|^information_schema' and attacl is not null
    union all
    select oid::regprocedure::text, proacl, 'f', proowner from pg_proc
      where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
    union all
    select nspname, nspacl, 'n', nspowner from pg_namespace where nspname in ('public', 'private')
    union all
    select format('default %s by %s', defaclobjtype, defaclrole::regrole), defaclacl, 'd', null
      from pg_default_acl
    union all
    select format('auth.%s %s', oid::regprocedure, md5(prosrc)), null, 'x', null from pg_proc
      where pronamespace = 'auth'::regnamespace and proname in ('uid', 'role', 'email', 'jwt')
  )
  select name, grantor::regrole, grantee::regrole, privilege_type
  from objects left join lateral aclexplode(
    case when kind in ('c', 'd', 'x') then acl else coalesce(acl, acldefault(kind, owner)) end
  ) on true
  where not name like 'auth.%.%' or kind = 'x'
  order by 1, 2, 3, 4
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stack")


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Stack]:
    with Stack(folder, ports={}, fast=True) as started:
        yield started


@pytest.fixture
def environment(running: Stack) -> Environment:
    return running.environment


def sign_in(environment: Environment, email: str) -> str:
    answer = httpx.post(
        f"{environment.supabase_url}/auth/v1/token?grant_type=password",
        headers={"apikey": environment.supabase_anon_key},
        json={"email": email, "password": PASSWORD},
    )
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


def data_apis(environment: Environment) -> list[str]:
    apis = [f"{environment.supabase_url}/rest/v1"]
    return [*apis, environment.postgrest_url] if environment.postgrest_url else apis


def whoami(api: str, key: str, token: str | None = None) -> Any:
    """The role that a request runs as, or the status of its refusal."""
    headers = {"apikey": key} | ({"Authorization": f"Bearer {token}"} if token else {})
    answer = httpx.post(f"{api}/rpc/whoami", headers=headers)
    return answer.json() if answer.status_code == 200 else answer.status_code


def test_the_env_file_says_where_everything_is_and_is_private(running: Stack) -> None:
    lines = running.env_file.read_text().splitlines()
    assert dict(line.split("=", 1) for line in lines) == running.environment.variables()
    assert stat.S_IMODE(running.env_file.stat().st_mode) == 0o600
    wanted = {
        *("SUPABASE_URL", "SUPABASE_ANON_KEY", "SUPABASE_SERVICE_ROLE_KEY", "DATABASE_URL"),
        *("SERVICE_URL", "SERVICE_API_KEY", "SMTP_URL", "MAILBOX_URL"),
    }
    assert wanted <= running.environment.variables().keys()


def test_two_accounts_are_ready_and_were_confirmed_by_their_mails(
    running: Stack, environment: Environment
) -> None:
    for email in (RECRUITER, CANDIDATE):
        assert sign_in(environment, email)
        assert [mail["subject"] for mail in people.mails(environment, email)] == [
            "Confirm your email address"
        ]
    names = running.cluster.run_sql("select raw_user_meta_data ->> 'full_name' from auth.users")
    assert sorted(names.splitlines()) == ["Carl Candidate", "Rita Recruiter"]


def test_nobody_signs_in_before_opening_the_link(environment: Environment) -> None:
    auth = f"{environment.supabase_url}/auth/v1"
    headers = {"apikey": environment.supabase_anon_key}
    account = {"email": "New.Person@example.com", "password": PASSWORD}
    assert httpx.post(f"{auth}/signup", headers=headers, json=account).status_code == 200
    token = f"{auth}/token?grant_type=password"
    refused = httpx.post(token, headers=headers, json=account)
    assert refused.json()["error_code"] == "email_not_confirmed"
    link = people.confirmation_link(environment, "new.person@example.com")
    httpx.get(link)
    assert httpx.post(token, headers=headers, json=account).status_code == 200


def test_ddl_is_noticed_and_every_key_means_its_role(
    running: Stack, environment: Environment
) -> None:
    running.cluster.run_sql(
        """
        create or replace function public.whoami() returns json language sql
          as $$ select json_build_array(current_user, auth.role(), auth.email()) $$;
        """,
        user="postgres",
    )
    try:
        token = sign_in(environment, RECRUITER)
        anon, service = environment.supabase_anon_key, environment.supabase_service_role_key
        for api in data_apis(environment):
            eventually(partial(is_there, api, anon))
            user = ["authenticated", "authenticated", RECRUITER]
            assert whoami(api, anon, token) == user
            assert whoami(api, anon, anon)[0] == "anon"
            assert whoami(api, service, service)[0] == "service_role"
            # lite takes what is no token at all for the key beside it; PostgREST refuses it.
            assert whoami(api, anon, FORGED) in (401, whoami(api, anon))
            assert whoami(api, anon, token[:-4] + "AAAA") == 401
        api = data_apis(environment)[0]
        assert whoami(api, environment.supabase_publishable_key)[0] == "anon"
        assert whoami(api, environment.supabase_secret_key)[0] == "service_role"
        assert whoami(api, "sb_secret_guessed") == 401
    finally:
        running.cluster.run_sql("drop function public.whoami()", user="postgres")


def test_both_data_apis_write_values_alike(environment: Environment) -> None:
    token = sign_in(environment, RECRUITER)
    headers = {"apikey": environment.supabase_anon_key, "Authorization": f"Bearer {token}"}
    lite, postgrest = data_apis(environment)
    given = {
        "title": "Alike",
        "questions": ["Why?"],
        "emails": [CANDIDATE],
        "deadline": "2030-02-28T17:00:00.5+05:30",
    }
    made = httpx.post(f"{lite}/rpc/create_interview", json=given, headers=headers).json()
    where = f"interview_id=eq.{made['interview_id']}"
    # The worker sends the mail meanwhile, which shows in the invite.
    sent = f"{lite}/interview_invites?{where}&delivery_status=eq.accepted"
    eventually(lambda: len(httpx.get(sent, headers=headers).json()) == 1)
    for path in (
        f"interviews?id=eq.{made['interview_id']}",
        f"interview_questions?{where}",
        f"interview_invites?{where}",
        f"interview_stats?{where}",
    ):
        answers = [httpx.get(f"{api}/{path}", headers=headers).json() for api in (lite, postgrest)]
        assert answers[0] == answers[1]
        assert len(answers[0]) == 1


def test_storage_answers_and_has_the_bucket_of_recordings(environment: Environment) -> None:
    storage = f"{environment.supabase_url}/storage/v1"
    key = environment.supabase_service_role_key
    headers = {"apikey": key, "Authorization": f"Bearer {key}"}
    bucket = httpx.get(f"{storage}/bucket/interview-responses", headers=headers)
    assert (bucket.status_code, bucket.json()["public"]) == (200, False)
    anybody = {"Authorization": f"Bearer {environment.supabase_anon_key}"}
    assert httpx.get(f"{storage}/bucket", headers=anybody).json() == []


def is_there(api: str, key: str) -> bool:
    """Whether an API knows the new function by now."""
    return bool(whoami(api, key) != 404)


def test_the_rights_are_those_that_the_migrations_gave(
    running: Stack, environment: Environment, cluster: Cluster, shared_database: str
) -> None:
    token = sign_in(environment, CANDIDATE)
    headers = {"apikey": environment.supabase_anon_key, "Authorization": f"Bearer {token}"}
    for api in data_apis(environment):
        assert httpx.get(f"{api}/interviews", headers=headers).json() == []
    live = rights(running.cluster, "postgres")
    assert len(live) > 100
    assert live == rights(cluster, shared_database)


def rights(cluster: Cluster, database: str) -> list[str]:
    return cluster.run_sql(RIGHTS, database).splitlines()


def test_rows_are_cut_at_1000_as_on_a_hosted_project(running: Stack) -> None:
    running.cluster.run_sql(
        """
        create table public.many as select n from generate_series(1, 1500) as n;
        """,
        user="postgres",
    )
    try:
        environment = running.environment
        for api in data_apis(environment):
            for _ in range(50):
                answer = httpx.get(f"{api}/many", headers={"apikey": environment.supabase_anon_key})
                if answer.status_code != 404:
                    break
            assert len(answer.json()) == 1000
    finally:
        running.cluster.run_sql("drop table public.many", user="postgres")


def test_one_at_a_time(running: Stack, folder: Path) -> None:
    with pytest.raises(LocalError, match="it is running already"), Stack(folder, ports={}):
        pass
    with pytest.raises(LocalError, match="it is running already"):
        local_stack.reset(folder)
    assert running.env_file.exists()
    running.check()


def test_data_and_keys_survive_a_restart_and_taken_ports_are_stepped_over(tmp_path: Path) -> None:
    def start(ports: dict[str, int]) -> Stack:
        return Stack(tmp_path, ports=ports, fast=True, accounts=False)

    with start({}) as first:
        before = first.environment
        # As if the function had been edited since: database_schema.sql has another body.
        first.cluster.run_sql(
            "create or replace function public.delivery_state() returns text language sql "
            "stable security definer set search_path = '' return 'old'",
            user="postgres",
        )
        people.sign_up(before, "kept@example.com", PASSWORD)
        ports = {
            name: int(url.rpartition(":")[2])
            for name, url in {
                "supabase": before.supabase_url,
                "mailbox": before.mailbox_url,
                "smtp": before.smtp_url,
                "service": before.service_url or "",
            }.items()
        }
    assert not first.env_file.exists()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((LOOPBACK, ports["supabase"]))
        taken.listen()
        with start(ports) as second:
            after = second.environment
            assert after.supabase_url == f"http://{LOOPBACK}:{ports['supabase'] + 1}"
            assert after.mailbox_url == before.mailbox_url
            assert after.supabase_anon_key == before.supabase_anon_key
            assert sign_in(after, "kept@example.com")
            assert second.cluster.run_sql("select public.delivery_state()") != "old"
            # The choice reached the links in the mails of Auth, and the service.
            people.sign_up(after, "later@example.com", PASSWORD)
            link = people.mailed_link(after, "later@example.com")
            assert link.startswith(f"{after.site_url}/auth/confirm?")
            ready = httpx.get(f"{after.service_url}/ready")
            assert ready.json()["supabase"] == "up"
    local_stack.reset(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_dies_is_named_with_the_end_of_its_log(running: Stack) -> None:
    # The last test on this stack.
    os.kill(serving(running, "lite.mjs"), signal.SIGKILL)
    with pytest.raises(LocalError) as caught:
        running.watch()
    said = str(caught.value)
    assert re.match(r"@supabase/lite \(Auth, the Data API, Storage\) ended with status 137\n", said)
    log = (running.run / "lite.log").read_text()
    assert f"listening on {running.environment.supabase_url}\n" in log
    # Refusals of earlier tests may stand below that line.
    ending = [f"    {line}" for line in log.splitlines()[-20:]]
    assert said.splitlines()[2:] == ending


def serving(running: Stack, program: str) -> int:
    """The process of this stack, not of another one here, whose command line has `program`."""
    guards = {part.pid for part in running._parts}
    return next(one.pid for one in processes() if one.parent in guards and program in one.command)

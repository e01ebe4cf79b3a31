"""What the local Storage keeps on the disk, whom it knows, and what browsers need."""

import json
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
import pytest

from local.environment import access_token
from local.stack import Stack, reset
from tests.kit.waiting import at_once, eventually
from tests.storage.caller import CHUNK, Caller, everything, refused
from tests.storage.project import Project, local_project, local_stack

pytestmark = pytest.mark.xdist_group("storage")

WHOLE = b"all the bytes of it"
OLD = "2020-01-01T00:00:00.000Z"


@pytest.fixture
def objects(stack: Stack) -> Path:
    return stack.data / "storage" / "objects"


def files(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def version(stack: Stack, place: str) -> str:
    bucket, _, name = place.partition("/")
    return stack.cluster.run_sql(
        f"select version from storage.objects where bucket_id = '{bucket}' and name = '{name}'"
    )


# ---- bytes -----------------------------------------------------------------------------------


def test_bytes_are_kept_under_names_of_our_own(
    stack: Stack, project: Project, objects: Path
) -> None:
    for name in ("a.webm", "etc/passwd", "~root", "nul", "x" * 200):
        place = f"{project.bucket}/{secrets.token_hex(4)}/{name}"
        before = files(objects)
        answer = project.service.upload(place, WHOLE)
        if "~" in name:
            refused(answer, 400, f"Invalid key: {place.partition('/')[2]}")
            continue
        assert answer.status_code == 200
        (file,) = files(objects) - before
        assert file == version(stack, place)
        assert (objects / file).read_bytes() == WHOLE
        assert (objects / file).stat().st_mode & 0o077 == 0
    assert objects.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name", ["%2e%2e/x", "a/%2e%2e/%2e%2e/x", "a/%2e/b", "%00", "a%0Ab", "%ff"]
)
def test_hostile_names_are_refused(project: Project, objects: Path, name: str) -> None:
    before = files(objects)
    # httpx would resolve dots itself.
    path = f"/object/{project.bucket}/{name}"
    headers = {"Content-Type": "video/webm", "Content-Length": "1", "Connection": "close"}
    with project.service.line("POST", path, b"x", headers) as line:
        answer = everything(line)
    assert answer.startswith("HTTP/1.1 400 ")
    assert "Invalid key" in answer
    assert files(objects) == before
    begun = project.service.begin(f"{project.bucket}/../x", 5)
    assert (begun.status_code, begun.text) == (400, "Invalid key: ../x")


@pytest.mark.parametrize("path", ["../../secrets.json", "/etc/passwd", ""])
def test_a_version_changed_by_sql_opens_no_other_file(
    stack: Stack, project: Project, path: str
) -> None:
    place = project.place()
    project.service.upload(place)
    _set_version(stack, version(stack, place), path)
    refused(project.service.read(place), 404, "Object not found")
    assert project.service.remove(*place.split("/", 1)) == [place.partition("/")[2]]
    assert (stack.data / "secrets.json").exists()


def test_a_link_on_the_disk_is_not_followed(stack: Stack, project: Project, objects: Path) -> None:
    place = project.place()
    project.service.upload(place)
    file = objects / version(stack, place)
    file.unlink()
    file.symlink_to(stack.data / "secrets.json")
    assert project.service.read(place).status_code == 500
    project.service.remove(*place.split("/", 1))
    assert (stack.data / "secrets.json").exists()
    assert not file.is_symlink()


def _set_version(stack: Stack, before: str, after: str) -> None:
    stack.cluster.run_sql(
        f"update storage.objects set version = '{after}' where version = '{before}'"
    )


def test_no_bytes_remain_of_what_is_replaced_removed_or_refused(
    stack: Stack, project: Project, objects: Path
) -> None:
    before = files(objects)
    place = project.place()
    for content in (b"first", b"second"):
        project.service.upload(place, content, upsert=True)
        assert files(objects) - before == {version(stack, place)}
    project.service.upload(place, b"refused")
    project.service.upload(project.place(), b"x" * 200_000)
    # Refused at the end, by the trigger: the bytes had arrived.
    assert project.candidate.upload(project.awaited(), b"").status_code == 400
    assert files(objects) - before == {version(stack, place)}
    bucket, _, name = place.partition("/")
    project.service.remove(bucket, name)
    assert files(objects) == before


def test_of_many_uploads_to_one_path_at_once_one_wins(
    stack: Stack, project: Project, objects: Path
) -> None:
    before = files(objects)
    place = project.place()
    url = project.service.begun(place, len(WHOLE))
    contents = [f"number {number}".encode() for number in range(16)]
    plain = [partial(project.service.upload, place, content) for content in contents]
    answers = at_once([*plain, partial(project.service.go_on, url, 0, WHOLE)])
    assert sorted(answer.is_success for answer in answers) == [False] * 16 + [True]
    refusals = [answer for answer in answers[:16] if not answer.is_success]
    for answer in refusals:
        refused(answer, 409, "The resource already exists")
    assert files(objects) - before == {version(stack, place)} | (
        # The resumable one was refused before its bytes were taken: it expires.
        files(objects) & {url.rpartition("/")[2]}
    )
    winner = next(index for index, answer in enumerate(answers) if answer.is_success)
    assert project.service.read(place).content == [*contents, WHOLE][winner]


def test_nothing_remains_of_an_upload_that_broke_off(project: Project, objects: Path) -> None:
    before = files(objects)
    place = project.place()
    headers = {"Content-Type": "video/webm", "Content-Length": "50000"}
    with project.service.line("POST", f"/object/{place}", b"x" * 20000, headers):
        # The file is there while the upload is under way.
        eventually(lambda: files(objects) > before)
    eventually(lambda: files(objects) == before)
    refused(project.service.read(place), 404, "Object not found")


def test_a_part_on_a_line_that_hangs_gives_way_to_the_next(project: Project) -> None:
    place = project.place()
    url = project.service.begun(place, len(WHOLE))
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(len(WHOLE)),
    }
    path = url.partition("/storage/v1")[2]
    with project.service.line("PATCH", path, WHOLE[:5], headers):
        # The client has another network by now; the old line was never closed.
        eventually(lambda: project.service.tus("HEAD", url).headers["upload-offset"] == "5")
        assert project.service.go_on(url, 5, WHOLE[5:]).status_code == 204
    assert project.service.read(place).content == WHOLE


def test_a_restart_deletes_leftovers_and_a_reset_everything(tmp_path: Path) -> None:
    with local_stack(tmp_path) as stack, local_project(stack) as project:
        kept, unfinished, expired, gone = (project.place() for _ in range(4))
        project.service.upload(kept, WHOLE)
        going_on = project.service.begun(unfinished, len(WHOLE))
        project.service.go_on(going_on, 0, WHOLE[:5])
        stale = project.service.begun(expired, len(WHOLE))
        project.service.go_on(stale, 0, WHOLE[:5])
        finished = project.service.begun(gone, len(WHOLE))
        project.service.go_on(finished, 0, WHOLE)
        folder = tmp_path / ".data" / "storage"
        (folder / "objects" / "00000000-0000-4000-8000-000000000000").write_bytes(b"of a crash")
        for url in (stale, finished):
            _age(folder / "uploads" / f"{url.rpartition('/')[2]}.json")
        for method in ("HEAD", "PATCH"):
            headers = {**CHUNK, "Upload-Offset": "5"} if method == "PATCH" else {}
            assert project.service.tus(method, stale, headers).status_code == 410
        versions = {version(stack, place) for place in (kept, gone)}
    with local_stack(tmp_path) as stack:
        caller = Caller(stack.environment.supabase_url, project.service_key, project.service_key)
        assert files(folder / "objects") == versions | {going_on.rpartition("/")[2]}
        assert caller.read(kept).content == caller.read(gone).content == WHOLE
        again = f"{caller.storage}/upload/resumable/"
        assert caller.go_on(again + going_on.rpartition("/")[2], 5, WHOLE[5:]).status_code == 204
        assert caller.read(unfinished).content == WHOLE
        assert caller.tus("HEAD", again + stale.rpartition("/")[2]).status_code == 404
    reset(tmp_path)
    assert list(tmp_path.iterdir()) == []


def _age(file: Path) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), "creation_date": OLD}))


# ---- callers ---------------------------------------------------------------------------------


def test_every_key_means_its_role(stack: Stack, project: Project) -> None:
    environment = stack.environment
    place = project.place()
    project.service.upload(place)
    for key in (environment.supabase_service_role_key, environment.supabase_secret_key):
        assert Caller(project.url, key, key).read(place).status_code == 200
        assert project.nobody.ask("GET", f"/object/{place}", {"apikey": key}).status_code == (
            200 if key.startswith("sb_") else 400
        )
    for key in (environment.supabase_anon_key, environment.supabase_publishable_key):
        refused(Caller(project.url, key, key).read(place), 404, "Object not found")
        refused(Caller(project.url, key, key).upload(project.place()), 403, RLS)
    # A person's token counts, whatever the key beside it.
    secret = environment.supabase_secret_key
    stranger = Caller(project.url, secret, project.candidate.token)
    refused(stranger.read(place), 404, "Object not found")


RLS = "new row violates row-level security policy"


@pytest.mark.parametrize(
    "token",
    [
        lambda secret: access_token("another secret, of a sufficient length", "service_role"),
        lambda secret: access_token(secret, "service_role", exp=1),
        lambda secret: access_token(secret, "supabase_storage_admin"),
        lambda secret: access_token(secret, "postgres"),
        lambda secret: "eyJhbGciOiJub25lIn0.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.",
        lambda secret: "sb_secret_guessed",
        lambda secret: "x",
    ],
    ids=["secret", "expired", "owner", "postgres", "unsigned", "guessed", "none"],
)
def test_other_tokens_are_refused(
    stack: Stack, project: Project, token: Callable[[str], str]
) -> None:
    place = project.place()
    project.service.upload(place)
    given = token(stack.environment.supabase_jwt_secret)
    caller = Caller(project.url, project.anon_key, given)
    assert caller.read(place).json()["statusCode"] in ("400", "403")
    bucket, _, name = place.partition("/")
    removed = caller.ask("DELETE", f"/object/{bucket}", json={"prefixes": [name]})
    assert removed.status_code == 400
    assert caller.tus("HEAD", "/upload/resumable/x").status_code == 400


def test_tokens_of_links_and_people_are_not_each_other(stack: Stack, project: Project) -> None:
    place = project.place()
    project.service.upload(place)
    download = project.service.sign(place).json()["signedURL"].partition("?token=")[2]
    uploading = project.service.ask("POST", f"/object/upload/sign/{place}-2").json()["token"]
    for token in (download, uploading):
        assert Caller(project.url, project.anon_key, token).read(place).status_code == 400
    signed = "/object/upload/sign/"
    wrong = project.nobody.upload(f"{place}?token={download}", method="PUT", path=signed)
    refused(wrong, 400, "Invalid signature")
    refused(
        project.nobody.ask("GET", f"/object/sign/{place}-2?token={uploading}"),
        400,
        "Invalid signature",
    )
    person = access_token(stack.environment.supabase_jwt_secret, url=place, scope="download")
    answer = project.nobody.ask("GET", f"/object/sign/{place}?token={person}")
    assert (answer.status_code, answer.json()["error"]) == (400, "InvalidJWT")


def test_policies_and_triggers_know_the_caller_and_the_operation(
    stack: Stack, project: Project
) -> None:
    stack.cluster.run_sql(
        """
        create function public.see() returns trigger language plpgsql as $$ begin
          raise exception '% % % %', auth.role(), coalesce(auth.uid()::text, '-'),
            storage.operation(), new.metadata ? 'eTag' using errcode = '42501';
        end $$;
        create trigger see before insert on storage.objects for each row
          when (new.bucket_id = 'seen') execute function public.see();
        insert into storage.buckets (id, name) values ('seen', 'seen');
        """,
        user="postgres",
    )
    told = project.candidate.upload("seen/a").json()["message"]
    assert told == f"authenticated {project.candidate.id} storage.object.upload <NULL>"
    assert project.service.begin("seen/a", 5).text == (
        "service_role - storage.tus.upload.create <NULL>"
    )
    stack.cluster.run_sql("drop function public.see() cascade", user="postgres")


# ---- browsers --------------------------------------------------------------------------------


def test_pages_of_any_origin_may_upload(project: Project) -> None:
    origin = {"Origin": "https://hirevision.example"}
    for path, method, headers in (
        ("/object/b/a", "POST", "authorization, apikey, x-upsert, content-type"),
        ("/upload/resumable", "POST", "tus-resumable, upload-length, upload-metadata"),
        ("/upload/resumable/x", "PATCH", "tus-resumable, upload-offset, content-type"),
    ):
        asked = {
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": headers,
        }
        answer = project.nobody.ask("OPTIONS", path, {**origin, **asked})
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "*"
        assert method in answer.headers["access-control-allow-methods"]
        assert answer.headers["access-control-allow-headers"] == headers
    begun = project.service.begin(project.place(), 5, Origin="https://hirevision.example")
    seen = {name.strip() for name in begun.headers["access-control-expose-headers"].split(",")}
    assert {"Location", "Upload-Offset", "Upload-Length", "Tus-Resumable"} <= seen
    assert begun.headers["access-control-allow-origin"] == "*"
    refusal = project.nobody.ask("GET", "/object/authenticated/b/a", origin)
    assert refusal.headers["access-control-allow-origin"] == "*"


def test_what_is_no_route_is_not_found(project: Project) -> None:
    answer = project.service.ask("GET", "/no/such/route")
    assert (answer.status_code, answer.json()["error"]) == (404, "Not Found")
    assert httpx.get(f"{project.url}/storage/v2/bucket").status_code == 404

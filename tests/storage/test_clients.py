"""The clients of Supabase on the local Storage: supabase-js, supabase-py, tus-js-client."""

import hashlib
import json
import random
import secrets
import subprocess
from pathlib import Path
from typing import Any

import pytest
from storage3 import SyncStorageClient
from storage3.exceptions import StorageApiError
from storage3.types import FileOptions, UploadSignedUrlFileOptions

from local import node
from local.stack import Stack
from tests.storage.cutting import cutting
from tests.storage.project import Project

pytestmark = pytest.mark.xdist_group("storage")

SCRIPT = Path(__file__).with_name("clients.mjs")
MEGABYTES_20 = 20_000_000


def run(client: str, project: Project, **given: Any) -> Any:
    """What one of the clients in clients.mjs met."""
    settings = {
        "client": client,
        "url": project.url,
        "key": project.anon_key,
        "token": project.service_key,
        **given,
    }
    done = subprocess.run(
        [node.program(), SCRIPT, json.dumps(settings)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_supabase_js(project: Project) -> None:
    folder = secrets.token_hex(6)
    said = run("supabaseJs", project, bucket=project.bucket, folder=folder)
    for name, file in {
        "blob": "blob",
        "upsert": "blob",
        "update": "blob",
        "bytes": "bytes",
    }.items():
        assert said[name]["path"] == f"{folder}/{file}.webm", (name, said[name])
        assert said[name]["fullPath"] == f"{project.bucket}/{folder}/{file}.webm"
    assert said["again"] == {"status": "409", "message": "The resource already exists"}
    message = "mime type text/html is not supported"
    assert said["refused"] == {"status": "415", "message": message}
    info = said["info"]
    assert (info["size"], info["contentType"]) == (10, "video/webm")
    assert (info["cacheControl"], info["metadata"]) == ("max-age=60", {"durationSeconds": 1.5})
    assert said["exists"] is True
    assert said["download"] == "a recording"
    assert said["opened"] == [200, "a recording"]
    assert said["part"] == [206, "rec"]
    there, missing = said["links"]
    assert (there["error"], bool(there["signedUrl"])) == (None, True)
    assert (bool(missing["error"]), missing["signedUrl"]) == (True, None)
    assert said["publicly"][0] == 400
    assert said["signed"]["path"] == f"{folder}/signed.webm"
    names = [row["name"] for row in said["list"]]
    assert names == ["blob.webm", "bytes.webm", "signed.webm"]
    assert said["copy"]["path"] == f"{project.bucket}/{folder}/copied.webm"
    assert said["move"]["message"] == "Successfully moved"
    assert [row["name"] for row in said["removed"]] == [f"{folder}/moved.webm"]
    assert said["bucket"]["allowed_mime_types"] == ["video/webm", "video/mp4"]
    assert {"interview-responses", project.bucket} <= {row["id"] for row in said["buckets"]}


def test_supabase_py(project: Project) -> None:
    folder = secrets.token_hex(6)
    headers = {"apikey": project.service_key, "Authorization": f"Bearer {project.service_key}"}
    with SyncStorageClient(f"{project.url}/storage/v1/", headers) as client:
        files = client.from_(project.bucket)
        webm: FileOptions = {"content-type": "video/webm"}
        by_link: UploadSignedUrlFileOptions = {"content-type": "video/webm"}
        assert files.upload(f"{folder}/a.webm", b"a recording", webm).path == f"{folder}/a.webm"
        with pytest.raises(StorageApiError) as caught:
            files.upload(f"{folder}/a.webm", b"again", webm)
        assert (caught.value.status, caught.value.message) == ("409", "The resource already exists")
        assert files.download(f"{folder}/a.webm") == b"a recording"
        link = files.create_signed_url(f"{folder}/a.webm", 60)["signedURL"]
        assert link and project.nobody.ask("GET", link).content == b"a recording"
        paths = [f"{folder}/a.webm", f"{folder}/missing.webm"]
        there, missing = files.create_signed_urls(paths, 60)
        assert there["signedURL"]
        assert project.nobody.ask("GET", there["signedURL"]).status_code == 200
        assert missing["error"]
        signed = files.create_signed_upload_url(f"{folder}/b.webm")
        files.upload_to_signed_url(f"{folder}/b.webm", signed["token"], b"signed", by_link)
        assert [row["name"] for row in files.list(folder)] == ["a.webm", "b.webm"]
        assert files.info(f"{folder}/b.webm")["size"] == 6
        assert files.exists(f"{folder}/b.webm")
        files.copy(f"{folder}/a.webm", f"{folder}/c.webm")
        files.move(f"{folder}/a.webm", f"{folder}/d.webm")
        removed = files.remove([f"{folder}/{name}.webm" for name in "abcd"])
        assert sorted(row["name"] for row in removed) == [f"{folder}/{name}.webm" for name in "bcd"]
        assert client.get_bucket(project.bucket).public is False
        assert project.bucket in [bucket.id for bucket in client.list_buckets()]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_upload_goes_on_where_the_line_was_cut(
    stack: Stack, project: Project, seed: int
) -> None:
    bucket = f"large-{seed}"
    stack.cluster.run_sql(
        f"insert into storage.buckets (id, name) values ('{bucket}', '{bucket}')", user="postgres"
    )
    place = f"{bucket}/{secrets.token_hex(6)}.webm"
    cuts = random.Random(seed).sample(range(100_000, MEGABYTES_20), 3)
    with cutting(project.url, cuts) as line:
        met = run("tusJsClient", project, url=line.url, place=place, length=MEGABYTES_20)
    assert line.cut == 3
    assert line.received <= 1.3 * MEGABYTES_20
    kept = project.service.read(place).content
    assert hashlib.sha256(kept).hexdigest() == met["sha256"]
    # One upload, which asked after each cut how far it had come.
    assert met["requests"].count("POST") == 1
    assert met["requests"].count("HEAD") == 3

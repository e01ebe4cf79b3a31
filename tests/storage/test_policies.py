"""Rows of the table that need policies which the product does not have, on a bucket with them.

Not for hosted projects: the policies are made by SQL.
"""

from collections.abc import Iterator

import pytest

from local.stack import Stack
from tests.storage.caller import Caller, refused
from tests.storage.project import Project
from tests.storage.test_conformance import EXISTS, NO_OBJECT, RLS

pytestmark = pytest.mark.xdist_group("storage")

# Everything in a folder named like the account. What each bucket is without.
RULES = {
    "select": "for select to authenticated using",
    "insert": "for insert to authenticated with check",
    "update": "for update to authenticated using",
    "delete": "for delete to authenticated using",
}
WITHOUT = {"all": (), "no-select": ("select",), "no-update": ("update",), "no-delete": ("delete",)}


@pytest.fixture(scope="module")
def owner(stack: Stack, project: Project) -> Iterator[Caller]:
    """An account with a folder in each bucket."""
    buckets = "".join(
        f"insert into storage.buckets (id, name) values ('{bucket}', '{bucket}');"
        for bucket in WITHOUT
    )
    policies = "".join(
        f"create policy may_{command} on storage.objects {rule} ("
        f"bucket_id = any ('{{{','.join(having(command))}}}')"
        " and (storage.foldername(name))[1] = (select auth.uid())::text);"
        for command, rule in RULES.items()
    )
    stack.cluster.run_sql(f"{buckets} {policies}", user="postgres")
    yield project.account("owner")
    dropped = "".join(f"drop policy may_{command} on storage.objects;" for command in RULES)
    stack.cluster.run_sql(dropped, user="postgres")


def having(command: str) -> list[str]:
    return [bucket for bucket, without in WITHOUT.items() if command not in without]


@pytest.fixture(scope="module")
def other(project: Project, owner: Caller) -> Caller:
    """Another account, whose folders are others."""
    return project.account("other")


def test_an_account_uploads_into_its_folder_only(owner: Caller, other: Caller) -> None:
    place = f"all/{owner.id}/a.webm"
    assert owner.upload(place, form=True).json()["Key"] == place
    refused(owner.upload(place), 409, EXISTS)
    for foreign in (f"all/{other.id}/a.webm", "all/a.webm"):
        refused(owner.upload(foreign), 403, RLS)
        refused(owner.ask("POST", f"/object/upload/sign/{foreign}"), 403, RLS)
        begun = owner.begin(foreign, 5)
        assert (begun.status_code, begun.text) == (403, RLS)
    # A link is signed for people who may upload, and then asks nobody.
    signed = owner.ask("POST", f"/object/upload/sign/all/{owner.id}/b.webm").json()["url"]
    assert owner.upload(signed, method="PUT", path="").status_code == 200


def test_upsert_needs_select_and_to_replace_update(owner: Caller) -> None:
    refused(owner.upload(f"no-select/{owner.id}/a.webm", upsert=True), 403, RLS)
    assert owner.upload(f"no-select/{owner.id}/a.webm").status_code == 200
    assert owner.upload(f"no-update/{owner.id}/a.webm").status_code == 200
    refused(owner.upload(f"no-update/{owner.id}/a.webm", upsert=True), 403, RLS)
    refused(owner.upload(f"no-update/{owner.id}/a.webm", method="PUT"), 403, RLS)
    for content in (b"first", b"second"):
        answer = owner.upload(f"all/{owner.id}/upserted.webm", content, upsert=True)
        assert answer.status_code == 200, answer.text
        assert owner.read(f"all/{owner.id}/upserted.webm").content == content


def test_a_resumable_upload_replaces_with_upsert(owner: Caller) -> None:
    place = f"all/{owner.id}/resumed.webm"
    owner.upload(place, b"first")
    url = owner.begun(place, 6, **{"x-upsert": "true"})
    patch = {"x-upsert": "true", "Upload-Offset": "0"}
    patch["Content-Type"] = "application/offset+octet-stream"
    assert owner.tus("PATCH", url, patch, content=b"second").status_code == 204
    assert owner.read(place).content == b"second"


def test_what_others_have_is_not_there(owner: Caller, other: Caller) -> None:
    place = f"all/{owner.id}/seen.webm"
    owner.upload(place)
    refused(other.read(place), 404, NO_OBJECT)
    refused(other.sign(place), 404, NO_OBJECT)
    refused(other.ask("GET", f"/object/info/{place}"), 404, NO_OBJECT)
    assert other.names("all") == []
    assert other.names("all", str(owner.id)) == []
    assert owner.names("all") == [owner.id]


def test_only_a_delete_policy_lets_remove(owner: Caller, other: Caller) -> None:
    name = f"{owner.id}/removed.webm"
    for bucket in ("all", "no-delete"):
        owner.upload(f"{bucket}/{name}")
        assert other.remove(bucket, name) == []
    assert owner.remove("no-delete", name) == []
    refused(owner.ask("DELETE", f"/object/no-delete/{name}"), 403, "Access denied")
    assert owner.remove("all", name, f"{owner.id}/missing.webm") == [name]
    refused(owner.read(f"all/{name}"), 404, NO_OBJECT)
    owner.upload(f"all/{name}")
    assert owner.ask("DELETE", f"/object/all/{name}").json() == {"message": "Successfully deleted"}


def test_moving_needs_update_and_copying_insert(owner: Caller, other: Caller) -> None:
    def ends(bucket: str, target: str) -> dict[str, str]:
        source = f"{owner.id}/moved.webm"
        return {"bucketId": bucket, "sourceKey": source, "destinationKey": target}

    for bucket in ("all", "no-update"):
        owner.upload(f"{bucket}/{owner.id}/moved.webm", b"moved")
    target = f"{owner.id}/target.webm"
    refused(owner.ask("POST", "/object/move", json=ends("no-update", target)), 404, NO_OBJECT)
    refused(other.ask("POST", "/object/move", json=ends("all", target)), 404, NO_OBJECT)
    refused(other.ask("POST", "/object/copy", json=ends("all", target)), 404, NO_OBJECT)
    foreign = f"{other.id}/target.webm"
    refused(owner.ask("POST", "/object/copy", json=ends("all", foreign)), 403, RLS)
    # Without WITH CHECK an update policy checks the new name too, here by the same folder.
    refused(owner.ask("POST", "/object/move", json=ends("all", foreign)), 403, RLS)
    assert owner.ask("POST", "/object/copy", json=ends("all", target)).status_code == 200
    last = f"{owner.id}/last.webm"
    assert owner.ask("POST", "/object/move", json=ends("all", last)).status_code == 200
    assert owner.read(f"all/{last}").content == owner.read(f"all/{target}").content == b"moved"


def test_an_exception_keeps_its_message_only_with_42501(stack: Stack, project: Project) -> None:
    stack.cluster.run_sql(
        """
        create function public.refuse_all() returns trigger language plpgsql as $$ begin
          raise exception 'not_here: the reason' using errcode = split_part(new.name, '/', 1);
        end $$;
        create trigger refuse_all before insert on storage.objects for each row
          when (new.bucket_id = 'refusing') execute function public.refuse_all();
        insert into storage.buckets (id, name) values ('refusing', 'refusing');
        """,
        user="postgres",
    )
    refused(project.service.upload("refusing/42501/a"), 403, "not_here: the reason")
    begun = project.service.begin("refusing/42501/a", 5)
    assert (begun.status_code, begun.text) == (403, "not_here: the reason")
    other = project.service.upload("refusing/PT409/a")
    assert (other.status_code, other.json()["statusCode"]) == (500, "500")
    assert "the reason" not in other.text
    assert project.service.begin("refusing/PT409/a", 5).status_code == 500
    stack.cluster.run_sql("drop function public.refuse_all() cascade", user="postgres")

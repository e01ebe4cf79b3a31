"""What policies/access.txt says of recordings: every line as every role, through Storage."""

import uuid
from collections.abc import Callable

import httpx
import pytest

from tests.kit.access import Cast
from tests.kit.access_page import RECORDINGS, ROLES
from tests.kit.database import Database
from tests.kit.responses import BUCKET, START
from tests.storage.bucket import ATTACK, FIRST, Bucket
from tests.storage.caller import Caller
from tests.storage.doors import place_of

pytestmark = pytest.mark.xdist_group("storage")


class StorageDoor:
    """Storage, with the token of each role. When something has changed, the scene is spent."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self._make()

    def _make(self) -> None:
        db = self.bucket.db
        self.cast = cast = Cast.of(db, self._record)
        awaited = db.as_user(cast.people["active"]).value(START, cast.questions[1], "video/webm")
        self.bucket.db.connection.commit()
        self.bucket.interviews += [cast.interview, cast.elsewhere]
        self.paths = {
            "awaited": awaited["path"],
            "uploaded": cast.recorded["active"][0],
            "submitted": cast.recorded["completed"][0],
            "elsewhere": cast.recorded["joined elsewhere"][0],
        }

    def _record(self, db: Database, candidate: uuid.UUID, question: uuid.UUID) -> None:
        path = db.as_user(candidate).value(START, question, "video/webm")["path"]
        db.connection.commit()
        assert self.bucket.caller(candidate).upload(place_of(path), FIRST).status_code == 200

    def meet(self, role: str, command: str, which: str) -> str:
        """The cell: what the role meets. Whatever is refused changes nothing."""
        attempt: Callable[[Caller, str], str] = getattr(self, f"_{command.replace(' ', '_')}")
        before = self.bucket.state()
        met = attempt(self._caller(role), self.paths[which])
        if met in ("!", "0"):
            assert self.bucket.state() == before
        elif self.bucket.state() != before:
            self.bucket.clear()
            self._make()
        return met

    def _caller(self, role: str) -> Caller:
        if role in ("anon", "service"):
            return self.bucket.anon if role == "anon" else self.bucket.service
        return self.bucket.caller(self.cast.people[role], is_anonymous=role == "anonymous")

    # ---- the commands ------------------------------------------------------------------------

    def _upload(self, caller: Caller, path: str) -> str:
        return _cell(caller.upload(place_of(path), ATTACK))

    def _upload_with_upsert(self, caller: Caller, path: str) -> str:
        cells = {
            _cell(caller.upload(place_of(path), ATTACK, upsert=True)),
            # Where the first has succeeded, this would replace it.
            _cell(caller.upload(place_of(path), b"replaced", method="PUT")),
        }
        assert self.bucket.bytes_of(path) in (None, FIRST, ATTACK)
        return "ok" if "ok" in cells else "!"

    def _upload_in_parts(self, caller: Caller, path: str) -> str:
        begun = caller.begin(place_of(path), len(ATTACK))
        if begun.is_success:
            begun = caller.go_on(begun.headers["location"], 0, ATTACK)
            assert begun.is_success
        return _cell(begun)

    def _upload_by_a_link(self, caller: Caller, path: str) -> str:
        signed = caller.ask("POST", f"/object/upload/sign/{place_of(path)}")
        if signed.is_success:
            url = signed.json()["url"]
            signed = self.bucket.nobody.upload(url, ATTACK, method="PUT", path="")
            assert signed.is_success
        return _cell(signed)

    def _read(self, caller: Caller, path: str) -> str:
        place = place_of(path)
        answers = [
            caller.read(place),
            caller.ask("GET", f"/object/{place}"),
            caller.read(place, Range="bytes=5-8"),
            caller.ask("HEAD", f"/object/authenticated/{place}"),
            caller.ask("GET", f"/object/info/{place}"),
        ]
        (cell,) = {_cell(answer) for answer in answers}
        assert caller.ask("GET", f"/object/public/{place}").status_code == 400
        if cell == "ok":
            assert [answer.content for answer in answers[:3]] == [FIRST, FIRST, FIRST[5:9]]
            assert int(answers[3].headers["content-length"]) == len(FIRST)
            assert answers[4].json()["size"] == len(FIRST)
        return cell

    def _sign_a_link(self, caller: Caller, path: str) -> str:
        many = caller.ask("POST", f"/object/sign/{BUCKET}", json={"expiresIn": 60, "paths": [path]})
        links = [many.json()[0]["signedURL"]]
        one = caller.sign(place_of(path))
        if one.is_success:
            links.append(one.json()["signedURL"])
            for link in links:
                assert self.bucket.nobody.ask("GET", link).content == FIRST
        else:
            assert links == [None]
        return _cell(one)

    def _list(self, caller: Caller, path: str) -> str:
        folder, _, name = path.partition("/")
        found = [one for one in caller.names(BUCKET, folder) if one == name]
        root = caller.ask("POST", f"/object/list/{BUCKET}", json={"prefix": "", "search": folder})
        assert [row["name"] for row in root.json()] == [folder] or not found
        return str(len(found))

    def _move(self, caller: Caller, path: str) -> str:
        """To a new name, to where one is awaited, out of the bucket."""
        target = f"{path.partition('/')[0]}/moved.webm"
        ends = {"bucketId": BUCKET, "sourceKey": path, "destinationKey": target}
        awaited = {**ends, "destinationKey": self.paths["awaited"]}
        (cell,) = {_cell(caller.ask("POST", "/object/move", json=body)) for body in (ends, awaited)}
        return cell

    def _copy(self, caller: Caller, path: str) -> str:
        ends = {"bucketId": BUCKET, "sourceKey": path, "destinationKey": self.paths["awaited"]}
        target = {**ends, "destinationKey": f"{path.partition('/')[0]}/copied.webm"}
        assert _cell(caller.ask("POST", "/object/copy", json=target)) == "!"
        return _cell(caller.ask("POST", "/object/copy", json=ends))

    def _remove(self, caller: Caller, path: str) -> str:
        removed = len(caller.remove(BUCKET, path))
        assert _cell(caller.ask("DELETE", f"/object/{place_of(path)}")) == "!"
        return str(removed)


def _cell(answer: httpx.Response) -> str:
    if answer.is_success:
        return "ok"
    assert answer.status_code in (400, 403, 409), f"{answer.status_code} {answer.text}"
    return "!"


@pytest.mark.parametrize("role", ROLES)
def test_every_line(bucket: Bucket, role: str) -> None:
    door = StorageDoor(bucket)
    said = {
        (line.command, which): line.cells[role]
        for line in RECORDINGS.lines
        for which in line.columns
    }
    met = {(command, which): door.meet(role, command, which) for command, which in said}
    assert met == said

"""Recordings in the bucket: nobody replaces or moves them; who reads them, also after transfers."""

import uuid

import pytest

from tests.kit import responses
from tests.kit.database import Database
from tests.kit.responses import COMPLETE, DELETE, Asked, record, store

pytestmark = pytest.mark.usefixtures("nothing_is_left")


MOVES = {
    "within": "update storage.objects set name = 'x.webm' where name = %(path)s",
    "out": "update storage.objects set bucket_id = 'avatars' where name = %(path)s",
    "in": "update storage.objects set bucket_id = 'interview-responses' where name = 'a.png'",
    "in, to where one is awaited": "update storage.objects"
    " set bucket_id = 'interview-responses', name = %(awaited)s where name = 'a.png'",
    "within, to where one is awaited": "update storage.objects set name = %(awaited)s"
    " where name = %(path)s",
    "another version": "update storage.objects set version = 'x' where name = %(path)s",
    "no version": "update storage.objects set version = null where name = %(path)s",
    "no bucket": "update storage.objects set bucket_id = null where name = %(path)s",
    "no name": "update storage.objects set name = null where name = %(path)s",
}


@pytest.mark.parametrize("who", ["service", "DBA", "superuser"])
@pytest.mark.parametrize("move", MOVES)
def test_nothing_is_replaced_or_moved(db: Database, asked: Asked, move: str, who: str) -> None:
    path = record(db, asked.candidate, asked.questions[0])["path"]
    awaited = responses.start(db, asked.candidate, asked.questions[1])["path"]
    with db.superuser():
        db.run("insert into storage.buckets (id, name) values ('avatars', 'avatars')")
        db.run("insert into storage.objects (bucket_id, name) values ('avatars', 'a.png')")
    if who == "superuser":
        db.connection.execute("reset role")
    else:
        _ = db.as_service() if who == "service" else db.as_owner()
    refusal = db.refused(MOVES[move], {"path": path, "awaited": awaited})
    assert responses.is_not_awaited(refusal)
    assert responses.objects(db) == [path]


def test_storage_may_write_down_when_it_was_read(db: Database, asked: Asked) -> None:
    """What is not the object itself may change, as newer versions of Storage do."""
    record(db, asked.candidate, asked.questions[0])
    db.as_service()
    assert db.run("update storage.objects set last_accessed_at = now(), name = name") == 1


@pytest.mark.parametrize("who", ["candidate", "recruiter", "stranger", "anon"])
def test_clients_change_and_remove_nothing(db: Database, asked: Asked, who: str) -> None:
    record(db, asked.candidate, asked.questions[0])
    db.value(COMPLETE, asked.interview)
    stranger = db.account()
    if who == "anon":
        db.as_anon()
    else:
        db.as_user(stranger if who == "stranger" else getattr(asked, who))
    for sql in [
        "update storage.objects set name = 'x'",
        "update storage.objects set metadata = null, owner_id = 'x'",
        "delete from storage.objects",
    ]:
        # As Storage does it, which is allowed to delete; no policy shows a row to either.
        with db.connection.transaction():
            db.run("set local storage.allow_delete_query = 'true'")
            assert db.run(sql) == 0


def test_who_reads_which_objects(db: Database, asked: Asked) -> None:
    first = record(db, asked.candidate, asked.questions[0])["path"]
    second = record(db, asked.candidate, asked.questions[0])["path"]
    third = record(db, asked.candidate, asked.questions[1])["path"]
    stranger = db.account()

    def seen(user: uuid.UUID) -> list[str]:
        rows = db.as_user(user).rows("select name from storage.objects")
        return sorted(row["name"] for row in rows)

    assert first not in [second, third]
    assert seen(asked.candidate) == sorted([second, third])
    assert (seen(asked.recruiter), seen(stranger)) == ([], [])
    db.as_user(asked.candidate).value(COMPLETE, asked.interview)
    assert seen(asked.recruiter) == seen(asked.candidate) == sorted([second, third])
    assert seen(stranger) == []
    db.as_service().value(
        "select public.transfer_interviews(%s, %s, 10)", asked.recruiter, stranger
    )
    assert (seen(asked.recruiter), seen(stranger)) == ([], sorted([second, third]))
    db.as_user(asked.candidate).value(DELETE, asked.interview)
    assert (seen(asked.candidate), seen(stranger)) == ([], [])
    assert db.as_anon().rows("select name from storage.objects") == []


def test_an_object_of_that_name_in_another_bucket_is_not_theirs(db: Database, asked: Asked) -> None:
    path = record(db, asked.candidate, asked.questions[0])["path"]
    db.value(COMPLETE, asked.interview)
    with db.superuser():
        db.run("insert into storage.buckets (id, name) values ('avatars', 'avatars')")
    db.as_service().run(responses.INSERT, *responses.row_of(path, None, bucket="avatars"))
    for reader in [asked.candidate, asked.recruiter]:
        rows = db.as_user(reader).rows("select bucket_id from storage.objects")
        assert rows == [{"bucket_id": responses.BUCKET}]


def test_a_transfer_carries_awaited_uploads_along(db: Database, asked: Asked) -> None:
    take = responses.start(db, asked.candidate, asked.questions[0])
    heir = db.account()
    db.as_service().value("select public.transfer_interviews(%s, %s, 10)", asked.recruiter, heir)
    store(db, take["path"], size=4711)
    assert responses.response_row(db, take["response_id"])["recruiter_id"] == heir
    used = "select public.storage_used() -> 'uploaded_bytes_today'"
    assert db.as_user(heir).value(used) == 4711
    assert db.as_user(asked.recruiter).value(used) == 0
    db.pass_time("1 day")
    assert db.as_user(heir).value(used) == 0

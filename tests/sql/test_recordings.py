"""The trigger on storage.objects: what is admitted to the bucket, whatever door is used."""

import uuid
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.kit import responses
from tests.kit.database import Database, Refusal
from tests.kit.responses import (
    BUCKET,
    COMPLETE,
    CONSENT,
    DELETE,
    INSERT,
    WITHDRAW,
    Asked,
    is_not_awaited,
    probe,
    record,
    refused_probe,
    refused_store,
    store,
    stored,
)

pytestmark = pytest.mark.usefixtures("nothing_is_left")

FORMS = {
    "insert": INSERT,
    "upsert": INSERT + " on conflict (bucket_id, name) do update set metadata = excluded.metadata,"
    " version = excluded.version, owner_id = excluded.owner_id",
    "insert or nothing": INSERT + " on conflict do nothing",
    "merge": "merge into storage.objects o using (values (%s, %s, %s::text, %s::jsonb, %s::jsonb))"
    " as v (bucket_id, name, owner_id, metadata, about)"
    " on o.bucket_id = v.bucket_id and o.name = v.name"
    " when matched then update set metadata = v.metadata, version = gen_random_uuid()::text"
    " when not matched then insert (bucket_id, name, owner_id, metadata, user_metadata)"
    " values (v.bucket_id, v.name, v.owner_id, v.metadata, v.about)",
}
every_form = pytest.mark.parametrize("form", FORMS)


def is_against_policy(refusal: Refusal) -> bool:
    """Whether a policy refused it."""
    return refusal.code == "42501" and "row-level security" in (refusal.message or "")


def nothing_awaits(db: Database, asked: Asked, path: str) -> None:
    """No upload to this path, by the candidate and by Storage, in whatever form."""
    assert is_not_awaited(refused_probe(db.as_user(asked.candidate), path))
    for form in FORMS.values():
        refusal = db.as_service().refused(form, *responses.row_of(path, stored()))
        assert is_not_awaited(refusal)


# ---- whose, where ----------------------------------------------------------------------------


@every_form
def test_an_awaited_path_takes_one_upload(db: Database, asked: Asked, form: str) -> None:
    take = responses.start(db, asked.candidate, asked.questions[0])
    db.as_service().run(FORMS[form], *responses.row_of(take["path"], stored()))
    assert responses.response_row(db, take["response_id"])["status"] == "uploaded"
    nothing_awaits(db, asked, take["path"])
    assert responses.objects(db) == [take["path"]]
    assert responses.removals(db) == []


def test_paths_of_other_people(db: Database, asked: Asked) -> None:
    """The policy keeps others from beginning; Storage cannot tell who began what it inserts."""
    other = responses.ask(db, db.scene("other@example.com"), {})
    mine = responses.start(db, asked.candidate, asked.questions[0])
    theirs = responses.start(db, other.candidate, other.questions[0])
    db.as_user(asked.candidate)
    assert is_against_policy(refused_probe(db, theirs["path"]))
    probe(db, mine["path"])
    for stranger in [asked.recruiter, other.recruiter, db.account()]:
        assert is_against_policy(refused_probe(db.as_user(stranger), mine["path"]))
    assert is_against_policy(refused_probe(db.as_anon(), mine["path"]))


@pytest.mark.parametrize(
    "path",
    [
        "a.webm",
        "{interview}/{other}.webm",
        "{interview}/{response}.mp4",
        "{interview}/{response}.WEBM",
        "{interview}/{response}.webm/x",
        "/{interview}/{response}.webm",
        "{interview}//{response}.webm",
        "{interview}/../{interview}/{response}.webm",
        "{interview}/{response}.webm ",
        "{response}.webm",
        "",
        "x" * 100_000,
        "{interview}/%",
        "\U0001f3a5",
    ],
)
def test_paths_that_nobody_was_given(db: Database, asked: Asked, path: str) -> None:
    take = responses.start(db, asked.candidate, asked.questions[0])
    nothing_awaits(
        db,
        asked,
        path.format(interview=asked.interview, response=take["response_id"], other=uuid.uuid4()),
    )
    probe(db.as_user(asked.candidate), take["path"])


def test_a_path_without_a_name(db: Database, asked: Asked) -> None:
    refusal = db.as_service().refused(INSERT, BUCKET, None, None, Jsonb(stored()), None)
    assert is_not_awaited(refusal)


def test_other_buckets_are_not_ours(db: Database, asked: Asked) -> None:
    """The company's own buckets work as before; candidates get nothing there from us."""
    take = responses.start(db, asked.candidate, asked.questions[0])
    with db.superuser():
        db.run("insert into storage.buckets (id, name) values ('avatars', 'avatars')")
    values = responses.row_of(take["path"], stored("image/png"), bucket="avatars")
    assert is_against_policy(db.as_user(asked.candidate).refused(INSERT, *values))
    db.as_service().run(INSERT, *values)
    db.run("update storage.objects set name = 'b.png', version = '2' where bucket_id = 'avatars'")
    assert responses.response_row(db, take["response_id"])["status"] == "started"


def test_many_in_one_statement_are_each_asked_about(db: Database, asked: Asked) -> None:
    """One that is not awaited refuses them all."""
    takes = [responses.start(db, asked.candidate, question) for question in asked.questions]
    paths = [take["path"] for take in takes]
    sql = (
        "insert into storage.objects (bucket_id, name, metadata)"
        " select %s, path, %s from unnest(%s::text[]) as path"
    )
    metadata = Jsonb(stored())
    assert is_not_awaited(db.as_service().refused(sql, BUCKET, metadata, [*paths, "x.webm"]))
    assert is_not_awaited(db.refused(sql, BUCKET, metadata, [*paths, paths[0]]))
    assert db.run(sql, BUCKET, metadata, paths) == 2
    assert responses.states(db, asked.participant) == ["video uploaded"] * 2


# ---- what ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "metadata",
    [
        stored(mime_type="video/mp4"),
        stored(mime_type="audio/webm"),
        stored(mime_type="text/html"),
        stored(mime_type="application/octet-stream"),
        stored(mime_type="video/webmx"),
        stored(mime_type="video/webm, text/html"),
        stored(mime_type="\uff56ideo/webm"),
        stored(mime_type=";video/webm"),
        stored(mime_type="x" * 1_000_000),
        stored(mime_type=""),
        stored(mime_type=None),
        {"eTag": "x", "size": 1},
        ["eTag"],
        stored(size=0),
        stored(size=-1),
        stored(size=-9_223_372_036_854_775_808),
        stored(size=None),
    ],
    ids=lambda metadata: str(metadata)[:60],
)
def test_other_types_and_empty_files(db: Database, asked: Asked, metadata: Any) -> None:
    """Resumable uploads without a type skip the bucket's list of types."""
    take = responses.start(db, asked.candidate, asked.questions[0])
    assert is_not_awaited(refused_store(db, take["path"], metadata))
    store(db, take["path"])


@pytest.mark.parametrize("size", ["many", "1e99", 9.5, 10**30, {"a": 1}])
def test_a_size_that_is_no_count_of_bytes(db: Database, asked: Asked, size: Any) -> None:
    """Storage never says so; nothing is written then, however it is refused."""
    take = responses.start(db, asked.candidate, asked.questions[0])
    assert refused_store(db, take["path"], stored(size=size)).code in {"42501", "22P02", "22003"}
    assert responses.objects(db) == []


@pytest.mark.parametrize("mime_type", ["video/webm", "video/webm;codecs=vp9", "Video/WebM ; x"])
def test_parameters_of_the_type_do_not_matter(db: Database, asked: Asked, mime_type: str) -> None:
    take = responses.start(db, asked.candidate, asked.questions[0])
    store(db, take["path"], mime_type)
    assert responses.response_row(db, take["response_id"])["mime_type"] == "video/webm"


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("12.5", 12.5),
        ("0", 0),
        ("99999.999999", 99999.999999),
        (12.5, 12.5),
        ("-1", None),
        ("1e9", None),
        ("100000", None),
        ("NaN", None),
        ("Infinity", None),
        ("1\n2", None),
        ("5\n", None),
        ("\u0661\u0662", None),
        ("\uff11", None),
        ("", None),
        (None, None),
        ("9" * 1_000_000, None),
        ({"a": 1}, None),
        ([1], None),
        ("'; drop table public.interviews; --", None),
    ],
    ids=lambda value: str(value)[:30],
)
def test_the_length_is_what_the_client_says_or_nothing(
    db: Database, asked: Asked, said: Any, known: float | None
) -> None:
    """It is shown, and nothing depends on it; an upload never fails because of it."""
    take = responses.start(db, asked.candidate, asked.questions[0])
    store(db, take["path"], duration_seconds=said)
    found = responses.response_row(db, take["response_id"])["duration_seconds"]
    assert (found is None) == (known is None)
    assert found is None or float(found) == known


@pytest.mark.parametrize("about", [None, "text", [], 1, {}])
def test_other_forms_of_user_metadata(db: Database, asked: Asked, about: Any) -> None:
    take = responses.start(db, asked.candidate, asked.questions[0])
    values = (BUCKET, take["path"], None, Jsonb(stored()), None if about is None else Jsonb(about))
    assert db.as_service().run(INSERT, *values) == 1


def test_a_client_cannot_forge_what_storage_has_stored(db: Database, asked: Asked) -> None:
    take = responses.start(db, asked.candidate, asked.questions[0])
    for metadata in [stored(), stored(size=10**12), {"eTag": None}, {"eTag": 1, "mimetype": "x/y"}]:
        assert is_not_awaited(refused_probe(db, take["path"], metadata))
    newer = {"mimetype": "video/webm", "contentLength": 1000}
    probe(db, take["path"], newer)
    assert is_not_awaited(refused_probe(db, take["path"], {**newer, "mimetype": "text/html"}))
    assert responses.response_row(db, take["response_id"])["status"] == "started"


@pytest.mark.parametrize("metadata", [{"etag": "x"}, {"ETag": "x"}, {"a": {"eTag": "x"}}, {}])
def test_what_storage_has_not_finished_is_not_uploaded(
    db: Database, asked: Asked, metadata: dict[str, Any]
) -> None:
    take = responses.start(db, asked.candidate, asked.questions[0])
    with db.connection.transaction(force_rollback=True):
        store_as_is = responses.row_of(take["path"], metadata)
        assert db.as_service().run(INSERT, *store_as_is) == 1
        assert responses.response_row(db, take["response_id"])["status"] == "started"


# ---- when ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "end", ["submitted", "withdrew", "deleted", "consent", "again", "text", "interview", "account"]
)
def test_an_upload_that_is_under_way_when_it_ends(db: Database, asked: Asked, end: str) -> None:
    """The probe was allowed; when the bytes are there, it is too late."""
    before = record(db, asked.candidate, asked.questions[0])
    take = responses.start(db, asked.candidate, asked.questions[0])
    probe(db, take["path"])
    if end == "submitted":
        db.value(COMPLETE, asked.interview)
    elif end == "withdrew":
        db.value(WITHDRAW, asked.interview)
    elif end == "deleted":
        db.value(DELETE, asked.interview)
    elif end == "consent":
        db.value(CONSENT, asked.interview, False)
    elif end == "again":
        responses.start(db, asked.candidate, asked.questions[0])
    elif end == "text":
        responses.write(db, asked.candidate, asked.questions[0], "Because.", replace=True)
    elif end == "interview":
        db.as_user(asked.recruiter).run("delete from public.interviews")
    else:
        with db.superuser():
            db.run("delete from auth.users where id = %s", asked.candidate)
    nothing_awaits(db, asked, take["path"])
    kept = end in {"submitted", "again"}
    assert responses.removals(db) == ([] if kept else [before["path"]])


@pytest.mark.parametrize("change", ["status", "deadline"])
def test_an_upload_after_the_recruiter_closed_the_interview(
    db: Database, asked: Asked, change: str
) -> None:
    take = responses.start(db, asked.candidate, asked.questions[0])
    past = db.value("select now() - interval '25 hours'")
    responses.change_interview(db, asked, change, "completed" if change == "status" else past)
    nothing_awaits(db, asked, take["path"])


def test_nothing_is_awaited_for_a_participant_who_returned(db: Database, asked: Asked) -> None:
    take = responses.start(db, asked.candidate, asked.questions[0])
    db.value(WITHDRAW, asked.interview)
    again = db.invite(asked.recruiter, asked.interview, asked.email)
    db.accept(asked.candidate, again["invite_code"])
    nothing_awaits(db, asked, take["path"])

"""Projects without Storage, or where postgres may not set it up: the rest of the SQL applies."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from local import schema
from local.postgres import Cluster
from tests.kit import responses
from tests.kit.catalog import catalog
from tests.kit.database import Database, committed
from tests.sql.jobs import maintain

SCHEMA = (Path(__file__).resolve().parents[2] / schema.SCHEMA).read_text(encoding="utf-8")
# As where the tables belong to a role that postgres is no member of.
FOREIGN = """
alter table storage.objects owner to supabase_admin;
alter table storage.buckets owner to supabase_admin;
revoke all on storage.objects, storage.buckets
  from postgres, anon, authenticated, service_role cascade;
grant all on storage.buckets to postgres;
grant {rights} on storage.objects to postgres;
"""
OURS_ON_STORAGE = {
    "storage.objects._100_admit_recording",
    "storage.objects._100_admit_moved_recording",
    "storage.objects.interview_responses_insert_awaited",
    "storage.objects.interview_responses_select_readable",
}


@pytest.fixture
def bare(cluster: Cluster, create_database: Callable[..., str]) -> Iterator[str]:
    """The name of a hosted database to which nothing was applied yet."""
    name = create_database(schema=False)
    yield name
    cluster.run_sql(f"drop database {name} with (force)")


def apply(cluster: Cluster, name: str) -> list[str]:
    """Applies database_schema.sql as postgres; returns its warnings."""
    said: list[str] = []
    with psycopg.connect(cluster.url(name, "postgres"), autocommit=True) as connection:
        connection.add_notice_handler(lambda notice: said.append(notice.message_primary or ""))
        connection.execute(SCHEMA)
    return said


def objects_of(cluster: Cluster, name: str) -> dict[str, str]:
    """Every object of ours by name, and those on the tables of Storage."""
    with committed(cluster.url(name)) as db:
        return {f"{row['kind']} {row['name']}": row["is"] for row in catalog(db)}


def answer_without_recordings(db: Database) -> None:
    """A candidate is told that nothing can be recorded, answers in text, and submits."""
    asked = responses.ask(db, db.scene(), {"required": True})
    refusal = db.as_user(asked.candidate).refused(responses.START, asked.questions[0], "video/webm")
    assert (refusal.code, refusal.slug) == ("PT503", "storage_unavailable")
    responses.write(db, asked.candidate, asked.questions[0], "Because.")
    db.value(responses.COMPLETE, asked.interview)
    read = db.as_user(asked.recruiter).value("select answer from public.interview_responses")
    assert read == "Because."
    maintain(db)
    db.as_user(asked.recruiter).run("delete from public.interviews")


def record_one(db: Database) -> None:
    """A candidate records, and the recruiter may fetch it."""
    asked = responses.ask(db, db.scene("second@example.com"), {})
    path = responses.record(db, asked.candidate, asked.questions[0])["path"]
    db.value(responses.COMPLETE, asked.interview)
    assert db.as_user(asked.recruiter).value("select name from storage.objects") == path


def test_a_project_without_storage_that_gets_it_later(
    cluster: Cluster, bare: str, database: str
) -> None:
    cluster.run_sql("drop schema storage cascade", bare)
    warnings = apply(cluster, bare)
    assert len(warnings) == 1
    assert "has no Storage" in warnings[0]
    assert "Apply database_schema.sql again" in warnings[0]
    complete, without = objects_of(cluster, database), objects_of(cluster, bare)
    missing = {name.split()[1] for name in complete.keys() - without.keys()}
    assert missing >= OURS_ON_STORAGE
    assert all(name.startswith("storage.") for name in missing)
    with committed(cluster.url(bare)) as db:
        answer_without_recordings(db)
    cluster.make_hosted(bare)
    assert apply(cluster, bare) == []
    assert objects_of(cluster, bare) == complete
    with committed(cluster.url(bare)) as db:
        record_one(db)


@pytest.mark.parametrize(
    ("rights", "made"),
    [
        ("all", 2),
        ("select, insert, update, delete, truncate, references", 0),
        ("select", 0),
        ("references", 0),
    ],
)
def test_where_postgres_may_not_create_triggers_or_policies(
    cluster: Cluster, bare: str, rights: str, made: int
) -> None:
    cluster.run_sql(FOREIGN.format(rights=rights), bare)
    warnings = apply(cluster, bare)
    assert len(warnings) == (1 if made else 2)
    assert all("candidates cannot record" in warning for warning in warnings)
    names = {name.split()[1] for name in objects_of(cluster, bare)}
    assert len(names & OURS_ON_STORAGE) == made
    with committed(cluster.url(bare)) as db:
        answer_without_recordings(db)


def test_storage_that_is_lost_later(cluster: Cluster, database: str) -> None:
    """What was recorded can still be deleted, and applying the schema says what is missing."""
    with committed(cluster.url(database)) as db:
        asked = responses.ask(db, db.scene(), {})
        responses.record(db, asked.candidate, asked.questions[0])
    cluster.run_sql("drop schema storage cascade", database)
    assert len(apply(cluster, database)) == 1
    with committed(cluster.url(database)) as db:
        db.as_user(asked.candidate).value(responses.DELETE, asked.interview)
        assert len(responses.removals(db)) == 1


def test_what_a_dba_set_for_the_bucket_is_kept(cluster: Cluster, database: str) -> None:
    """But it never becomes public, and takes no other types."""
    with committed(cluster.url(database)) as db:
        db.as_owner().run(
            "update storage.buckets set file_size_limit = 10000000, public = true,"
            " allowed_mime_types = '{text/html}' where id = %s",
            responses.BUCKET,
        )
    assert apply(cluster, database) == []
    with committed(cluster.url(database)) as db:
        bucket = db.one("select * from storage.buckets where id = %s", responses.BUCKET)
    assert (bucket["file_size_limit"], bucket["public"]) == (10_000_000, False)
    assert bucket["allowed_mime_types"] == [
        "audio/mp4",
        "audio/ogg",
        "audio/webm",
        "video/mp4",
        "video/webm",
    ]


def test_a_bucket_that_holds_something_else_is_left_alone(cluster: Cluster, bare: str) -> None:
    """The sweep would remove its files."""
    with committed(cluster.url(bare)) as db, db.superuser():
        db.run(
            "insert into storage.buckets (id, name, public)"
            " values ('interview-responses', 'interview-responses', true)"
        )
        db.run(
            "insert into storage.objects (bucket_id, name) values ('interview-responses', 'a.webm')"
        )
    with pytest.raises(psycopg.Error) as raised:
        apply(cluster, bare)
    assert raised.value.diag.message_detail == "bucket_in_use"
    with committed(cluster.url(bare)) as db:
        assert db.value("select to_regclass('public.interviews')") is None
        assert db.value("select public from storage.buckets")
    # An empty one is taken over.
    with committed(cluster.url(bare)) as db, db.superuser():
        db.run("set local storage.allow_delete_query = 'true'")
        db.run("delete from storage.objects")
    assert apply(cluster, bare) == []
    assert apply(cluster, bare) == []
    with committed(cluster.url(bare)) as db:
        assert not db.value("select public from storage.buckets")

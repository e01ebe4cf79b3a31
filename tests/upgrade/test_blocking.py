"""What cannot be kept stops the upgrade before it changes anything, and says so."""

import psycopg
import pytest

from local.postgres import Cluster
from tests.upgrade.conftest import MIGRATIONS, Project, row_id
from tests.upgrade.test_ways import contents, read

# A statement that spoils the dirty database, the case that preflight names, and its count.
BLOCKING = {
    "recruiter": (
        "alter table public.interviews drop constraint interviews_recruiter_id_fkey;"
        "update public.interviews set recruiter_id = gen_random_uuid() where status = 'active';"
        "update public.interviews set recruiter_id = null where status = 'draft'",
        "interview whose recruiter_id is no account",
        2,
    ),
    "question": (
        "update public.interview_questions set interview_id = null where order_index = 1",
        "question without an interview",
        3,
    ),
    "invite": (
        "alter table public.interview_invites drop constraint interview_invites_interview_id_fkey;"
        "update public.interview_invites set interview_id = gen_random_uuid()"
        " where invite_code = '000301'",
        "invite without an interview",
        1,
    ),
    "participant": (
        "update public.interview_participants set interview_id = null where status = 'removed'",
        "participant without an interview",
        1,
    ),
    "account": (
        "update public.interview_participants set user_id = null where status = 'completed'",
        "participant whose user_id is no account",
        2,
    ),
    "twice": (
        "insert into public.interview_participants (interview_id, user_id)"
        " select interview_id, user_id from public.interview_participants where status = 'active'",
        "participant more than once in an interview",
        2,
    ),
    "type": (
        "drop view public.interview_overview;"
        "alter table public.interviews alter column title type text",
        "not the tables of the first version",
        1,
    ),
    "column in the way": (
        "alter table public.interviews add column deadline date",
        "not the tables of the first version",
        1,
    ),
    "primary key": (
        "alter table public.interview_questions drop constraint questions_primary;"
        "alter table public.interview_questions add primary key (id, question)",
        "not the tables of the first version",
        1,
    ),
    "description": (
        "update public.interviews set description = repeat('x', 100001) where status = 'active'",
        "description of more than 100,000 characters",
        1,
    ),
    "long question": (
        "update public.interview_questions set question = repeat('x', 100001)"
        " where order_index = 1",
        "question of more than 100,000 characters",
        3,
    ),
    "foreign key to a code": (
        "alter table public.interview_invites add unique (id, invite_code);"
        "create table public.letters (invite_id uuid, code varchar(6),"
        " foreign key (invite_id, code) references public.interview_invites (id, invite_code))",
        "not the tables of the first version",
        1,
    ),
}


@pytest.mark.parametrize(("spoil", "case", "count"), BLOCKING.values(), ids=BLOCKING.keys())
def test_stops_before_anything_changed(dirty: Project, spoil: str, case: str, count: int) -> None:
    dirty.connection.execute(spoil)
    blocking = {c: rows for c, rows in list(dirty.preflight().items())[:9] if rows}
    assert blocking == {case: count}
    catalog_before, rows_before = read(dirty), contents(dirty)
    with pytest.raises(psycopg.Error) as caught:
        dirty.apply(*MIGRATIONS)
    assert caught.value.diag.message_detail == "upgrade_blocked"
    said = caught.value.diag.message_primary or ""
    assert f"{case}: {count}." in said or case.startswith("not ")
    assert read(dirty) == catalog_before
    assert contents(dirty) == rows_before
    assert dirty.notices == []


def test_a_table_of_another_role(dirty: Project, cluster: Cluster) -> None:
    cluster.run_sql(
        "alter table public.interview_invites owner to supabase_admin;"
        "grant select on public.interview_invites to postgres",
        dirty.name,
    )
    with pytest.raises(psycopg.Error, match="interview_invites belongs to the role"):
        dirty.apply(*MIGRATIONS)
    assert dirty.preflight()["not the tables of the first version"] == 1


def test_a_missing_table(dirty: Project) -> None:
    dirty.connection.execute("drop table public.interview_participants cascade")
    with pytest.raises(psycopg.Error, match="the table interview_participants is missing"):
        dirty.apply(*MIGRATIONS)


def test_goes_on_once_the_rows_are_put_right(dirty: Project) -> None:
    question = row_id("221")
    dirty.connection.execute(
        "update public.interview_questions set interview_id = null where id = %s", (question,)
    )
    with pytest.raises(psycopg.Error):
        dirty.apply(*MIGRATIONS)
    dirty.connection.execute(
        "update public.interview_questions set interview_id = %s where id = %s",
        (row_id("103"), question),
    )
    dirty.apply(*MIGRATIONS)
    assert dirty.row("interview_questions", "221")["order_index"] == 1

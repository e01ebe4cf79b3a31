"""Codes: drawn at random, apart among what a recruiter has pending, never twice for one address."""

import uuid
from collections import Counter

import pytest

from tests.kit.database import Database, Scene, committed
from tests.sql.jobs import maintain

RECRUITER = uuid.UUID(int=1)
PENDING_CODE_INDEX = "interview_invites_pending_code_key"
INSERT = (
    "insert into public.interview_invites (interview_id, email) values (%s, %s)"
    " returning invite_code"
)


def draw(db: Database, emails: list[str], recruiter: uuid.UUID = RECRUITER) -> list[str]:
    """The codes drawn for these addresses."""
    db.as_owner()
    sql = "select code from private.draw_codes(%s, %s)"
    return [row["code"] for row in db.rows(sql, recruiter, emails)]


def invite(db: Database, scene: Scene, count: int) -> list[str]:
    """The codes of so many new invites."""
    rows = db.as_service().value(
        "select public.create_invites(%s, %s)",
        scene.interview,
        [f"new{n}@example.com" for n in range(count)],
    )
    assert {row["outcome"] for row in rows} == {"created"}
    return [row["invite_code"] for row in rows]


def take_all(db: Database, scene: Scene) -> None:
    """Gives every other code to a pending invite, in a few seconds: no triggers, indexes last."""
    indexes = db.as_owner().rows(
        "select indexname, indexdef from pg_indexes where tablename = 'interview_invites'"
        " and indexname <> 'interview_invites_pkey'"
    )
    for index in indexes:
        db.run(f"drop index public.{index['indexname']}")
    with db.without_triggers():
        db.run(
            "insert into public.interview_invites"
            " (id, interview_id, recruiter_id, recruiter_name, email, invite_code)"
            " select lpad(n::text, 32, '0')::uuid, %s, %s, 'R', 'p' || n || '@example.com',"
            " lpad(n::text, 6, '0') from generate_series(0, 999999) as n where n <> %s",
            scene.interview,
            scene.recruiter,
            int(scene.code),
        )
    for index in indexes:
        db.run(index["indexdef"])


def test_codes_are_uniform(db: Database, scene: Scene) -> None:
    codes = invite(db, scene, 5_000)
    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in codes)
    assert len(set(codes)) == 5_000
    for position in range(6):
        digits = Counter(code[position] for code in codes)
        # Six standard deviations from 500 each.
        assert all(372 < digits[digit] < 628 for digit in "0123456789")


def test_codes_drawn_one_by_one_are_uniform_too(db: Database) -> None:
    codes = [
        row["code"]
        for row in db.as_owner().rows(
            "select d.code from generate_series(1, 5000) as n,"
            " private.draw_codes(%s, array['a' || n || '@example.com']) as d",
            RECRUITER,
        )
    ]
    assert len(set(codes)) > 4_950  # of a million: about 12 come twice
    counts = Counter(int(code) // 100_000 for code in codes)
    assert all(372 < counts[tenth] < 628 for tenth in range(10))


def test_many_codes_drawn_at_once_are_all_different(db: Database) -> None:
    """It takes several rounds: of 50,000 tries some 1,200 meet one that was drawn before."""
    emails = [f"a{n}@example.com" for n in range(50_000)]
    db.as_owner()
    rows = db.rows("select email, code from private.draw_codes(%s, %s)", RECRUITER, emails)
    assert sorted(row["email"] for row in rows) == sorted(emails)
    assert len({row["code"] for row in rows}) == 50_000


def test_no_address_is_given_a_code_again(db: Database, scene: Scene) -> None:
    with db.without_triggers():
        db.run(
            "insert into public.interview_invites (interview_id, recruiter_id, recruiter_name,"
            " email, invite_code, status) select %s, %s, 'R', 'often@example.com',"
            " lpad(n::text, 6, '0'), 'expired' from generate_series(0, 4999) as n",
            scene.interview,
            scene.recruiter,
        )
    codes = draw(db, ["often@example.com"] * 5_000)
    # About 25 of 5,000 tries would meet one of them.
    assert len(codes) > 4_900 and min(codes) >= "005000"


def test_where_every_code_is_taken(db: Database, scene: Scene) -> None:
    """As in the proof below, but by rows of a table that inherits from that of the invites."""
    with db.superuser():
        db.run("create table public.taken () inherits (public.interview_invites)")
        db.run(
            "insert into public.taken"
            " (interview_id, recruiter_id, recruiter_name, email, invite_code)"
            " select %s, %s, 'R', 'taken@example.com', lpad(n::text, 6, '0')"
            " from generate_series(0, 999999) as n",
            scene.interview,
            scene.recruiter,
        )
        pending = "case when status = 'pending' then invite_code end"
        db.run(f"create index on public.taken (({pending}))")
        db.run("create index on public.taken (invite_code)")
    db.as_owner().run("set local statement_timeout = '30s'")
    sql = "select code from private.draw_codes(%s, '{new@example.com}')"
    assert db.refused(sql, scene.recruiter).slug == "codes_exhausted"
    assert len(draw(db, ["new@example.com"])) == 1, "those of another recruiter"


@pytest.mark.proof
def test_a_million_pending_invites_of_one_recruiter(url: str) -> None:
    with committed(url) as db:
        scene = db.scene()
        other = db.interview(db.account(), "Another recruiter's")
        take_all(db, scene)

        # The full one is refused after 1,000 tries.
        db.as_user(scene.recruiter)
        db.connection.commit()
        db.as_user(scene.recruiter)
        refusal = db.refused(INSERT, scene.interview, "full@example.com")
        assert (refusal.code, refusal.slug) == ("PT503", "codes_exhausted")
        with db.superuser():
            looks = db.value(
                "select idx_scan from pg_stat_xact_user_tables where relname = 'interview_invites'"
            )
        assert 1_000 <= looks <= 2_100  # one or two looks a try

        # Another goes on inviting, also the same addresses.
        emails = [f"p{n}@example.com" for n in range(100)]
        rows = db.as_service().value("select public.create_invites(%s, %s)", other, emails)
        assert {row["outcome"] for row in rows} == {"created"}
        assert len({row["invite_code"] for row in rows}) == 100

        # What a redeemed invite gives up is free, but not for the person who had it.
        db.accept(scene.candidate, scene.code)
        db.value("select public.withdraw_from_interview(%s)", scene.interview)
        refusal = db.as_service().refused(INSERT, scene.interview, scene.email)
        assert refusal.slug == "codes_exhausted"

        # Overdue invites give their codes up in maintenance, not before.
        with db.without_triggers():
            overdue = db.rows(
                "update public.interview_invites set expires_at = now()"
                " where invite_code < '020000' and recruiter_id = %s and status = 'pending'"
                " returning invite_code",
                scene.recruiter,
            )
        before = db.as_owner().value(
            "select count(*) from public.interview_invites where status = 'expired'"
        )
        assert before == 0
        assert maintain(db)["expired"] == 10_000
        free = {scene.code} | {row["invite_code"] for row in overdue}
        assert {db.as_service().value(INSERT, scene.interview, "one@example.com")} <= free
        db.connection.rollback()


def test_the_same_address_makes_room_for_itself(db: Database, scene: Scene) -> None:
    """Its own overdue invite expires when it is invited again; the code is a new one."""
    db.pass_time("31 days")
    (code,) = [
        row["invite_code"]
        for row in db.as_service().value(
            "select public.create_invites(%s, %s)", scene.interview, [scene.email]
        )
    ]
    assert code != scene.code
    assert db.invite_row(scene.invite)["status"] == "expired"


def test_numbers_stay_apart_as_long_as_that_is_easy(db: Database, scene: Scene) -> None:
    """Also those of different recruiters."""
    other = db.interview(db.account(), "Another recruiter's")
    mine = invite(db, scene, 5_000)
    rows = db.as_service().value(
        "select public.create_invites(%s, %s)", other, [f"o{n}@example.com" for n in range(5_000)]
    )
    # About 25 of 5,000 tries would meet one of the first 5,000.
    assert not {row["invite_code"] for row in rows} & {scene.code, *mine}


def test_equal_numbers_of_two_recruiters_open_each_their_own(db: Database, scene: Scene) -> None:
    """As a transfer may bring them together: a code counts together with the address only."""
    other = db.interview(scene.recruiter, "Another")
    second = db.invite(scene.recruiter, other, "second@example.com")
    with db.without_triggers():
        db.run(
            "update public.interview_invites set invite_code = %s where id = %s",
            scene.code,
            second["invite_id"],
        )
    account = db.account("second@example.com")
    assert db.accept(account, scene.code)["interview_id"] == str(other)
    assert db.accept(scene.candidate, scene.code)["interview_id"] == str(scene.interview)


@pytest.mark.parametrize(
    ("columns", "values", "index"),
    [
        ("email, invite_code", "%(email)s, %(code)s", "interview_invites_email_code_key"),
        ("email, invite_code", "'x@example.com', %(code)s", PENDING_CODE_INDEX),
        ("email, invite_code", "%(email)s, '000000'", "interview_invites_pending_email_key"),
    ],
)
def test_what_the_indexes_refuse(
    db: Database, scene: Scene, columns: str, values: str, index: str
) -> None:
    """However it came into the table: here without triggers."""
    with db.without_triggers():
        if index == "interview_invites_email_code_key":
            db.run("update public.interview_invites set status = 'expired'")
        refusal = db.refused(
            f"insert into public.interview_invites (interview_id, recruiter_id, recruiter_name,"
            f" {columns}) values (%(interview)s, %(recruiter)s, 'R', {values})",
            vars(scene),
        )
    assert refusal.code == "23505"
    assert index in str(refusal.message)


def test_a_large_call_reads_by_key_in_a_session_that_knew_few_invites(url: str) -> None:
    """2,000 invites must not read all 2,000 each."""
    with committed(url) as db:
        scene = db.scene()
        db.connection.commit()
        db.connection.autocommit = True
        db.connection.execute("vacuum analyze")
        for n in range(10):
            db.connection.execute(
                "insert into public.interview_invites (interview_id, email) values (%s, %s)",
                (scene.interview, f"early{n}@example.com"),
            )
        db.connection.autocommit = False
        invite(db, scene, 2_000)
        with db.superuser():
            read = db.value(
                "select seq_tup_read from pg_stat_xact_user_tables"
                " where relname = 'interview_invites'"
            )
        assert read < 100_000  # each row a few times; 2,000,000 otherwise
        db.connection.rollback()


@pytest.mark.parametrize("analyzed", [False, True])
def test_inviting_one_address_reads_as_much_however_full_the_interview(
    url: str, analyzed: bool
) -> None:
    with committed(url) as db:
        scene = db.scene()
        empty = db.interview(scene.recruiter, "Empty")
        with db.without_triggers():
            db.run(
                "insert into public.interview_invites (interview_id, recruiter_id, recruiter_name,"
                " email, invite_code, status) select %s, %s, 'R', 'j' || n || '@example.com',"
                " lpad(n::text, 6, '0'), case when n %% 4 = 0 then 'accepted' else 'pending' end"
                " from generate_series(1, 20000) as n where n <> %s",
                scene.interview,
                scene.recruiter,
                int(scene.code),
            )
            db.run(
                "insert into public.interview_participants"
                " (interview_id, recruiter_id, user_id, invite_id)"
                " select interview_id, recruiter_id, gen_random_uuid(), id"
                " from public.interview_invites where status = 'accepted'"
            )
    if analyzed:
        with committed(url) as db:
            db.run("reset role")
            db.run("analyze")

    def read(interview: uuid.UUID) -> int:
        """How many rows a call reads, in a new session."""
        with committed(url) as db:
            db.as_service().value("select public.create_invites(%s, '{n@example.com}')", interview)
            with db.superuser():
                rows = db.value(
                    "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))"
                    " from pg_stat_xact_user_tables where schemaname in ('public', 'private')"
                )
            db.connection.rollback()
        return int(rows)

    assert read(scene.interview) <= read(empty) + 20


def test_a_session_that_knew_a_small_interview_reads_a_large_one_by_address(url: str) -> None:
    """Each call as often as it takes for PostgreSQL to keep its plans."""
    emails = [f"many{n}@example.com" for n in range(2_000)]
    create = "select public.create_invites(%s, %s)"
    with committed(url) as db:
        scene = db.scene()
        for n in range(8):
            db.as_service().value(create, scene.interview, [f"early{n}@example.com"])
            db.run(
                "insert into public.interview_invites (interview_id, email) values (%s, %s)",
                scene.interview,
                f"direct{n}@example.com",
            )
        db.value(create, scene.interview, emails)
        db.connection.commit()
        db.as_service().value(create, scene.interview, emails)
        with db.superuser():
            read = db.value(
                "select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables"
                " where relname = 'interview_invites'"
            )
        assert read < 200_000  # each a few times; 4,000,000 otherwise


def test_a_session_that_knew_few_invites_draws_a_code_by_key(url: str) -> None:
    """Beside those of another recruiter, whose invites it must not read from end to end."""
    entries_read = (
        "select sum(pg_stat_get_xact_tuples_returned(indexrelid))::integer from pg_index"
        " where indrelid = 'public.interview_invites'::regclass"
    )
    with committed(url) as db:
        scene = db.scene()
        db.connection.commit()
        db.connection.autocommit = True
        db.connection.execute("vacuum analyze")
        db.connection.autocommit = False
        for n in range(10):
            draw(db, [f"early{n}@example.com"])
        db.connection.commit()
        # By another session, since session_replication_role makes a session plan again.
        with committed(url) as other, other.without_triggers():
            other.run(
                "insert into public.interview_invites (interview_id, recruiter_id, recruiter_name,"
                " email, invite_code) select %s, %s, 'R', 'many' || n || '@example.com',"
                " lpad(n::text, 6, '0') from generate_series(1, 5000) as n where n <> %s",
                scene.interview,
                scene.recruiter,
                int(scene.code),
            )
        with db.superuser():
            before = db.value(entries_read)
        for n in range(10):
            draw(db, [f"late{n}@example.com"])
        with db.superuser():
            assert db.value(entries_read) - before < 100  # 100,000 otherwise

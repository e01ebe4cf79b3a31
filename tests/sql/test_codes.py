"""Codes: drawn at random by the database, unique among what is pending, and free again."""

from collections import Counter

from tests.database import Database, Scene, committed


def draw(db: Database, scene: Scene, count: int) -> list[str]:
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
    codes = draw(db, scene, 5_000)
    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in codes)
    assert len(set(codes)) == 5_000
    for position in range(6):
        digits = Counter(code[position] for code in codes)
        # Six standard deviations from 500 each.
        assert all(372 < digits[digit] < 628 for digit in "0123456789")


def test_when_all_are_taken(url: str) -> None:
    with committed(url) as db:
        scene = db.scene()
        take_all(db, scene)
        refusal = db.as_user(scene.recruiter).refused(
            "insert into public.interview_invites (interview_id, email)"
            " values (%s, 'full@example.com')",
            scene.interview,
        )
        assert (refusal.code, refusal.slug) == ("PT503", "codes_exhausted")

        # What a redeemed invite gives up is free, but not for the person who had it.
        db.accept(scene.candidate, scene.code)
        db.value("select public.withdraw_from_interview(%s)", scene.interview)
        refusal = db.as_service().refused(
            "select public.create_invites(%s, %s)", scene.interview, [scene.email]
        )
        assert refusal.slug == "codes_exhausted"
        invite = (
            "insert into public.interview_invites (interview_id, email) values (%s, %s)"
            " returning invite_code"
        )
        assert db.refused(invite, scene.interview, scene.email).slug == "codes_exhausted"

        # Overdue invites give their codes up before any job has run.
        with db.without_triggers():
            overdue = db.rows(
                "update public.interview_invites set expires_at = now()"
                " where invite_code < '000010' and status = 'pending' returning id, invite_code"
            )
        free = {scene.code} | {row["invite_code"] for row in overdue}
        other = db.interview(scene.recruiter, "Another")
        for n in range(5):
            free.remove(db.as_service().value(invite, other, f"other{n}@example.com"))
        assert set(draw(db, scene, len(free))) == free
        assert {db.invite_row(row["id"])["status"] for row in overdue} == {"expired"}
        db.connection.rollback()


def test_codes_drawn_one_by_one_are_uniform_too(db: Database) -> None:
    codes = [
        row["code"]
        for row in db.as_owner().rows(
            "select (private.draw_codes(1))[1] as code from generate_series(1, 5000)"
        )
    ]
    assert len(set(codes)) > 4_950  # of a million: about 12 come twice
    counts = Counter(code // 100_000 for code in codes)
    assert all(372 < counts[tenth] < 628 for tenth in range(10))


def test_many_codes_drawn_at_once_are_all_different(db: Database) -> None:
    """It takes several rounds: of 50,000 tries some 1,200 meet one that was drawn before."""
    codes = db.as_owner().value("select private.draw_codes(50000)")
    assert len(set(codes)) == len(codes) == 50_000


def test_a_large_call_reads_by_key_in_a_session_that_knew_few_invites(url: str) -> None:
    """The plans that foreign keys keep: 2,000 mails must not read all 2,000 invites each."""
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
        draw(db, scene, 2_000)
        with db.superuser():
            read = db.value(
                "select seq_tup_read from pg_stat_xact_user_tables"
                " where relname = 'interview_invites'"
            )
        assert read < 100_000  # each row a few times; 2,000,000 otherwise
        db.connection.rollback()

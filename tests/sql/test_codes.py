"""Codes: drawn at random by the database, unique among what is pending, and free again."""

import uuid
from collections import Counter

from tests.database import Database, Scene, committed


def fill(db: Database, scene: Scene, codes: str) -> None:
    """Gives codes away, to as many addresses, without the triggers."""
    with db.superuser():
        db.run("set local session_replication_role = replica")
        db.run(
            "insert into public.interview_invites"
            " (interview_id, recruiter_id, recruiter_name, email, invite_code)"
            " select %s, %s, 'R', 'p' || n || '@example.com', lpad(n::text, 6, '0')"
            f" from ({codes} except select invite_code::integer from public.interview_invites)"
            " as wanted (n)",
            scene.interview,
            scene.recruiter,
        )
        db.run("set local session_replication_role = origin")


def draw(db: Database, scene: Scene, count: int, prefix: str = "new") -> list[str]:
    """The codes of so many new invites."""
    rows = db.as_service().value(
        "select public.create_invites(%s, %s)",
        scene.interview,
        [f"{prefix}{n}@example.com" for n in range(count)],
    )
    assert {row["outcome"] for row in rows} == {"created"}
    return [row["invite_code"] for row in rows]


def test_codes_are_uniform(db: Database, scene: Scene) -> None:
    codes = draw(db, scene, 5_000)
    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in codes)
    assert len(set(codes)) == 5_000
    for position in range(6):
        digits = Counter(code[position] for code in codes)
        # Six standard deviations from 500 each.
        assert all(372 < digits[digit] < 628 for digit in "0123456789")


def test_when_most_are_taken_and_when_all_are(url: str) -> None:
    with committed(url) as db:
        scene = db.scene()
        # Without most indexes the rows are there in half of the time.
        indexes = db.as_owner().rows(
            "select indexname, indexdef from pg_indexes where tablename = 'interview_invites'"
            " and indexname !~ 'pkey|pending_code'"
        )
        for index in indexes:
            db.run(f"drop index public.{index['indexname']}")
        fill(db, scene, "select generate_series(0, 899999)")
        for index in indexes:
            db.as_owner().run(index["indexdef"])
        codes = draw(db, scene, 1_000)
        assert sum(int(code) < 900_000 for code in codes) == 0
        assert len(set(codes)) == 1_000

        fill(db, scene, "select generate_series(900000, 999999)")
        db.as_user(scene.recruiter)
        for sql in [
            "select public.create_invites(%s, '{full@example.com}')",
            "insert into public.interview_invites (interview_id, email)"
            " values (%s, 'full@example.com')",
        ]:
            refusal = db.refused(sql, scene.interview)
            assert (refusal.code, refusal.slug) == ("PT503", "codes_exhausted")

        # Overdue invites give their codes up before any job has run.
        with db.superuser():
            db.run("set local session_replication_role = replica")
            overdue = [
                row["invite_code"]
                for row in db.rows(
                    "update public.interview_invites set expires_at = now()"
                    " where invite_code < '000010' and status = 'pending' returning invite_code"
                )
            ]
            db.run("set local session_replication_role = origin")
        codes = draw(db, scene, len(overdue) - 1, "late")
        assert set(codes) < set(overdue)
        assert Counter(
            row["status"]
            for row in db.rows(
                "select status from public.interview_invites where invite_code = any (%s)", codes
            )
        ) == {"expired": len(codes), "pending": len(codes)}

        # Once the others are taken again, what one invite gives up is what the next one gets.
        (last,) = set(overdue) - set(codes)
        assert draw(db, scene, 1, "last") == [last]
        db.accept(scene.candidate, scene.code)
        db.value("select public.withdraw_from_interview(%s)", scene.interview)
        # But not for the person who had it before.
        refusal = db.as_service().refused(
            "select public.create_invites(%s, %s)", scene.interview, [scene.email]
        )
        assert refusal.slug == "codes_exhausted"
        assert draw(db, scene, 1, "after") == [scene.code]
        db.connection.rollback()


def test_an_address_never_gets_a_code_twice(db: Database, scene: Scene) -> None:
    other = db.interview(scene.recruiter)
    for n in range(20):
        row = db.invite(scene.recruiter, other, scene.email)
        assert row["outcome"] == "created", n
        db.value("select public.revoke_invite(%s)", uuid.UUID(row["invite_id"]))
    db.as_owner()
    assert db.value("select count(distinct invite_code) from public.interview_invites") == 21

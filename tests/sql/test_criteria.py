"""interview_criteria: what an interview's owner looks for."""

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.kit.database import Database, Scene
from tests.kit.reviews import ADD, SAVE, Reviewed, add_criteria, rate_all, save
from tests.sql.locks import after, slug, waited

NAMES = "select array_agg(name order by created_at, id) from public.interview_criteria"


# ---- the owner -----------------------------------------------------------------------------------


def test_the_owner_writes_criteria(db: Database, scene: Scene) -> None:
    (criterion,) = add_criteria(db, scene.recruiter, scene.interview, "Clarity")
    row = db.one("select * from public.interview_criteria")
    assert (row["recruiter_id"], row["description"]) == (scene.recruiter, "")
    assert row["levels"] == ["Not shown", "Partly shown", "Shown", "Shown convincingly"]
    changed = db.one(
        "update public.interview_criteria set name = 'Structure', description = 'In steps',"
        " levels = '{a,b,c,d}' where id = %s returning *",
        criterion,
    )
    assert (changed["name"], changed["levels"]) == ("Structure", ["a", "b", "c", "d"])
    assert db.run("delete from public.interview_criteria") == 1


def test_criteria_of_one_statement_keep_their_order(db: Database, scene: Scene) -> None:
    names = [f"Criterion {number:02}" for number in range(20)]
    db.as_user(scene.recruiter).run(
        "insert into public.interview_criteria (interview_id, name)"
        " select %s, n from unnest(%s::text[]) as n",
        scene.interview,
        names,
    )
    assert db.value(NAMES) == names


def test_a_change_is_stamped(db: Database, scene: Scene) -> None:
    add_criteria(db, scene.recruiter, scene.interview, "Clarity")
    table = "public.interview_criteria"
    stamped = f"select from {table} where updated_at = now()"
    assert db.run(stamped) == 1
    for change in (
        "name = 'Depth'",
        "description = 'In steps'",
        "levels = '{a,b,c,d}'",
        "terms = '{deploy}'",
    ):
        db.as_owner().run(f"update {table} set updated_at = '2001-01-01'")
        assert db.run(stamped) == 0
        db.as_user(scene.recruiter).run(f"update {table} set {change}")
        assert db.run(stamped) == 1, change
    # Another owner is no change of what it says.
    db.as_owner().run(f"update {table} set updated_at = '2001-01-01'")
    heir = db.account()
    db.as_service().value("select public.transfer_interviews(%s, %s)", scene.recruiter, heir)
    assert db.as_user(heir).run(stamped) == 0


def test_twenty_are_enough(db: Database, scene: Scene) -> None:
    add_criteria(db, scene.recruiter, scene.interview, *map(str, range(20)))
    refusal = db.refused(ADD, scene.interview, "One more")
    assert (refusal.code, refusal.slug) == ("PT413", "too_many_criteria")
    second = db.interview(scene.recruiter, "Second")
    assert add_criteria(db, scene.recruiter, second, "Its own")
    # A DBA may restore what there was.
    assert db.as_owner().value(ADD, scene.interview, "One more")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", ""),
        ("name", " \u200b\t"),
        ("name", "é" * 101),
        ("name", None),
        ("description", "é" * 2001),
        ("description", None),
        ("terms", None),
        ("terms", "{deploy,null}"),
        ("terms", '{""}'),
        ("terms", '{" deploy"}'),
        ("terms", '{"\u2060"}'),
        ("terms", "{" + "é" * 101 + "}"),
        ("terms", "{{a,b},{c,d}}"),
        ("terms", "{" + ",".join(map(str, range(21))) + "}"),
        ("levels", None),
        ("levels", "{}"),
        ("levels", "{a,b,c}"),
        ("levels", "{a,b,c,d,e}"),
        ("levels", "{a,b,c,null}"),
        ("levels", '{"\u2060",b,c,d}'),
        ("levels", '{a," ",c,d}'),
        ("levels", '{a,b,"",d}'),
        ("levels", '{a,b,c," "}'),
        ("levels", "{{a,b},{c,d}}"),
        ("levels", "[0:3]={a,b,c,d}"),
        ("levels", "{" + "é" * 201 + ",b,c,d}"),
        ("levels", "{a," + "é" * 201 + ",c,d}"),
        ("levels", "{a,b," + "é" * 201 + ",d}"),
        ("levels", "{a,b,c," + "é" * 201 + "}"),
    ],
)
def test_what_is_no_criterion(db: Database, scene: Scene, column: str, value: Any) -> None:
    (criterion,) = add_criteria(db, scene.recruiter, scene.interview, "Clarity")
    update = f"update public.interview_criteria set {column} = %s where id = %s"
    assert db.refused(update, value, criterion).code in ("23502", "23514")
    # For DBAs too.
    assert db.as_owner().refused(update, value, criterion).code in ("23502", "23514")


def test_the_longest_that_there_may_be(db: Database, scene: Scene) -> None:
    row = db.as_user(scene.recruiter).one(
        "insert into public.interview_criteria (interview_id, name, description, levels, terms)"
        " values (%s, %s, %s, %s, %s) returning *",
        scene.interview,
        "é" * 100,
        "\U0001f600" * 2000,
        ["a", "ب", "é" * 200, "\U0001f600" * 200],
        ["a b", *["\U0001f600" * 100] * 19],
    )
    assert len(row["terms"]) == 20
    assert (len(row["name"]), len(row["description"])) == (100, 2000)


# ---- others --------------------------------------------------------------------------------------


def test_nobody_else_sees_or_changes_them(db: Database, reviewed: Reviewed) -> None:
    on = reviewed
    assert db.run("select from public.interview_criteria") == 2
    for person in (on.candidate, db.account()):
        db.as_user(person)
        assert db.run("select from public.interview_criteria") == 0
        assert db.run("update public.interview_criteria set name = 'Mine'") == 0
        assert db.run("delete from public.interview_criteria") == 0
        assert db.refused(ADD, on.interview, "Mine").code == "42501"
    db.as_anon()
    assert db.refused("select from public.interview_criteria").code == "42501"


def test_they_move_with_their_interview(db: Database, reviewed: Reviewed) -> None:
    on = reviewed
    heir = db.account()
    db.as_service().value("select public.transfer_interviews(%s, %s)", on.recruiter, heir)
    assert db.as_user(on.recruiter).run("select from public.interview_criteria") == 0
    assert db.as_user(heir).value(NAMES) == ["Clarity", "Depth"]
    assert add_criteria(db, heir, on.interview, "Mine")


# ---- once they are used --------------------------------------------------------------------------


CHANGES = [
    "update public.interview_criteria set name = 'Other' where id = %s",
    "delete from public.interview_criteria where id = %s",
    "update public.interview_criteria set levels = '{a,b,c,d}' where id = %s",
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_criterion_of_a_submitted_review_stays(
    db: Database, reviewed: Reviewed, change: str
) -> None:
    on = reviewed
    save(db, on.recruiter, on.participant, rate_all(*on.criteria), submit=True)
    later = add_criteria(db, on.recruiter, on.interview, "Later")
    for role in (db.as_user(on.recruiter), db.as_owner()):
        refusal = role.refused(change, on.criteria[0])
        assert (refusal.code, refusal.slug) == ("PT409", "criterion_in_use")
    # What is not in use yet changes, and so does what names nothing.
    db.as_user(on.recruiter)
    assert db.run(change, later[0]) == 1
    again = (
        "update public.interview_criteria"
        " set name = name, levels = levels, description = 'New', terms = '{deploy}'"
    )
    assert db.run(f"{again} where id = %s", on.criteria[0]) == 1


def test_a_criterion_of_a_draft_goes_with_its_ratings(db: Database, reviewed: Reviewed) -> None:
    on = reviewed
    save(db, on.recruiter, on.participant, rate_all(*on.criteria))
    assert db.run(
        "update public.interview_criteria set name = 'Other' where id = %s", on.criteria[0]
    )
    assert db.run("delete from public.interview_criteria where id = %s", on.criteria[0]) == 1
    assert db.one("select criterion_id from public.candidate_ratings") == {
        "criterion_id": on.criteria[1]
    }
    with db.superuser():
        db.run("set constraints all immediate")


def test_an_interview_takes_everything_along(db: Database, reviewed: Reviewed) -> None:
    on = reviewed
    save(db, on.recruiter, on.participant, rate_all(*on.criteria), submit=True)
    db.value("select public.decide(%s, 'advance')", on.participant)
    assert db.run("delete from public.interviews where id = %s", on.interview) == 1
    db.as_owner().run("set constraints all immediate")
    for table in ("interview_criteria", "candidate_reviews", "candidate_ratings"):
        assert db.run(f"select from public.{table}") == 0, table
    assert db.run("select from public.candidate_decisions") == 0


# ---- at once -------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", CHANGES)
def test_submitting_while_a_criterion_changes(url: str, reviewing: Reviewed, change: str) -> None:
    """The second one sees what the first one did."""
    on = reviewing
    refusal = waited(
        url,
        lambda db: save(db, on.recruiter, on.participant, rate_all(*on.criteria), submit=True),
        lambda db: db.as_user(on.recruiter).run(change, on.criteria[0]),
    )
    assert slug(refusal) == "criterion_in_use"


def test_rating_by_a_criterion_that_is_being_deleted(url: str, reviewing: Reviewed) -> None:
    on = reviewing
    refusal = waited(
        url,
        lambda db: db.as_user(on.recruiter).run(CHANGES[1], on.criteria[0]),
        lambda db: save(db, on.recruiter, on.participant, rate_all(*on.criteria)),
    )
    assert slug(refusal) == "criterion_not_found"


def test_reviewing_holds_nothing_that_a_deletion_needs(url: str, reviewing: Reviewed) -> None:
    """The deletion of an interview holds its participants, then deletes the criteria."""
    on = reviewing
    ratings = Jsonb(rate_all(*on.criteria))
    refusal = after(
        url,
        holds="select from public.interview_participants for update",
        act=lambda db: db.as_user(on.recruiter).value(SAVE, on.participant, ratings, "", True),
        goes_on="delete from public.interviews",
        rows=1,
    )
    assert slug(refusal) == "participant_not_found"

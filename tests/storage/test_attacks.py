"""Uploads by every door while everything changes: nothing is replaced, leaks or is left."""

from collections.abc import Callable, Iterable

import pytest

from tests.kit import responses
from tests.kit.database import Database
from tests.kit.responses import COMPLETE, CONSENT, DELETE, WITHDRAW
from tests.kit.waiting import at_once, wait_for_a_lock
from tests.storage.bucket import ATTACK, FIRST, Answering, Bucket
from tests.storage.caller import Caller, refused
from tests.storage.doors import DOORS, Answer, Door, by_copying, place_of

pytestmark = pytest.mark.xdist_group("storage")

every_door = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)


def by_every_door(values: Iterable[str], sample: int) -> pytest.MarkDecorator:
    """Each value with each door; one in so many in `make test`, the others in `make proof`."""
    cases = [
        pytest.param(door, value, marks=[] if (row + column) % sample == 0 else [pytest.mark.proof])
        for row, value in enumerate(values)
        for column, door in enumerate(DOORS.values())
    ]
    names = [f"{value}-{door}" for value in values for door in DOORS]
    return pytest.mark.parametrize(("door", "case"), cases, ids=names)


def is_refused(answer: Answer) -> bool:
    """Whether nothing is awaited, so that the trigger or the policy refused."""
    assert answer.status in (400, 403), answer
    return "response_not_awaited" in answer.text or "row-level security" in answer.text


def are_secret(bucket: Bucket, scene: Answering, *others: Caller) -> None:
    """People who must not know of the scene read, list and sign nothing of it."""
    strangers = [bucket.account(), bucket.anon, *others]
    for caller in strangers:
        for path in (scene.kept, scene.path, scene.second):
            refused(caller.read(place_of(path)), 404, "Object not found")
            refused(caller.sign(place_of(path)), 404, "Object not found")
        assert caller.names(responses.BUCKET, str(scene.interview)) == []


# ---- while an upload is under way, it stops being awaited --------------------------------------


def _delete_interview(db: Database, scene: Answering) -> None:
    db.as_user(scene.recruiter).run("delete from public.interviews where id = %s", scene.interview)


def _delete_account(db: Database, scene: Answering) -> None:
    with db.superuser():
        db.run("delete from auth.users where id = %s", scene.candidate)


def _pass_deadline(db: Database, scene: Answering, ago: str) -> None:
    past = db.value("select now() - %s::interval", ago)
    responses.change_interview(db, scene, "deadline", past)


Change = Callable[[Database, Answering], object]

ENDS: dict[str, Change] = {
    "submitted": lambda db, scene: db.as_user(scene.candidate).value(COMPLETE, scene.interview),
    "submitted by an update": lambda db, scene: db.as_user(scene.candidate).run(
        "update public.interview_participants set status = 'completed'"
    ),
    "withdrew": lambda db, scene: db.as_user(scene.candidate).value(WITHDRAW, scene.interview),
    "deleted": lambda db, scene: db.as_user(scene.candidate).value(DELETE, scene.interview),
    "consent": lambda db, scene: db.as_user(scene.candidate).value(CONSENT, scene.interview, False),
    "again": lambda db, scene: responses.start(db, scene.candidate, scene.questions[0]),
    "text": lambda db, scene: responses.write(
        db, scene.candidate, scene.questions[0], "Because.", replace=True
    ),
    "interview deleted": _delete_interview,
    "interview closed": lambda db, scene: responses.change_interview(
        db, scene, "status", "completed"
    ),
    "deadline and grace over": lambda db, scene: _pass_deadline(db, scene, "25 hours"),
    "account deleted": _delete_account,
}
# What is uploaded before goes with these.
WITHOUT_FIRST = {
    *("withdrew", "deleted", "consent", "text", "interview deleted"),
    "account deleted",
}


@by_every_door(ENDS, sample=6)
def test_an_upload_that_is_not_awaited_any_more(bucket: Bucket, door: Door, case: str) -> None:
    scene = bucket.answering()
    candidate, recruiter = bucket.caller(scene.candidate), bucket.caller(scene.recruiter)
    upload = door(bucket, candidate, scene.path, ATTACK)
    bucket.during(lambda db: ENDS[case](db, scene))
    before = bucket.state()
    assert is_refused(upload())
    after = bucket.state()
    assert {**after, "files": set()} == {**before, "files": set()}
    assert after["files"] <= before["files"]
    bucket.check()
    kept = None if case in WITHOUT_FIRST else FIRST
    assert bucket.bytes_of(scene.kept) == kept
    assert bucket.bytes_of(scene.path) is None
    if kept is not None:
        assert candidate.read(place_of(scene.kept)).content == FIRST
    if case.startswith("submitted"):
        assert recruiter.read(place_of(scene.kept)).content == FIRST
        are_secret(bucket, scene)
    else:
        are_secret(bucket, scene, recruiter)


STAYS: dict[str, Change] = {
    "nothing": lambda db, scene: None,
    "deadline over, within the grace": lambda db, scene: _pass_deadline(db, scene, "23 hours"),
    "interview inactive": lambda db, scene: responses.change_interview(
        db, scene, "status", "inactive"
    ),
    "transferred": lambda db, scene: db.as_service().value(
        "select public.transfer_interviews(%s, %s, 10)", scene.recruiter, db.account()
    ),
    "reworded": lambda db, scene: db.as_user(scene.recruiter).run(
        "update public.interview_questions set question = 'Other?'"
    ),
}


@by_every_door(STAYS, sample=5)
def test_an_upload_that_is_still_awaited(bucket: Bucket, door: Door, case: str) -> None:
    scene = bucket.answering()
    candidate, recruiter = bucket.caller(scene.candidate), bucket.caller(scene.recruiter)
    upload = door(bucket, candidate, scene.path, ATTACK)
    bucket.during(lambda db: STAYS[case](db, scene))
    answer = upload()
    assert answer.is_success, answer
    with bucket.committed() as db:
        assert responses.removals(db) == [scene.kept]
    bucket.check()
    assert bucket.bytes_of(scene.kept) is None
    assert candidate.read(place_of(scene.path)).content == ATTACK
    are_secret(bucket, scene, recruiter)


@every_door
def test_what_is_there_is_never_replaced(bucket: Bucket, door: Door) -> None:
    """By an upload that began when nothing was there."""
    scene = bucket.answering()
    candidate = bucket.caller(scene.candidate)
    late = door(bucket, candidate, scene.path, ATTACK)
    assert candidate.upload(place_of(scene.path), FIRST).status_code == 200
    answer = late()
    assert answer.status in (400, 403, 409), answer
    assert bucket.bytes_of(scene.path) == FIRST


def test_nothing_begins_where_something_is(bucket: Bucket) -> None:
    scene = bucket.answering()
    place = place_of(scene.kept)
    for caller in (bucket.caller(scene.candidate), bucket.service):
        for upsert in (False, True):
            answers = [
                caller.upload(place, ATTACK, upsert=upsert),
                caller.upload(place, ATTACK, method="PUT"),
                caller.begin(place, len(ATTACK), **{"x-upsert": str(upsert).lower()}),
                caller.ask(
                    "POST", f"/object/upload/sign/{place}", {"x-upsert": str(upsert).lower()}
                ),
            ]
            assert all(is_refused(Answer.of(answer)) for answer in answers)
    assert bucket.bytes_of(scene.kept) == FIRST


# ---- while a transaction is open ---------------------------------------------------------------


@by_every_door(["commit", "rollback"], sample=4)
def test_an_upload_while_the_candidate_is_submitting(bucket: Bucket, door: Door, case: str) -> None:
    """It waits for the transaction, and finds what that has made of it."""
    scene = bucket.answering()
    candidate = bucket.caller(scene.candidate)
    upload = door(bucket, candidate, scene.path, ATTACK)
    bucket.db.as_user(scene.candidate).value(COMPLETE, scene.interview)
    holder = bucket.db.connection.info.backend_pid

    def end_when_it_waits() -> Answer:
        wait_for_a_lock(bucket.url, held_by=holder)
        getattr(bucket.db.connection, case)()
        return Answer(0, "")

    answer, _ = at_once([upload, end_when_it_waits])
    if case == "rollback":
        assert answer.is_success, answer
        assert candidate.read(place_of(scene.path)).content == ATTACK
    else:
        assert is_refused(answer)
        recruiter = bucket.caller(scene.recruiter)
        assert recruiter.read(place_of(scene.kept)).content == FIRST
        assert bucket.bytes_of(scene.path) is None


@by_every_door(["submitting"], sample=3)
def test_a_candidate_who_submits_while_an_upload_is_finishing(
    bucket: Bucket, door: Door, case: str
) -> None:
    """Submitting waits for the upload, and takes it along."""
    scene = bucket.answering()
    candidate, recruiter = bucket.caller(scene.candidate), bucket.caller(scene.recruiter)
    upload = door(bucket, candidate, scene.path, ATTACK)
    # The last thing that an upload writes, after it has the participant's lock.
    with bucket.db.superuser():
        bucket.db.run(
            "select from private.storage_counts where recruiter_id = %s for update", scene.recruiter
        )
    holder = bucket.db.connection.info.backend_pid

    def submit() -> Answer:
        wait_for_a_lock(bucket.url, held_by=holder)
        return Answer(
            200,
            bucket.call(candidate, "complete_interview", interview_id=str(scene.interview))[
                "status"
            ],
        )

    def release() -> Answer:
        wait_for_a_lock(bucket.url, sessions=2)
        bucket.db.connection.commit()
        return Answer(0, "")

    uploaded, submitted, _ = at_once([upload, submit, release])
    assert submitted.text == "completed"
    if door is by_copying and not uploaded.is_success:
        # Its probe has an eTag already, so it takes the lock twice, and the candidate may submit in
        # between.
        assert is_refused(uploaded)
        assert bucket.bytes_of(scene.path) is None
    else:
        assert uploaded.is_success, uploaded
        assert recruiter.read(place_of(scene.path)).content == ATTACK


# ---- two clients ---------------------------------------------------------------------------------

PAIRS = [
    *[("plain", "plain"), ("plain", "resumable"), ("resumable", "resumable")],
    *[("by a link", "plain"), ("by a link", "by the service over it")],
    *[("plain under way", "resumable under way"), ("by copying", "plain")],
]


@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_two_uploads_of_one_path_at_once(bucket: Bucket, pair: tuple[str, str]) -> None:
    scene = bucket.answering()
    candidate = bucket.caller(scene.candidate)
    contents = [f"of client {number}".encode() for number in (1, 2)]
    uploads = [
        DOORS[door](bucket, candidate, scene.path, content)
        for door, content in zip(pair, contents, strict=True)
    ]
    answers = at_once(uploads)
    (won,) = (content for content, a in zip(contents, answers, strict=True) if a.is_success)
    assert {answer.status for answer in answers if not answer.is_success} <= {400, 403, 409}
    assert bucket.bytes_of(scene.path) == candidate.read(place_of(scene.path)).content == won

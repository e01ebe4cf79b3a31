"""Many candidates of one interview who upload and submit at the same moment."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import httpx
import pytest

from tests.kit import responses
from tests.kit.responses import BUCKET
from tests.kit.waiting import at_once
from tests.storage.bucket import Bucket
from tests.storage.caller import Caller
from tests.storage.doors import DOORS, Answer, place_of

pytestmark = pytest.mark.xdist_group("storage")

many = pytest.mark.parametrize("candidates", [8, pytest.param(64, marks=pytest.mark.proof)])
# By which candidates themselves upload.
OWN = ["plain", "in a form", "resumable", "by a link"]


@dataclass
class Candidate:
    """Somebody who has recorded nothing yet."""

    caller: Caller
    path: str
    door: str

    @property
    def content(self) -> bytes:
        """What they record, which is nobody else's."""
        return f"what {self.caller.id} says".encode() * 1_000


@dataclass
class Room:
    """An interview with one question that must be answered, and candidates about to do so."""

    interview: uuid.UUID
    recruiter: Caller
    candidates: list[Candidate]


def room(bucket: Bucket, count: int, required: bool) -> Room:
    emails = [f"{uuid.uuid4().hex}@example.com" for _ in range(count)]
    candidates: list[Candidate] = []
    with bucket.committed() as db:
        scene = db.scene(f"{uuid.uuid4().hex}@example.com")
        (question,) = responses.add_questions(db, scene, {"required": required})
        outcomes = db.as_user(scene.recruiter).value(
            "select public.create_invites(%s, %s)", scene.interview, emails
        )
        for number, invite in enumerate(outcomes):
            account = db.account(invite["email"])
            db.accept(account, invite["invite_code"])
            db.value(responses.CONSENT, scene.interview, True)
            path = responses.start(db, account, question)["path"]
            candidates.append(Candidate(bucket.caller(account), path, OWN[number % len(OWN)]))
    bucket.interviews.append(scene.interview)
    return Room(scene.interview, bucket.caller(scene.recruiter), candidates)


def submit(bucket: Bucket, place: Room, candidate: Candidate) -> Answer:
    path = f"{candidate.caller.url}/rest/v1/rpc/complete_interview"
    body = {"interview_id": str(place.interview)}
    return Answer.of(candidate.caller.ask("POST", path, json=body))


def watch(place: Room) -> list[str]:
    """The recruiter looks while it happens: whatever they see is complete. Returns its paths."""
    columns = "object_path,size_bytes,status,submitted_at,question"
    filters = f"interview_id=eq.{place.interview}&select={columns}"
    url = f"{place.recruiter.url}/rest/v1/interview_responses?{filters}"
    rows = place.recruiter.ask("GET", url).raise_for_status().json()
    contents = {candidate.path: candidate.content for candidate in place.candidates}
    for row in rows:
        assert row["status"] == "uploaded" and row["submitted_at"] and row["question"]
        answer = place.recruiter.read(f"{BUCKET}/{row['object_path']}")
        assert answer.status_code == 200, answer.text
        assert answer.content == contents[row["object_path"]]
        assert row["size_bytes"] == len(answer.content)
    return [row["object_path"] for row in rows]


@many
def test_candidates_upload_and_then_submit(bucket: Bucket, candidates: int) -> None:
    place = room(bucket, candidates, required=True)

    def answer(candidate: Candidate) -> None:
        assert submit(bucket, place, candidate).status == 409
        end = DOORS[candidate.door](bucket, candidate.caller, candidate.path, candidate.content)
        uploaded = end()
        assert uploaded.is_success, uploaded
        submitted = submit(bucket, place, candidate)
        assert submitted.is_success, submitted

    calls: list[Callable[[], None]] = [partial(answer, one) for one in place.candidates]
    watching: Callable[[], None] = partial(_watch, place)
    at_once([*calls, watching, watching, watching])
    assert sorted(watch(place)) == sorted(candidate.path for candidate in place.candidates)


def _watch(place: Room) -> None:
    for _ in range(3):
        watch(place)


@many
def test_candidates_submit_while_they_upload(bucket: Bucket, candidates: int) -> None:
    """Each upload is submitted as well, or refused."""
    place = room(bucket, candidates, required=False)
    ends = [DOORS[one.door](bucket, one.caller, one.path, one.content) for one in place.candidates]
    submits: list[Callable[[], Answer]] = [
        partial(submit, bucket, place, one) for one in place.candidates
    ]
    answers = at_once([*ends, *submits])
    uploads, submitted = answers[:candidates], answers[candidates:]
    assert all(answer.is_success for answer in submitted), submitted
    assert {answer.status for answer in uploads if not answer.is_success} <= {400, 403}
    assert all(
        answer.is_success or "response_not_awaited" in answer.text or "row-level" in answer.text
        for answer in uploads
    )
    admitted = [
        one.path for one, answer in zip(place.candidates, uploads, strict=True) if answer.is_success
    ]
    assert sorted(watch(place)) == sorted(admitted)


@many
def test_candidates_upload_while_the_interview_moves(bucket: Bucket, candidates: int) -> None:
    """All uploads arrive, and the new recruiter alone reads them."""
    place = room(bucket, candidates, required=False)
    heir = bucket.account()
    ends = [DOORS[one.door](bucket, one.caller, one.path, one.content) for one in place.candidates]

    def transfer() -> Answer:
        there, back = (
            (str(place.recruiter.id), str(heir.id)),
            (str(heir.id), str(place.recruiter.id)),
        )
        for giver, taker in (there, back, there):
            bucket.call(
                bucket.service, "transfer_interviews", from_recruiter=giver, to_recruiter=taker
            )
        return Answer(200, "")

    answers = at_once([*ends, transfer])
    assert all(answer.is_success for answer in answers), answers
    submitted = at_once([partial(submit, bucket, place, one) for one in place.candidates])
    assert all(answer.is_success for answer in submitted)
    assert watch(place) == []
    place.recruiter = heir
    assert sorted(watch(place)) == sorted(one.path for one in place.candidates)


@many
def test_candidates_upload_while_the_interview_is_deleted(bucket: Bucket, candidates: int) -> None:
    """Each upload comes before and is removed, or after and is refused."""
    place = room(bucket, candidates, required=False)
    ends = [DOORS[one.door](bucket, one.caller, one.path, one.content) for one in place.candidates]
    url = f"{place.recruiter.url}/rest/v1/interviews?id=eq.{place.interview}"

    def delete() -> Answer:
        answer: httpx.Response = place.recruiter.ask("DELETE", url)
        assert answer.is_success, answer.text
        return Answer.of(answer)

    answers = at_once([*ends, delete])
    assert all(answer.is_success or answer.status in (400, 403) for answer in answers), answers
    bucket.check()
    folder = f"{place.interview}/"
    assert not [path for path in bucket.objects() if path.startswith(folder)]
    for one in place.candidates:
        assert not one.caller.read(place_of(one.path)).is_success

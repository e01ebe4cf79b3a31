"""The analyst on a real database and a real Storage: what it writes down, whatever fails."""

import hashlib
import importlib.util
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from service.analysis import sandbox
from service.analysis.engines import IsStopping
from service.analysis.hosted import BadAnswer, Unavailable
from service.analysis.model import ModelMissing
from service.analysis.results import Check, Result
from service.analysis.work import Analysis
from service.analysis.worker import Analyst
from service.jobs import Verdict
from service.runtime import Runtime
from tests.kit.gateway import Gateway
from tests.kit.waiting import PATIENCE, eventually
from tests.service.analysing import SPOKEN, analysis_jobs, checker, recorded, transcriber
from tests.service.conftest import SECRET_KEY, Seed, Service, parts
from tests.service.test_removal import make_due

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("faster_whisper") is None, reason="the extra analysis is not installed"
)

FOUND = Check(
    engine="hirevision",
    version="0",
    digest="0" * 64,
    seconds=1,
    picture_seconds=None,
    flags=[],
)


def engine(act: Callable[[], object]) -> Callable[..., Result]:
    """One that does something, and finds FOUND."""

    def read(work: Analysis, file: IO[bytes], digest: str, is_stopping: IsStopping) -> Result:
        act()
        return FOUND

    return read


def raising(error: Exception) -> Callable[..., Result]:
    def act() -> None:
        raise error

    return engine(act)


@pytest.fixture
def runtime(service: Service, storage: Gateway) -> Runtime:
    return parts(service.app())


def turn(analyst: Analyst) -> Verdict:
    """What becomes of the next one, which there is."""
    verdict = analyst.turn()
    assert verdict is not None
    return verdict


def test_a_recording_is_checked_once_it_is_there(
    seed: Seed, storage: Gateway, runtime: Runtime
) -> None:
    made = recorded(seed, storage, submitted=False, consents=False)
    assert turn(checker(runtime)).outcome == "accepted"
    row = made.analysis("check")
    assert row is not None
    assert (row["status"], row["problem"], row["flags"]) == ("done", None, [])
    assert float(row["seconds"]) == pytest.approx(SPOKEN.seconds, abs=0.1)
    assert float(row["picture_seconds"]) == pytest.approx(SPOKEN.seconds, abs=0.1)
    assert row["digest"] == hashlib.sha256(SPOKEN.video.read_bytes()).hexdigest()
    assert row["engine"] == "hirevision" and row["version"]
    assert checker(runtime).turn() is None
    assert transcriber(runtime).turn() is None, "without consent there is nothing to transcribe"


@pytest.mark.xdist_group("recogniser")
def test_what_was_submitted_is_transcribed(
    service: Service, seed: Seed, storage: Gateway, runtime: Runtime
) -> None:
    made = recorded(seed, storage)
    runtime = parts(service.app(SUPABASE_SERVICE_ROLE_KEY=SECRET_KEY))
    assert turn(transcriber(runtime)).outcome == "accepted"
    row = made.analysis("transcript")
    assert row is not None
    assert (row["status"], row["problem"], row["language"]) == ("done", None, "en")
    assert "worked with React for four years" in row["transcript"]
    assert row["words"][0] == ["I", 0.5, 0.9, pytest.approx(0.83, abs=0.1)]
    assert (row["engine"], row["model"]) == ("faster-whisper", "tiny.en")
    assert row["started_at"] < row["finished_at"]


def test_what_is_no_recording(seed: Seed, storage: Gateway, runtime: Runtime) -> None:
    made = recorded(seed, storage, b"#EXTM3U\n")
    assert turn(checker(runtime)).outcome == "accepted"
    row = made.analysis("check")
    assert row and (row["status"], row["flags"]) == ("done", ["unreadable"])
    assert turn(transcriber(runtime)).outcome == "failed"
    row = made.analysis("transcript")
    assert row and (row["status"], row["problem"]) == ("failed", "unreadable")


def test_a_file_that_is_larger_than_the_database_knows(
    seed: Seed, storage: Gateway, runtime: Runtime
) -> None:
    made = recorded(seed, storage)
    seed.run("update public.interview_responses set size_bytes = 1000")
    assert turn(checker(runtime)).outcome == "failed"
    row = made.analysis("check")
    assert row and (row["status"], row["problem"]) == ("failed", "too_large")


@pytest.mark.parametrize("status", [429, 503, 544])
def test_while_storage_is_away_each_recording_waits(
    seed: Seed, storage: Gateway, runtime: Runtime, status: int
) -> None:
    made = recorded(seed, storage)
    storage.on_storage = lambda method, body: (status, "not now")
    verdict = turn(checker(runtime))
    assert (verdict.outcome, verdict.stop) == ("released", True)
    assert [job["attempts"] for job in analysis_jobs(seed)] == [0]
    storage.on_storage = lambda method, body: None
    assert turn(checker(runtime)).outcome == "accepted"
    assert made.status("check") == "done"


def test_a_file_that_is_not_there_is_looked_for_again(
    seed: Seed, storage: Gateway, runtime: Runtime
) -> None:
    made = recorded(seed, storage)
    storage.on_storage = lambda method, body: (404, "not found")
    assert turn(checker(runtime)) == Verdict("retry", "Storage answers 404")
    assert checker(runtime).turn() is None, "not at once"
    assert made.status("check") == "queued"


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_pauses_until_somebody_has_seen_to_it(
    service: Service, seed: Seed, storage: Gateway, runtime: Runtime, status: int
) -> None:
    recorded(seed, storage)
    storage.on_storage = lambda method, body: (status, "signature verification failed")
    assert turn(checker(runtime)).pause
    assert checker(runtime).turn() is None, "nobody tries"
    ready = service.client().get("/ready").json
    assert ready and ready["status"] == "degraded"
    assert any("Storage refuses the service-role key" in one for one in ready["problems"])


DIES = "import os; os.abort()"
HANGS = "import time; time.sleep(1000)"


@pytest.mark.parametrize(
    ("program", "problem"), [(DIES, "engine_failed"), (HANGS, "took_too_long")]
)
def test_a_child_that_dies_is_tried_once_more(
    seed: Seed,
    storage: Gateway,
    runtime: Runtime,
    monkeypatch: pytest.MonkeyPatch,
    program: str,
    problem: str,
) -> None:
    made = recorded(seed, storage)
    seed.run("update public.interview_questions set max_seconds = 10")
    monkeypatch.setattr(sandbox, "CHILD", [sys.executable, "-I", "-c", program])
    monkeypatch.setattr(sandbox, "PATIENCE", -69.0)  # of 70 s in all
    assert turn(checker(runtime)).outcome == "retry"
    assert made.status("check") == "queued"
    make_due(seed)
    assert turn(checker(runtime)).outcome == "failed"
    row = made.analysis("check")
    assert row and (row["status"], row["problem"]) == ("failed", problem)


@pytest.mark.parametrize(
    ("error", "outcome", "paused"),
    [
        (Unavailable("the transcriber answers 503"), "released", False),
        (Unavailable("the transcriber answers 500", counts=True), "retry", False),
        (Unavailable("the transcriber answers 429", pause=60), "released", True),
        (BadAnswer("the transcriber answers something else"), "retry", False),
    ],
    ids=str,
)
def test_an_engine_elsewhere_that_fails(
    seed: Seed,
    storage: Gateway,
    runtime: Runtime,
    error: Exception,
    outcome: str,
    paused: bool,
) -> None:
    made = recorded(seed, storage)
    assert turn(transcriber(runtime, raising(error))).outcome == outcome
    assert made.status("transcript") == "queued"
    (job,) = analysis_jobs(seed, "response_transcript")
    assert job["lease_token"] is None
    assert bool(runtime.transcripts.status()["paused_until"]) is paused
    assert not runtime.checks.status()["paused_until"]


def test_without_a_model_the_recording_is_given_back(
    seed: Seed, storage: Gateway, runtime: Runtime
) -> None:
    made = recorded(seed, storage)
    analyst = transcriber(runtime, raising(ModelMissing("TRANSCRIBER_MODEL is missing: …")))
    analyst.run()
    assert "TRANSCRIBER_MODEL" in str(analyst.fatal)
    assert made.status("transcript") == "queued"
    assert [job["attempts"] for job in analysis_jobs(seed, "response_transcript")] == [0]


@pytest.mark.parametrize("how", ["deleted", "withdrawn", "consent", "off"])
def test_what_is_not_wanted_any_more_is_dropped(
    seed: Seed, storage: Gateway, runtime: Runtime, how: str
) -> None:
    made = recorded(seed, storage, submitted=how != "withdrawn")

    def change_their_mind() -> None:
        candidate, interview = made.candidate, made.candidate.interview
        if how == "deleted":
            candidate.rpc("delete_my_responses", interview_id=interview)
        elif how == "withdrawn":
            candidate.rpc("withdraw_from_interview", interview_id=interview)
        elif how == "consent":
            candidate.rpc("set_consent", interview_id=interview, recording=True, analysis=False)
        else:
            seed.run("update public.interviews set analysis = 'off' where id = %s", interview)

    # Nobody withdraws after submitting.
    step, analyst = ("check", checker) if how == "withdrawn" else ("transcript", transcriber)
    turn(analyst(runtime, engine(change_their_mind)))
    assert made.status(step) is None
    assert not analysis_jobs(seed, f"response_{step}")


def test_of_a_take_that_is_replaced_meanwhile_nothing_is_kept(
    seed: Seed, storage: Gateway, runtime: Runtime
) -> None:
    made = recorded(seed, storage, submitted=False)
    (question,) = seed.connection.execute(
        "select question_id from public.interview_responses where id = %s", (made.response,)
    )
    later: list[str] = []

    def record_again() -> None:
        take = made.candidate.record(question["question_id"], SPOKEN.video.read_bytes())
        later.append(take["response_id"])

    turn(checker(runtime, engine(record_again)))
    assert made.status("check") is None, "the take has been discarded"
    assert made.status("check", later[0]) == "queued"
    assert turn(checker(runtime)).outcome == "accepted"
    assert made.status("check", later[0]) == "done"


def test_a_child_whose_result_nobody_wants_is_killed(
    service: Service, seed: Seed, storage: Gateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The renewal of the lease says so."""
    made = recorded(seed, storage)
    begun = tmp_path / "begun"
    program = f"open({str(begun)!r}, 'w'); import time; time.sleep(1000)"
    monkeypatch.setattr(sandbox, "CHILD", [sys.executable, "-I", "-c", program])
    analyst = checker(parts(service.app(ANALYSIS_LEASE="2")))
    thread = threading.Thread(target=analyst.turn)
    thread.start()
    eventually(begun.exists)
    made.candidate.rpc("delete_my_responses", interview_id=made.candidate.interview)
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_result_waits_for_a_database_that_is_away(
    seed: Seed, storage: Gateway, runtime: Runtime
) -> None:
    made = recorded(seed, storage)

    def lose_supabase() -> None:
        storage.down = True

    analyst = checker(runtime, engine(lose_supabase))
    thread = threading.Thread(target=analyst.turn)
    thread.start()
    eventually(lambda: storage.turned_away)
    storage.down = False
    thread.join(PATIENCE)
    assert made.status("check") == "done"


def test_a_result_that_the_database_refuses_fails_the_analysis(
    seed: Seed, storage: Gateway, runtime: Runtime
) -> None:
    """A fault of ours, which would be the same the next time."""
    made = recorded(seed, storage)
    # A check's result, of a transcript.
    assert turn(transcriber(runtime, engine(lambda: None))).outcome == "accepted"
    row = made.analysis("transcript")
    assert row and (row["status"], row["problem"]) == ("failed", "engine_failed")


def test_nothing_personal_is_logged(
    seed: Seed, storage: Gateway, runtime: Runtime, log_lines: list[str]
) -> None:
    before = len(log_lines)
    made = recorded(seed, storage)
    turn(checker(runtime))
    turn(transcriber(runtime, raising(BadAnswer("no"))))
    said = "\n".join(log_lines[before:])
    assert "analysis settled" in said
    for secret in (made.takes[0]["path"], made.candidate.email, "React"):
        assert secret not in said

"""The analyst: claims recordings, has them read, and settles, until it is told to stop.

Each step has a thread of its own, so that a check never waits behind transcripts. Here are the keys
and the leases; a recording is only carried from Storage to a child (sandbox.py).
"""

import logging
import tempfile
import threading
from collections.abc import Callable
from time import monotonic

from pydantic import ValidationError

from service.analysis import sandbox
from service.analysis.engines import Engine
from service.analysis.hosted import BadAnswer, Unavailable
from service.analysis.model import ModelMissing
from service.analysis.results import Failure, Result
from service.analysis.work import Analysis, Job, Jobs
from service.job_worker import JobWorker
from service.jobs import Verdict
from service.supabase_api import FileTooLarge, Supabase, SupabaseRefused, SupabaseUnreachable

log = logging.getLogger(__name__)

# Seconds between looking for recordings when there were none, and between tries to settle.
IDLE, SETTLE = 2.0, 0.5
# Seconds for which a step pauses when Storage refuses our key.
PAUSE = 300
# Seconds that a worker which stops tries to write down its last outcome.
LAST_OUTCOME = 10.0


class Lost(Exception):
    """The job is not ours any more: the analysis is not wanted, or somebody else has it."""


class Analyst(JobWorker[Analysis]):
    """One step, which `engine` carries out; of each result `told` gets the seconds of sound."""

    def __init__(
        self, supabase: Supabase, jobs: Jobs, engine: Engine, told: Callable[[float], None]
    ) -> None:
        super().__init__(jobs, "analyst", IDLE)
        self._supabase = supabase
        self._engine = engine
        self._told = told
        self.fatal: ModelMissing | None = None
        """Why it has ended by itself: only a person can help."""

    def work_once(self) -> Verdict | None:
        """As JobWorker says; where there is no model any more, it ends."""
        try:
            return self.turn()
        except ModelMissing as error:
            self.fatal = error
            self.stop()
            return None

    def beat(self) -> None:
        """Tell that somebody does this; raises SupabaseRefused, -Unreachable."""
        self._jobs.beat()

    def turn(self) -> Verdict | None:
        """Claim, read and settle one; None if there is none, or it is not wanted any more.

        Raises SupabaseRefused and -Unreachable about the database, and ModelMissing. What Storage
        and the engine say stands in the verdict.
        """
        claimed = self._jobs.claim(1)
        if not claimed:
            return None
        (job,) = claimed
        try:
            verdict = self._read(job)
            self._settle(job, verdict)
        except Lost:
            log.info("analysis dropped", extra={"job_id": job.id})
            return Verdict("released")
        except ModelMissing:
            self._settle(job, Verdict("released", "no model"))
            raise
        finally:
            self._jobs.let_go(job)
        return verdict

    # ---- reading -------------------------------------------------------------------------------

    def _read(self, job: Job) -> Verdict:
        try:
            result = self._result(job)
        except sandbox.Stopped:
            if not job.is_ours:
                raise Lost from None
            return Verdict("released")
        except FileTooLarge:
            return _failed("too_large")
        except sandbox.TookTooLong:
            return _once_more(job, "took_too_long", "killed: its time was over")
        except (sandbox.ChildDied, BadAnswer) as error:
            return _once_more(job, "engine_failed", str(error))
        except ValidationError:
            return _once_more(job, "engine_failed", "the result is none")
        except Unavailable as error:
            return self._without_engine(error)
        except SupabaseUnreachable as error:
            return Verdict("released", str(error), stop=True)
        except SupabaseRefused as error:
            return self._without_file(error)
        if isinstance(result, Failure):
            return _failed(result.problem)
        self._told(result.seconds)
        return Verdict("accepted", result=result.model_dump(mode="json"))

    def _result(self, job: Job) -> Result:
        def is_stopping() -> bool:
            return self._stopping.is_set() or not job.is_ours

        work = job.work
        with tempfile.TemporaryFile() as file:
            digest = self._supabase.download_file(work.bucket, work.path, file, work.size_bytes)
            return self._engine(work, file, digest, is_stopping)

    def _without_file(self, error: SupabaseRefused) -> Verdict:
        said = f"Storage answers {error.status}"
        if error.status in (401, 403):
            return self._halt(f"Storage refuses the service-role key: {error.status}", PAUSE)
        return Verdict("retry", said)

    def _without_engine(self, error: Unavailable) -> Verdict:
        if error.pause:
            return self._halt(str(error), error.pause)
        # It may be this recording that it cannot bear: others go first.
        return Verdict("retry" if error.counts else "released", str(error), stop=True)

    def _halt(self, reason: str, seconds: int) -> Verdict:
        log.error("analysis paused", extra={"seconds": seconds})
        return self._paused(reason, seconds)

    # ---- settling ------------------------------------------------------------------------------

    def _settle(self, job: Job, verdict: Verdict) -> None:
        """Write it down, as long as the job is ours: it has cost minutes, perhaps.

        Raises Lost, and SupabaseRefused.
        """
        give_up = None
        while True:
            if self._stopping.is_set():
                give_up = give_up or monotonic() + LAST_OUTCOME
            if not job.is_ours or (give_up and monotonic() >= give_up):
                raise Lost
            try:
                if not self._jobs.settle([(job, verdict)]):
                    break
            except SupabaseUnreachable as error:
                self._say(f"supabase {error}", logging.ERROR)
            except SupabaseRefused as error:
                if error.details != "invalid_result" or verdict.outcome == "failed":
                    raise
                # Our fault, and the next try would make the same one.
                log.error("result refused", extra={"job_id": job.id})
                verdict = _failed("engine_failed")
            threading.Event().wait(SETTLE)
        log.info("analysis settled", extra={"job_id": job.id, "outcome": verdict.outcome})


def _failed(problem: str, error: str | None = None) -> Verdict:
    return Verdict("failed", error or problem, result={"problem": problem})


def _once_more(job: Job, problem: str, error: str) -> Verdict:
    """The first time it may have been the machine, the second time it is the recording."""
    if job.work.attempts <= 1:
        return Verdict("retry", error)
    return _failed(problem, error)

"""Several connections to the mail server at work on one queue of claimed mails."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from service.backoff import Backoff
from service.outbox import Lease, Mail
from service.smtp import Verdict

Attempt = Callable[[Mail, Lease], Verdict]
Outcome = tuple[Mail, Verdict]

_LATE = Verdict("released", code="late")
_NOT_SENT = Verdict("released", code="halted", stop=True)


@dataclass(frozen=True)
class Progress:
    """What the senders have done since they were asked last."""

    outcomes: Sequence[Outcome]
    halt: Verdict | None
    """Why none of them takes another mail before resume()."""


class Senders:
    """`count` threads that hand over mails by `attempt`; `wake` is called when there is news.

    A thread whose connection gets no further rests a while and leaves the queue to the others.
    When none gets further, or our account is refused, all of them halt.
    """

    def __init__(self, attempt: Attempt, count: int, wake: Callable[[], None]) -> None:
        self._attempt = attempt
        self._wake = wake
        self._changed = threading.Condition()
        self._queue: deque[tuple[Mail, Lease]] = deque()
        self._outcomes: list[Outcome] = []
        self._busy = 0
        # The threads whose last mail met a mail server that works.
        self._fine: set[int] = set()
        self._halt: Verdict | None = None
        self._ending = False
        # There is news when so few mails wait, or when there are so many outcomes.
        self.low = 0
        self.many = 1
        self._threads = [
            threading.Thread(target=self._work, args=(number,), name=f"smtp-{number}", daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, mails: Sequence[Mail], lease: Lease) -> None:
        """Have these sent, after those that wait already."""
        with self._changed:
            self._queue.extend((mail, lease) for mail in mails)
            self._changed.notify_all()

    def progress(self) -> Progress:
        """Take the outcomes so far. After a halt, what waited is among them, as released."""
        with self._changed:
            if self._halt:
                self._give_back()
            outcomes, self._outcomes = self._outcomes, []
            return Progress(outcomes, self._halt)

    def resume(self) -> None:
        """After a halt: take mails again."""
        with self._changed:
            self._halt = None
            self._fine.clear()
            self._changed.notify_all()

    @property
    def waiting(self) -> int:
        """How many mails nobody has begun with."""
        return len(self._queue)

    @property
    def done(self) -> int:
        """How many outcomes nobody has taken."""
        return len(self._outcomes)

    @property
    def idle(self) -> bool:
        """Whether all that was put has an outcome."""
        with self._changed:
            return not self._queue and not self._busy

    def end(self) -> Progress:
        """Finish the mails in flight, give the others back, and end."""
        with self._changed:
            self._ending = True
            self._give_back()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        return self.progress()

    def _give_back(self) -> None:
        self._outcomes.extend((mail, _NOT_SENT) for mail, _ in self._queue)
        self._queue.clear()

    def _work(self, number: int) -> None:
        backoff = Backoff()
        rest_until = 0.0
        while (taken := self._take(rest_until)) is not None:
            mail, lease = taken
            late = monotonic() > lease.start_by
            verdict = _LATE if late else self._attempt(mail, lease)
            if verdict.stop:
                rest_until = monotonic() + backoff.next()
            else:
                backoff.reset()
            self._note(number, mail, lease, verdict)

    def _take(self, rest_until: float) -> tuple[Mail, Lease] | None:
        with self._changed:
            while not self._ending:
                rest = rest_until - monotonic() if self._fine else 0
                if self._queue and not self._halt and rest <= 0:
                    self._busy += 1
                    return self._queue.popleft()
                self._changed.wait(rest if rest > 0 else None)
            return None

    def _note(self, number: int, mail: Mail, lease: Lease, verdict: Verdict) -> None:
        with self._changed:
            self._busy -= 1
            if verdict.stop:
                self._fine.discard(number)
            else:
                self._fine.add(number)
            if verdict.stop and (verdict.pause or not self._fine):
                self._halt = self._halt or verdict
            if verdict.outcome == "released" and verdict.stop and not self._halt:
                # Another's connection may still take it.
                self._queue.appendleft((mail, lease))
                self._changed.notify_all()
            else:
                self._outcomes.append((mail, verdict))
            idle = not self._queue and not self._busy
            if idle:
                # What was true of the mail server then may not be true of it next time.
                self._fine.clear()
            news = idle or self._halt or len(self._queue) <= self.low
            news = news or len(self._outcomes) >= self.many
        if news:
            self._wake()

"""Who may use a folder: one stack at a time."""

import fcntl
import time
from pathlib import Path
from typing import IO

from local.processes import LocalError


class Lock:
    """Reserves a folder for one stack, and for parts of an earlier one that are still ending.

    `parts` is a file descriptor that the guards of the parts inherit; its lock lasts until the last
    of them closes it. So a start right after a SIGKILL waits for the parts that are still ending.
    """

    def __init__(self, run: Path) -> None:
        self._run = run
        self._files: list[IO[str]] = []

    @property
    def held(self) -> bool:
        """Whether this process holds it."""
        return bool(self._files)

    @property
    def parts(self) -> int:
        """The descriptor to be inherited."""
        return self._files[1].fileno()

    def take(self) -> None:
        """Take it; LocalError if another process is running the parts."""
        self._run.mkdir(parents=True, exist_ok=True)
        if not self._take("lock", seconds=0):
            raise LocalError(
                f"it is running already, see {self._run / 'env'}; Ctrl-C in its terminal stops it"
            )
        if not self._take("parts.lock", seconds=15):
            self.release()
            raise LocalError(f"parts of an earlier run do not end, see the logs in {self._run}")

    def release(self) -> None:
        """Release it; the lock that the guards inherited lasts as long as they run."""
        while self._files:
            self._files.pop().close()

    def _take(self, name: str, seconds: float) -> bool:
        file = (self._run / name).open("w")
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() >= deadline:
                    file.close()
                    return False
                time.sleep(0.05)
            else:
                self._files.append(file)
                return True

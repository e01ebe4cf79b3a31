"""How long to wait for what is down."""

import random

# Seconds, doubling from one to the other.
FIRST = 0.5
MOST = 30.0


class Backoff:
    """A growing, jittered delay."""

    def __init__(self) -> None:
        self._delay = 0.0

    def next(self) -> float:
        """Seconds to wait after one more failure."""
        self._delay = min(max(self._delay * 2, FIRST), MOST)
        return self._delay * random.uniform(0.75, 1.25)

    def reset(self) -> None:
        """After a success."""
        self._delay = 0.0

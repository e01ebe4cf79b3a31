"""How long to wait for what is down."""

import random


def delay(failures: int, first: float, most: float) -> float:
    """Seconds to wait after so many failures: `first`, doubling up to `most`, jittered."""
    return min(first * 2.0 ** min(failures - 1, 20), most) * random.uniform(0.75, 1.25)


class Backoff:
    """A growing delay, from half a second to half a minute."""

    def __init__(self) -> None:
        self._failures = 0

    def next(self) -> float:
        """Seconds to wait after one more failure."""
        self._failures += 1
        return delay(self._failures, 0.5, 30)

    def reset(self) -> None:
        self._failures = 0

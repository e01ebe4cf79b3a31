"""gunicorn's threaded worker, which on its end answers everybody who has connected."""

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):  # type: ignore[misc]
    """Takes what waits in the backlog before it stops listening.

    gunicorn's own leaves it there while requests are finished, and resets it in the end.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        """Listen or not; once the worker ends, never again."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                self._accept_all(listener)
                # At once: whoever comes now is refused, and knows that it was not served.
                listener.close()

    def _accept_all(self, listener: object) -> None:
        before = -1
        while self.nr_conns != before:
            before = self.nr_conns
            self.accept(listener)

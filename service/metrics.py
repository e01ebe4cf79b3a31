"""What Prometheus is told: the outbox as the database knows it, and how quick our peers answer.

The outbox's figures are those of all workers together, from whichever process they are asked.
Latencies are those of the process that is asked.
"""

from collections.abc import Callable, Iterator
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Histogram,
    ProcessCollector,
    generate_latest,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_LATEST

# Seconds; a mail server may take minutes for one of its replies.
_SMTP_BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 600)
_RPC_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

Queue = tuple[str | None, dict[str, Any]]
"""(Why the database cannot be used, what jobs_status() says.)"""
_GAUGES = {
    "hirevision_outbox_queued": ("Emails that wait, including those to be retried.", "queued"),
    "hirevision_outbox_oldest_seconds": ("Age of the oldest email that waits.", "oldest_seconds"),
    "hirevision_outbox_late_seconds": (
        "How long an email that is due has not been claimed by any worker.",
        "late_seconds",
    ),
    "hirevision_mail_workers": ("Workers seen in the last minute.", "workers"),
}


class Metrics:
    """The figures of one application; `look` tells of the outbox whenever somebody asks."""

    def __init__(self, look: Callable[[], Queue]) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(_Outbox(look))
        self._smtp = Histogram(
            "hirevision_smtp_seconds",
            "Time to hand over one email, by outcome.",
            ["outcome"],
            buckets=_SMTP_BUCKETS,
            registry=self._registry,
        )
        self._rpc = Histogram(
            "hirevision_rpc_seconds",
            "Time until Supabase answered, by SQL function (or table) and status.",
            ["function", "status"],
            buckets=_RPC_BUCKETS,
            registry=self._registry,
        )

    def mail_tried(self, outcome: str, seconds: float) -> None:
        self._smtp.labels(outcome).observe(seconds)

    def supabase_answered(self, function: str, status: int, seconds: float) -> None:
        self._rpc.labels(function, str(status)).observe(seconds)

    def text(self) -> bytes:
        """All figures in Prometheus' format, CONTENT_TYPE."""
        return generate_latest(self._registry)

    def serve(self, port: int) -> Callable[[], None]:
        """Answer on this port, in a thread; returns what ends it."""
        server, thread = start_http_server(port, registry=self._registry)

        def end() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return end


class _Outbox(Collector):
    def __init__(self, look: Callable[[], Queue]) -> None:
        self._look = look

    def describe(self) -> Iterator[Metric]:
        """Nothing, so that registering asks nobody."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The figures of this moment; without a database only that it is away."""
        error, mail = self._look()
        yield GaugeMetricFamily(
            "hirevision_supabase_up", "Whether the database can be used.", float(error is None)
        )
        if error is not None:
            return
        for name, (text, key) in _GAUGES.items():
            yield GaugeMetricFamily(name, text, float(mail[key] or 0))
        paused = float(mail["paused_until"] is not None)
        yield GaugeMetricFamily("hirevision_mail_paused", "Whether sending is paused.", paused)
        if (seen := mail["last_seen_seconds"]) is not None:
            text = "Seconds since any worker was seen."
            yield GaugeMetricFamily("hirevision_mail_worker_last_seen_seconds", text, float(seen))
        tries = CounterMetricFamily(
            "hirevision_mails", "Attempts to send an email, by outcome.", labels=["outcome"]
        )
        for outcome in ("accepted", "failed", "retried"):
            tries.add_metric([outcome], float(mail[outcome]))
        yield tries

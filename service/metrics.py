"""What Prometheus is told: the jobs and responses in the database, and how quick our peers answer.

The database's figures are those of all workers together, from whichever process they are asked.
Latencies are those of the process that is asked.
"""

from collections.abc import Callable, Iterator
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
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

Figures = dict[str, dict[str, Any]]
"""What the database says: jobs_status() as `mail`, `removals`, `checks` and `transcripts`,
responses_status() as `responses`. Empty while it cannot be used."""
_GAUGES = {
    "mail": {
        "hirevision_outbox_queued": ("Emails that wait, including those to be retried.", "queued"),
        "hirevision_outbox_oldest_seconds": (
            "Age of the oldest email that waits.",
            "oldest_seconds",
        ),
        "hirevision_outbox_late_seconds": (
            "How long an email that is due has not been claimed by any worker.",
            "late_seconds",
        ),
        "hirevision_mail_workers": ("Workers seen in the last minute.", "workers"),
        "hirevision_mail_paused": ("Whether sending is paused.", "paused"),
        "hirevision_mail_worker_last_seen_seconds": (
            "Seconds since any worker was seen.",
            "last_seen_seconds",
        ),
    },
    "removals": {
        "hirevision_removals_queued": (
            "Files to be removed, including those to be retried.",
            "queued",
        ),
        "hirevision_removals_oldest_seconds": (
            "Age of the oldest file to be removed.",
            "oldest_seconds",
        ),
        "hirevision_removals_late_seconds": (
            "How long a removal that is due has not been claimed by any worker.",
            "late_seconds",
        ),
        "hirevision_removal_workers": ("Workers that remove, seen in the last minute.", "workers"),
        "hirevision_removals_paused": ("Whether removing is paused.", "paused"),
    },
    "responses": {
        "hirevision_responses_held": ("Responses that are stored.", "held_responses"),
        "hirevision_responses_held_bytes": (
            "Bytes of the recordings that are stored.",
            "held_bytes",
        ),
        "hirevision_responses_uploaded_bytes_today": (
            "Bytes uploaded since midnight, UTC.",
            "uploaded_bytes_today",
        ),
        "hirevision_responses_awaited": ("Recordings begun and not uploaded yet.", "awaited"),
    },
}
# With the label step.
_ANALYSES = {
    "hirevision_analyses_queued": ("Recordings that wait, or are being read.", "queued"),
    "hirevision_analyses_oldest_seconds": (
        "Age of the oldest recording that waits.",
        "oldest_seconds",
    ),
    "hirevision_analyses_late_seconds": (
        "How long a recording that is due has not been claimed by any analyst.",
        "late_seconds",
    ),
    "hirevision_analysts": ("Analysts seen in the last minute.", "workers"),
    "hirevision_analyses_paused": ("Whether analysing is paused.", "paused"),
}
_STEPS = {"checks": "check", "transcripts": "transcript"}
_OUTCOMES = ("accepted", "failed", "retried")
_COUNTERS = {
    "mail": ("hirevision_mails", "Attempts to send an email, by outcome."),
    "removals": ("hirevision_removals", "Attempts to remove a file, by outcome."),
}


class Metrics:
    """The figures of one application; `look` asks the database whenever somebody asks us."""

    def __init__(self, look: Callable[[], Figures]) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(_Database(look))
        self._smtp = Histogram(
            "hirevision_smtp_seconds",
            "Time to hand over one email, by outcome.",
            ["outcome"],
            buckets=_SMTP_BUCKETS,
            registry=self._registry,
        )
        self._rpc = Histogram(
            "hirevision_rpc_seconds",
            "Time until Supabase answered, by function, table or Storage call, and status.",
            ["function", "status"],
            buckets=_RPC_BUCKETS,
            registry=self._registry,
        )

        self._sound = Counter(
            "hirevision_sound_seconds",
            "Seconds of sound that were read, by step.",
            ["step"],
            registry=self._registry,
        )

    def mail_tried(self, outcome: str, seconds: float) -> None:
        self._smtp.labels(outcome).observe(seconds)

    def analysed(self, step: str, seconds: float) -> None:
        """So many seconds of sound were read."""
        self._sound.labels(step).inc(seconds)

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


class _Database(Collector):
    def __init__(self, look: Callable[[], Figures]) -> None:
        self._look = look

    def describe(self) -> Iterator[Metric]:
        """Nothing, so that registering asks nobody."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The figures of this moment; without a database only that it is away."""
        figures = self._look()
        yield GaugeMetricFamily(
            "hirevision_supabase_up", "Whether the database can be used.", float(bool(figures))
        )
        yield from _analyses({step: figures[name] for name, step in _STEPS.items() if figures})
        for about, said in figures.items():
            if about in _STEPS:
                continue
            if about in _COUNTERS:
                said = {**said, "paused": said["paused_until"] is not None}
            for name, (text, key) in _GAUGES[about].items():
                # When no worker has ever been seen, there is no such time.
                if not (key == "last_seen_seconds" and said[key] is None):
                    yield GaugeMetricFamily(name, text, float(said[key] or 0))
            if about in _COUNTERS:
                tries = CounterMetricFamily(*_COUNTERS[about], labels=["outcome"])
                for outcome in _OUTCOMES:
                    tries.add_metric([outcome], float(said[outcome]))
                yield tries


def _analyses(steps: Figures) -> Iterator[Metric]:
    for name, (text, key) in _ANALYSES.items():
        gauge = GaugeMetricFamily(name, text, labels=["step"])
        for step, said in steps.items():
            value = said["paused_until"] is not None if key == "paused" else said[key] or 0
            gauge.add_metric([step], float(value))
        yield gauge
    tries = CounterMetricFamily(
        "hirevision_analyses",
        "Attempts to read a recording, by outcome.",
        labels=["step", "outcome"],
    )
    for step, said in steps.items():
        for outcome in _OUTCOMES:
            tries.add_metric([step, outcome], float(said[outcome]))
    yield tries

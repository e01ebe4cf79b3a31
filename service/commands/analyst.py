"""flask --app service analyst: a process that checks recordings, and transcribes them."""

import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from types import FrameType
from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from service.runtime import Runtime, runtime
from service.supabase_api import SupabaseRefused, SupabaseUnreachable

if TYPE_CHECKING:
    from service.analysis.worker import Analyst

# Seconds between signs of life: a child may read for minutes.
BEAT = 15.0


@click.command()
@with_appcontext
def analyst() -> None:
    """Check and transcribe recordings until SIGTERM or Ctrl-C.

    It needs the extra `analysis`. You may run several.
    """
    from service.analysis import sandbox
    from service.analysis.model import ModelMissing

    sandbox.hide_keys()
    if not find_spec("faster_whisper"):
        raise click.ClickException(
            "the extra is not installed: pip install -c constraints.txt -e '.[analysis]'"
        )
    parts = runtime()
    try:
        analysts = _analysts(parts)
    except ModelMissing as error:
        raise click.ClickException(str(error)) from None

    def stop(_: int, __: FrameType | None) -> None:
        for one in analysts:
            one.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    port = parts.settings.metrics_port
    end_metrics = parts.metrics.serve(port) if port else None
    _work(parts, analysts)
    if end_metrics:
        end_metrics()
    parts.close()
    for one in analysts:
        if one.fatal:
            raise click.ClickException(str(one.fatal))


def _analysts(parts: Runtime) -> "list[Analyst]":
    """One for each step; raises ModelMissing."""
    from service.analysis.engines import Elsewhere, Local, check
    from service.analysis.hosted import Hosted
    from service.analysis.model import model_folder, require_whole
    from service.analysis.worker import Analyst

    settings, metrics = parts.settings, parts.metrics
    analysts = [
        Analyst(parts.supabase, parts.checks, check, lambda s: metrics.analysed("check", s))
    ]
    if settings.transcriber == "off":
        return analysts
    engine: Local | Elsewhere
    if settings.transcriber != "openai":
        model = settings.transcriber_model or None
        require_whole(model_folder(model), is_ours=model is None)
        engine = Local(model)
    else:
        key = settings.transcriber_key.get_secret_value()
        name = settings.transcriber_model or "whisper-1"
        engine = Elsewhere(Hosted(settings.transcriber_url, key, name))
    analysts.append(
        Analyst(
            parts.supabase, parts.transcripts, engine, lambda s: metrics.analysed("transcript", s)
        )
    )
    return analysts


def _work(parts: Runtime, analysts: "Sequence[Analyst]") -> None:
    """Until all have ended; where one ends by itself, the others follow."""
    over = threading.Event()
    threads = [threading.Thread(target=_until_over, args=(one, over)) for one in analysts]
    for thread in threads:
        thread.start()
    while not over.wait(BEAT):
        for one in analysts:
            # The threads say what is wrong.
            with suppress(SupabaseRefused, SupabaseUnreachable):
                one.beat()
    for one in analysts:
        one.stop()
    for thread in threads:
        thread.join()


def _until_over(one: "Analyst", over: threading.Event) -> None:
    try:
        one.run()
    finally:
        over.set()

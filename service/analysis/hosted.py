"""Speech to text elsewhere: any server that has OpenAI's endpoint for transcriptions.

It gets the sound alone: no picture, no name, no address, and nothing that the recruiter wrote.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from service.analysis.sandbox import Stopped

ENGINE = "openai-compatible"
# Bytes of an answer, seconds that it may take beside the recording's length, and of silence in it.
MOST_ANSWER, PATIENCE = 4_000_000, 60.0
_TIMEOUT = httpx.Timeout(30, connect=5)
# Seconds between looking whether it takes too long.
_TICK = 0.2
# As for the local engine; others give no probabilities of words, but of segments.
_NOT_RECOGNIZED, _DOUBTFUL = -1.0, -0.6
# Servers say the language by its name in English; of one that is not here nothing is concluded.
_LANGUAGES = {
    "arabic": "ar",
    "chinese": "zh",
    "dutch": "nl",
    "english": "en",
    "french": "fr",
    "german": "de",
    "hindi": "hi",
    "italian": "it",
    "japanese": "ja",
    "polish": "pl",
    "portuguese": "pt",
    "russian": "ru",
    "spanish": "es",
    "turkish": "tr",
    "ukrainian": "uk",
}


class Unavailable(Exception):
    """It cannot be used at the moment, by nobody; `pause` is for how many seconds, if it says so.

    `counts` tells that this recording may have a part in it.
    """

    def __init__(self, reason: str, pause: int | None = None, counts: bool = False) -> None:
        super().__init__(reason)
        self.pause = pause
        self.counts = counts


class BadAnswer(Exception):
    """It answers something else."""


class _Word(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    word: str
    start: float
    end: float


class _Segment(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    avg_logprob: float | None = None


class _Answer(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    text: str
    language: str | None = None
    words: list[_Word] | None = None
    segments: list[_Segment] | None = None


class Hosted:
    """One server; `url` is the part before /audio/transcriptions."""

    def __init__(self, url: str, key: str, model: str) -> None:
        self._url = f"{url}/audio/transcriptions"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._model = model

    @property
    def about(self) -> dict[str, str]:
        """Who it is, as results say it; which version a server runs, it does not tell."""
        return {"engine": ENGINE, "model": self._model, "version": self._model}

    def transcribe(
        self,
        sound: bytes,
        language: str,
        seconds: float,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> dict[str, Any]:
        """Problem, transcript, words and flags of a FLAC file.

        Raises Unavailable, BadAnswer, Stopped.
        """
        deadline = monotonic() + PATIENCE + seconds
        try:
            with _until(lambda: is_stopping() or monotonic() >= deadline) as client:
                status, headers, content = self._post(client, sound, language)
        except (httpx.HTTPError, OSError, RuntimeError) as error:
            # The latter two where the client was closed meanwhile.
            if is_stopping():
                raise Stopped from None
            raise Unavailable("the transcriber cannot be reached", counts=True) from error
        _raise_refusal(status, headers)
        try:
            answer = _Answer.model_validate_json(content)
        except ValidationError as error:
            raise BadAnswer("the transcriber answers something else") from error
        return _said(answer, language, seconds)

    def _post(
        self, client: httpx.Client, sound: bytes, language: str
    ) -> tuple[int, httpx.Headers, bytes]:
        with client.stream(
            "POST",
            self._url,
            headers=self._headers,
            files={"file": ("recording.flac", sound, "audio/flac")},
            data={
                "model": self._model,
                "language": language,
                "response_format": "verbose_json",
                "timestamp_granularities[]": ["word", "segment"],
            },
        ) as response:
            content = bytearray()
            for part in response.iter_bytes(1 << 16):
                content += part
                if len(content) > MOST_ANSWER:
                    raise BadAnswer("the transcriber's answer is too large")
            return response.status_code, response.headers, bytes(content)


@contextmanager
def _until(is_over: Callable[[], bool]) -> Iterator[httpx.Client]:
    """A client that is closed when something is over: a server may drip for ever.

    Redirects are not followed, since they would take the recording elsewhere.
    """
    done = threading.Event()
    with httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False) as client:

        def watch() -> None:
            while not done.wait(_TICK):
                if is_over():
                    return client.close()

        thread = threading.Thread(target=watch, name="watch", daemon=True)
        thread.start()
        try:
            yield client
        finally:
            done.set()
            thread.join()


def _raise_refusal(status: int, headers: httpx.Headers) -> None:
    if status == 200:
        return
    said = f"the transcriber answers {status}"
    if status in (401, 403):
        raise Unavailable(f"{said}: TRANSCRIBER_KEY is refused", pause=300)
    if status == 429:
        after = headers.get("Retry-After", "")
        raise Unavailable(said, pause=min(int(after), 3600) if after.isdecimal() else 60)
    if status in (502, 503, 504):
        raise Unavailable(said)
    if status >= 500:
        raise Unavailable(said, counts=True)
    raise BadAnswer(said)


def _said(answer: _Answer, language: str, seconds: float) -> dict[str, Any]:
    text = answer.text.replace("\0", "").strip()
    found: dict[str, Any] = {"problem": None, "transcript": "", "words": [], "flags": []}
    if not text:
        return {**found, "problem": "no_speech"}
    said = (answer.language or language).lower()
    heard_as = _LANGUAGES.get(said, said if len(said) == 2 else language)
    logs = [s.avg_logprob for s in answer.segments or () if s.avg_logprob is not None]
    log = sum(logs) / len(logs) if logs else 0.0
    if heard_as != language or log < _NOT_RECOGNIZED:
        return {**found, "problem": "not_recognized"}
    return {
        **found,
        "transcript": text,
        "words": _words(answer.words or [], seconds),
        "flags": ["doubtful"] if log < _DOUBTFUL else [],
    }


def _words(words: list[_Word], seconds: float) -> list[list[Any]]:
    """Their times; none where one of them cannot be right."""
    if not all(0 <= word.start <= word.end <= seconds + 1 for word in words):
        return []
    return [[word.word.strip(), round(word.start, 2), round(word.end, 2), None] for word in words]

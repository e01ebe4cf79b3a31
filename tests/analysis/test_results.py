"""Results have exactly the keys of the contract, and none that rates a person."""

import json
import re
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from service.analysis.results import Check, Failure, Transcript

CHECK: dict[str, Any] = {
    "engine": "hirevision",
    "version": "0.1.0",
    "digest": "0" * 64,
    "seconds": 8.16,
    "picture_seconds": None,
    "flags": ["no_speech", "cut_off"],
}
TRANSCRIPT: dict[str, Any] = {
    "engine": "faster-whisper",
    "model": "tiny.en",
    "version": "1.2.1",
    "digest": "f" * 64,
    "seconds": 8.16,
    "language": "en",
    "problem": None,
    "transcript": "I have",
    "words": [["I", 0.5, 0.9, 0.83], ["have", 0.9, 1.1, None]],
    "flags": ["doubtful"],
}
FAILURE = {"problem": "unreadable"}
ALL = [(Check, CHECK), (Transcript, TRANSCRIPT), (Failure, FAILURE)]

# Emotion, confidence, enthusiasm and the like are prohibited at work in the EU, and say nothing.
FORBIDDEN = re.compile(
    "emotion|confiden|enthusias|sentiment|score|rank|rating|personal|gaze|attitude|fit|mood|stress"
    "|pace|speed|rate|filler|pause|hire|recommend|decision|strength|behaviou?r|engage|attent|smil"
    "|eye|face|accent|fluen|gender|ethnic",
    re.IGNORECASE,
)


@pytest.mark.parametrize(("kind", "given"), ALL)
def test_the_contract(kind: type[BaseModel], given: dict[str, Any]) -> None:
    dumped = kind.model_validate(given).model_dump(mode="json")
    assert json.loads(json.dumps(dumped)) == given
    assert set(kind.model_fields) == set(given)


@pytest.mark.parametrize(("kind", "given"), ALL)
def test_no_key_and_no_flag_rates_a_person(kind: type[BaseModel], given: dict[str, Any]) -> None:
    schema = kind.model_json_schema()

    def names(node: Any) -> list[str]:
        if isinstance(node, list):
            return [name for each in node for name in names(each)]
        if not isinstance(node, dict):
            return []
        told = [*node.get("properties", {}), *node.get("enum", []), node.get("const", "")]
        return [*map(str, told), *names(list(node.values()))]

    found = names(schema)
    assert set(given) <= set(found)
    assert [name for name in found if FORBIDDEN.search(name)] == []


@pytest.mark.parametrize(("kind", "given"), ALL)
def test_another_key_is_refused(kind: type[BaseModel], given: dict[str, Any]) -> None:
    for key in ("score", "enthusiasm", "summary", "anything"):
        with pytest.raises(ValidationError):
            kind.model_validate({**given, key: 1})
    for key in given:
        with pytest.raises(ValidationError):
            kind.model_validate({name: value for name, value in given.items() if name != key})


@pytest.mark.parametrize(
    "wrong",
    [
        {"seconds": -1},
        {"seconds": float("nan")},
        {"seconds": float("inf")},
        {"digest": "F" * 64},
        {"digest": "f" * 63},
        {"language": "English"},
        {"problem": "too_boring"},
        {"transcript": "a\0b"},
        {"transcript": "a\ud800b"},
        {"transcript": "a" * 200_001},
        {"words": [["I", 2, 1, 0.5]]},
        {"words": [["I", 1, 2, 1.5]]},
        {"words": [["I", 1, 2]]},
        {"words": [["I" * 501, 1, 2, None]]},
        {"words": [["a\0", 1, 2, None]]},
        {"flags": ["nervous"]},
        {"engine": ""},
    ],
    ids=str,
)
def test_what_a_child_may_not_say(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Transcript.model_validate({**TRANSCRIPT, **wrong})

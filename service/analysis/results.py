"""What the analyst may write down: exactly this. Nothing in it rates a person."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Seconds = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


def _storable(text: str) -> str:
    """PostgreSQL has no NUL, and no half of a surrogate pair, of which encode() complains."""
    if b"\0" in text.encode():
        raise ValueError("must not have a NUL")
    return text


def _in_order(word: "tuple[str, float, float, float | None]") -> Any:
    if word[1] > word[2]:
        raise ValueError("must not end before it begins")
    return word


Text = Annotated[str, AfterValidator(_storable)]
Word = Annotated[
    tuple[Annotated[Text, Field(max_length=500)], Seconds, Seconds, Probability | None],
    AfterValidator(_in_order),
]


class _Result(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Check(_Result):
    """What the technical check found."""

    engine: Name
    version: Name
    digest: Digest
    seconds: Seconds
    picture_seconds: Seconds | None
    flags: list[
        Literal[
            "no_sound",
            "no_speech",
            "too_quiet",
            "clipped",
            "black_picture",
            "cut_off",
            "unreadable",
        ]
    ]


class Transcript(_Result):
    """What was said, or why it is not known."""

    engine: Name
    model: Name
    version: Name
    digest: Digest
    seconds: Seconds
    language: Language
    problem: Literal["not_recognized", "no_speech", "language_not_supported"] | None
    transcript: Annotated[Text, Field(max_length=200_000)]
    words: Annotated[list[Word], Field(max_length=50_000)]
    flags: list[Literal["doubtful"]]


class Failure(_Result):
    """Why there will be no result."""

    problem: Literal[
        "unreadable", "too_long", "too_large", "took_too_long", "engine_failed", "gave_up"
    ]


Result = Check | Transcript | Failure

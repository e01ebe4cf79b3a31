"""People in a text as mail programs write them: Jane Doe <jane@example.com>, rick@example.com.

frontend/lib/addresses.ts reads the same; tests/samples/ has what both must find.
"""

import re
from typing import NamedTuple

# What separates people on every keyboard; | is legal in an address and never meant.
_SEPARATORS = re.compile("[;؛；|｜\n\r\t]+")
_COMMAS = ",،、，､"
_BLANKS = re.compile(rf"[\s{_COMMAS}]+")
# A name may stand in a line of its own.
_BREAK_BEFORE_ADDRESS = re.compile(r"\s{1,9}(?=<)")
# Text up to an address, which stands in angle brackets or has words before it.
_RUN = re.compile(rf"([^<>@]*)(?:<([^<>]*)>?|(@[^\s<>{_COMMAS}]*)|>|$)")
# Quotes and brackets around an address (' is legal there and never meant), blanks, and marks that
# nobody sees.
_QUOTES = "\"'`´“”„‟«»‹›‘’‚‛「」『』"
_UNSEEN = [*range(0x2000, 0x2010), *range(0x2028, 0x2030), *range(0x205F, 0x2070)]
_UNSEEN += [0x85, 0xA0, 0xAD, 0x61C, 0x1680, 0x180E, 0x3000, 0xFEFF]
_UNSEEN_MARKS = " \t\n\v\f\r" + "".join(map(chr, _UNSEEN))
_AROUND = _QUOTES + "([（［<>)]）］" + _UNSEEN_MARKS
_FULL_STOPS = ".。．｡"
_SHAPE = re.compile(r"[-\w.!#$%&'*+/=?^`{}~]+@[^\s@]+\.[^\s@.]+", re.ASCII)


class Person(NamedTuple):
    email: str
    """What may be an address, without what people and programs put around it."""
    name: str | None = None

    @property
    def has_address(self) -> bool:
        """Whether it looks like an address; what is one, the database decides."""
        return _SHAPE.fullmatch(self.email) is not None


def people(text: str) -> list[Person]:
    """Everybody in a text. A word that is not an address is among them, so that it is seen."""
    found: list[Person] = []
    for piece in _SEPARATORS.split(_BREAK_BEFORE_ADDRESS.sub(" ", text)):
        for run, inside, domain in _RUN.findall(piece):
            words = _BLANKS.split(run)
            if inside.strip(_AROUND):
                name, words = _name(run), _BLANKS.split(inside)
                # As Outlook writes it: "jane@example.com" <jane@example.com>.
                if found and not name and found[-1].email.lower() == bare(inside).lower():
                    continue
            else:
                name, words[-1] = None, words[-1] + domain
            emails = list(filter(None, map(bare, words)))
            found += [Person(email, name if len(emails) == 1 else None) for email in emails]
    return found


def bare(word: str) -> str:
    """A word without what people and programs put around an address."""
    # A longer one is no address.
    word = word[:1000].lstrip(_AROUND).removeprefix('="').lstrip(_AROUND)
    if word[:7].lower() == "mailto:":
        word = word[7:].lstrip(_AROUND)
    return word.rstrip(_AROUND + _FULL_STOPS)


def _name(text: str) -> str | None:
    return one_line(text.strip(_QUOTES + _COMMAS + _UNSEEN_MARKS))


def one_line(text: str) -> str | None:
    """A name without line breaks; None when there is nothing to see."""
    return " ".join(text.strip(_UNSEEN_MARKS).split()) or None

"""What nobody sends on purpose and somebody will: strategies of Hypothesis, and what may answer.

`make test` sends a few cases, the same in every run; `make proof` sends twenty times as many.
"""

import re
import unicodedata
import uuid
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.kit import proof

PAGE = Path(__file__).resolve().parents[2] / "docs" / "errors.md"
TIMES_IN_PROOF = 20

MARKS = [
    pytest.mark.timeout(3600),
    *([pytest.mark.proof] if proof.is_chosen() else []),
    # Of a case that failed, when it is a long one.
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
]
"""For the modules with such tests."""


def fuzzed(cases: int) -> settings:
    """So many cases in `make test`, more in `make proof`, the same in every run."""
    return settings(
        max_examples=cases * (TIMES_IN_PROOF if proof.is_chosen() else 1),
        derandomize=True,
        database=None,
        deadline=None,
        # Making a case of a megabyte small takes minutes.
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


# ---- text --------------------------------------------------------------------------------------

# Each has hurt somebody's program.
ODD = [
    *("\0", "\x01", "\x07", "\b", "\x1b[31m", "\x7f", "\x85", "\r\n", "\n", "\r", "\t", "\v", "\f"),
    *("\ud800", "\udfff", "\ud83d", "\ufffe", "\uffff", "\ufeff", "\ufffd", "\U0010ffff"),
    *("\u202e", "\u202d", "\u2066", "\u2069", "\u200f", "\u061c", "\u200b", "\u2060", "\u00ad"),
    *("\u2028", "\u2029", "\u00a0", "\u3000", "\u1680", "\u180e", "\u3164", "\u115f", "\u034f"),
    *("e\u0301", "\u0301" * 40, "J\u030c", "W\u030a", "\u1e9e", "ß", "ﬁ", "İ", "ı", "K", "Å", "Ω"),
    *("ǅ", "Σς", "ꜻ", "\U000e0041", "👩\u200d💻", "🇦🇶", "日本語", "العربية", "עברית", "ก็็็็็"),
    *("'", '"', "\\", "`", "$$", "';--", "%s", "%00", "{0}", "${x}", "{{ 7 * 7 }}", "{% raw %}"),
    *("<b>", "</td>", "<script>alert(1)</script>", "&amp;", "&#0;", "]]>", "<!--", "javascript:"),
    *("=1+1", "@SUM(1)", "+1", "-1", "=cmd|' /C calc'!A0", "=?utf-8?q?=0D=0ABcc:_a@b.c?="),
    *("\r\nBcc: victim@example.com\r\n\r\n", "\r\n.\r\n", ",", ";", "{}", "[]", "null", "../"),
]
ODD_DIGITS = [
    *("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "๐๑๒๓๔๕๖๗๘๙", "０１２３４５６７８９"),
    *("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "⁰¹²³⁴⁵⁶⁷⁸⁹", "⓪①②③④⑤⑥⑦⑧⑨"),
]
_MARKS = [*range(0x2000, 0x2010), *range(0x2028, 0x2030), *range(0x205F, 0x2065)]
_MARKS += [*range(0x2066, 0x2070), 0x85, 0xA0, 0xAD, 0x61C, 0x1680, 0x180E, 0x3000, 0xFEFF]
BLANKS = " \t\n\r\f\v" + "".join(map(chr, _MARKS))
"""White space and invisible marks, which come along with a copied text."""

short = st.lists(st.sampled_from(ODD) | st.characters() | st.text(max_size=8), max_size=6).map(
    "".join
)
long = st.builds(
    lambda part, times: (part * times)[:1_000_000],
    st.sampled_from([*ODD, "x", "é", "a@", ".", " ", "@example.com"]),
    st.sampled_from([50, 101, 255, 256, 320, 1_000, 50_000, 100_001, 1_000_000]),
)
text = st.one_of(short, short, short, short, short, short, long)
"""Any text, surrogates and NUL included."""


def stored(value: str) -> str:
    """What PostgreSQL and UTF-8 can hold of it."""
    return re.sub("[\0\ud800-\udfff]", "", value)


storable = text.map(stored)


@st.composite
def addresses(draw: st.DrawFn, parts: st.SearchStrategy[str] = short) -> str:
    """Addresses that are nearly right, or right."""
    local = draw(parts | st.from_regex(r"[a-zA-Z0-9.+_'-]{1,70}", fullmatch=True))
    domain = draw(
        parts
        | st.sampled_from(["example.com", "EXAMPLE.COM", "bücher.example", "a.b", "x" * 64 + ".de"])
    )
    between = draw(st.sampled_from(["@", "@", "@", "@", "@@", "", " @ ", "＠"]))
    blanks = st.text(BLANKS, max_size=3)
    return f"{draw(blanks)}{local}{between}{domain}{draw(blanks)}"


AROUND = [
    *("{}ab@example.com", "a{}b@example.com", "ab{}@example.com", "ab@{}example.com"),
    *("ab@exam{}ple.com", "ab@example{}.com", "ab@example.c{}om", "ab@example.com{}"),
]
EDGES = [
    *("x" * length + "@example.com" for length in (64, 65, 300)),
    *("a@" + "x" * length + ".example" for length in (63, 64)),
    *("a@" + "x." * repeated + "example" for repeated in (122, 123, 500)),
]
TWO_WAYS = [
    *("é", "e\u0301", "ñ", "N\u0303", "Å", "A\u030a", "\u212b", "ǰ", "J\u030c"),
    *("가", "\u1100\u1161"),
]
spoiled = st.builds(
    str.format,
    st.sampled_from(AROUND),
    st.sampled_from(ODD) | st.sampled_from(TWO_WAYS) | st.characters(),
) | st.sampled_from(EDGES)
"""Right addresses with one odd thing in them, or at the edge of what is too long."""


def codes(right: str) -> st.SearchStrategy[str]:
    """Codes, some of them like the right one but for its script, its blanks or its neighbours."""

    def in_digits(script: str) -> str:
        return "".join(script[int(digit)] for digit in right)

    return st.one_of(
        st.sampled_from([in_digits(script) for script in ODD_DIGITS]),
        st.builds("{}{}{}".format, st.text(BLANKS, max_size=4), st.just(right), short),
        st.builds("{}{}{}".format, short, st.just(right), st.text(BLANKS, max_size=4)),
        st.builds(lambda at, odd: right[:at] + odd + right[at:], st.integers(0, 6), short),
        st.from_regex(r"\d{5,7}", fullmatch=True),
        text,
    )


# ---- JSON --------------------------------------------------------------------------------------

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(10**40), 10**40),
    st.floats(allow_nan=False, allow_infinity=False),
    text,
)
json_values: st.SearchStrategy[Any] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(short, inner, max_size=3)
)


def or_any_json(right: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values of the right kind, and now and then any JSON."""
    return st.one_of(right, right, right, json_values)


def rather(right: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Three in four of the one and one of the other, however many kinds each has (which a union of
    them would add up).
    """
    return st.integers(0, 3).flatmap(lambda drawn: odd if drawn == 3 else right)


def ids(*existing: str) -> st.SearchStrategy[str]:
    """Ids that exist, ids that do not, and what is none."""
    known = st.sampled_from(existing) if existing else st.nothing()
    return known | st.uuids().map(str) | short


# ---- what may answer ---------------------------------------------------------------------------


@cache
def documented() -> dict[str, set[int]]:
    """The statuses of each slug and each code of PostgreSQL and PostgREST in docs/errors.md."""
    found: dict[str, set[int]] = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            names, statuses = line.strip("|").split(" | ")[:2]
            for name in re.findall(r"`(\w+)`", names):
                found.setdefault(name, set()).update(map(int, re.findall(r"\d{3}", statuses)))
    return found


def assert_documented(name: str | None, status: int | None = None) -> None:
    """Fail for a refusal that docs/errors.md does not list."""
    assert name in documented(), f"docs/errors.md does not list {name} ({status})"
    if status is not None:
        assert status in documented()[name], f"{name} has the status {status}"
        assert status < 500 or status == 503, f"{name} has the status {status}"


@cache
def raised_by(slug: str) -> str:
    """What docs/errors.md says of where a refusal of the database comes from."""
    database = PAGE.read_text(encoding="utf-8").partition("## Raised by the database")[2]
    (line,) = re.findall(rf"^\| `{slug}` \|.*", database.partition("\n## ")[0], re.MULTILINE)
    cell: str = line.split(" | ")[3]
    return cell


OUTCOMES = {
    *("created", "renewed", "unchanged", "unsubscribed", "already_joined", "is_reviewer"),
    *("duplicate_in_request", "invalid_email"),
}


def is_outcome(found: Any) -> bool:
    """Whether this is the outcome of one address."""
    assert set(found) == {"email", "outcome", "invite_id", "invite_code"}
    assert found["outcome"] in OUTCOMES | {"corrected"}
    code = found["invite_code"]
    return code is None or re.fullmatch("[0-9]{6}", code) is not None


def are_outcomes(found: Any) -> bool:
    """Whether this is the answer of create_invites."""
    return isinstance(found, list) and all(map(is_outcome, found))


def is_interview(found: Any) -> bool:
    """Whether this is the answer of create_interview."""
    assert set(found) == {"interview_id", "questions", "invites"}
    numbers = [question["order_index"] for question in found["questions"]]
    assert numbers == list(range(1, len(numbers) + 1))
    return are_outcomes(found["invites"])


def is_participation(found: Any) -> bool:
    """Whether this is the answer about a candidate's participation."""
    return {"interview_id", "participant_id", "status"} <= set(found)


# ---- what is stored ----------------------------------------------------------------------------


def assert_kept(invite: dict[str, Any]) -> None:
    """The rules of an invite's row, judged without the database's own functions."""
    email, code, name = invite["email"], invite["invite_code"], invite["recruiter_name"]
    assert re.fullmatch("[0-9]{6}", code), ascii(code)
    assert email.isascii() and email.isprintable() and " " not in email, ascii(email)
    assert email == email.lower(), ascii(email)
    local, at, domain = email.partition("@")
    assert at and local and "." in domain and "@" not in domain, ascii(email)
    assert len(email) <= 254 and len(local) <= 64, ascii(email)
    assert 1 <= len(name) <= 100 and name == name.strip(), ascii(name)
    assert len(name.splitlines()) == 1, ascii(name)
    assert not any(unicodedata.category(c) == "Cc" for c in name), ascii(name)
    uuid.UUID(str(invite["id"]))

"""The conditions of an expression, as the catalog writes it."""

import re
from collections.abc import Iterator


def without_each_condition(expression: str) -> Iterator[tuple[str, str]]:
    """Each condition that `and` or `or` joins, with the expression that is left without it."""
    inner = _unwrapped(expression)
    for word in (" AND ", " OR "):
        parts = _split(inner, word)
        if len(parts) > 1:
            for number, part in enumerate(parts):
                rest = word.join(parts[:number] + parts[number + 1 :])
                yield _short(part), rest
                # `a and (b or c)`: the inner conditions one by one, too.
                for sub, left in without_each_condition(part):
                    yield sub, word.join([*parts[:number], f"({left})", *parts[number + 1 :]])
            return


def _unwrapped(expression: str) -> str:
    """Without the parentheses around the whole."""
    while expression.startswith("(") and _split(expression[1:-1], ")") == [expression[1:-1]]:
        expression = expression[1:-1]
    return expression


def _split(expression: str, word: str) -> list[str]:
    """Where the word stands outside of all parentheses and quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, letter in enumerate(expression):
        if not depth and not quoted and expression.startswith(word, at):
            parts.append(expression[start:at])
            start = at + len(word)
        quoted ^= letter == "'"
        depth += 0 if quoted else (letter == "(") - (letter == ")")
    return [*parts, expression[start:]]


def _short(expression: str) -> str:
    return re.sub(r"::\w+( varying)?(\[\])?|[()]|SELECT | AS \w+", "", expression).strip()

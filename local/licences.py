"""`python -m local.licences` writes the tables of docs/licences.md.

Of what is installed, by what the packages say of themselves; constraints.txt and
frontend/package-lock.json pin the versions. What wheels contain beyond that is written by hand,
above the tables.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"
LOCK_FILE = ROOT / "frontend" / "package-lock.json"
OURS = "hirevision-interviews"
MARK = "<!-- Written by `make licences` from here to the end. -->\n"

Row = tuple[str, str, str]
"""Name, version, licence."""


def needed(name: str, extra: str = "") -> Iterator[Distribution]:
    """What a distribution needs on this machine, itself included, some more than once."""
    seen: set[tuple[str, str]] = set()
    waiting = [(name, extra)]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        found = distribution(one[0])
        yield found
        for text in found.requires or []:
            wanted = Requirement(text)
            if wanted.marker is None or wanted.marker.evaluate({"extra": one[1]}):
                waiting += [(wanted.name, extra) for extra in ("", *wanted.extras)]


def licence(package: Distribution) -> str:
    """As the package names it: an expression, classifiers, or the first line of a text."""
    said = package.metadata
    if "License-Expression" in said:
        return said["License-Expression"]
    classified = [
        text.rsplit(" :: ", 1)[1]
        for text in said.get_all("Classifier") or []
        if text.startswith("License :: ")
    ]
    return " and ".join(classified) or said["License"].splitlines()[0]


def python_rows(extra: str = "") -> set[Row]:
    """What the service needs, or the service with an extra."""
    return {
        (package.name.lower().replace("_", "-"), package.version, licence(package))
        for package in needed(OURS, extra)
        if package.name != OURS
    }


def frontend_rows() -> set[Row]:
    """What `npm ci --omit dev` installs everywhere; the optional ones are for single platforms."""
    packages = json.loads(LOCK_FILE.read_text())["packages"]
    return {
        (path.rsplit("node_modules/", 1)[1], one["version"], one.get("license", "not stated"))
        for path, one in packages.items()
        if path and not one.get("dev") and not one.get("optional")
    }


def table(title: str, rows: Iterable[Row]) -> str:
    lines = [f"| `{name}` | {version} | {said} |" for name, version, said in sorted(rows)]
    return "\n".join(
        [f"## {title}", "", "| package | version | licence |", "|---|---|---|", *lines]
    )


def tables() -> dict[str, str]:
    """Each table by its title, without the extra's where that is not installed."""
    base = python_rows()
    found = {"The service": base, "The frontend": frontend_rows()}
    with suppress(PackageNotFoundError):
        found["What the extra analysis adds"] = python_rows("analysis") - base
    return {title: table(title, rows) for title, rows in found.items()}


def written() -> dict[str, str]:
    """The tables that the page has, by title."""
    part = PAGE.read_text().split(MARK)[1]
    found = re.findall(r"^## (.+)\n((?:.*\n)*?)(?=## |\Z)", part, re.M)
    return {title: f"## {title}\n{lines.rstrip()}" for title, lines in found}


def main() -> None:
    """Write them."""
    by_hand = PAGE.read_text().split(MARK)[0]
    PAGE.write_text(by_hand + MARK + "\n" + "\n\n".join({**written(), **tables()}.values()) + "\n")


if __name__ == "__main__":
    main()

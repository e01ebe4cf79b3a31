"""docs/licences.md lists what the extra brings."""

import re
from importlib.metadata import requires

from packaging.requirements import Requirement

from tests.kit.pages import DOCS, ROOT, SPAN, table

PRODUCT = "hirevision-interviews"


def closure(requirements: list[Requirement], extra: str = "") -> set[str]:
    """All packages that these bring along on this machine, by their names in constraints.txt."""
    found: set[str] = set()
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        waiting += [Requirement(line) for line in requires(requirement.name) or []]
    return found


def test_every_package_of_the_extra_is_listed_with_its_version() -> None:
    lines = [Requirement(line) for line in requires(PRODUCT) or []]
    product = [one for one in lines if not one.marker]
    extra = [one for one in lines if one.marker and one.marker.evaluate({"extra": "analysis"})]
    listed: dict[str, str] = {}
    for row in table(DOCS / "licences.md", "package"):
        listed.update(zip(SPAN.findall(row["package"]), row["version"].split(", "), strict=True))
    for one in extra:
        one.marker = None
    brought = closure(extra) - closure(product)
    pinned = dict(
        line.lower().replace("_", "-").split("==")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    )
    # Those two are of pip and of the interpreter.
    assert listed == {name: pinned[name] for name in brought - {"setuptools", "typing-extensions"}}

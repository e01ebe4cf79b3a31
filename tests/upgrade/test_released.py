"""Released migrations: databases have applied them, so they stay as they are."""

import hashlib

from tests.upgrade.conftest import MIGRATIONS, ROOT

# Digest and path of each, as sha256sum writes them.
RELEASED = [
    line.split() for line in (ROOT / "supabase" / "released.sha256").read_text().splitlines()
]


def test_released_migrations_are_unchanged() -> None:
    assert len(RELEASED) >= 2
    for digest, name in RELEASED:
        assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == digest, name


def test_later_migrations_come_after_the_released_ones() -> None:
    """The CLI refuses one that it would have to put between those that a database has."""
    names = [file.relative_to(ROOT).as_posix() for file in MIGRATIONS]
    assert names[: len(RELEASED)] == [name for _, name in RELEASED]

"""Released migrations: databases have applied them, so they stay as they are."""

import hashlib

from tests.upgrade.conftest import MIGRATIONS, ROOT

RELEASED = ROOT / "supabase" / "released.sha256"


def test_released_migrations_are_unchanged() -> None:
    released = [line.split() for line in RELEASED.read_text().splitlines()]
    assert len(released) >= 2
    for digest, name in released:
        assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == digest, name


def test_later_migrations_come_after_the_released_ones() -> None:
    """The CLI refuses one that it would have to put between those that a database has."""
    released = [line.split()[1] for line in RELEASED.read_text().splitlines()]
    names = [file.relative_to(ROOT).as_posix() for file in MIGRATIONS]
    assert names[: len(released)] == released

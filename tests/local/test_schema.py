"""How database_schema.sql is made from its sources."""

from pathlib import Path

import pytest

from local import schema


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, body in (
        ("supabase/schemas/20_b.sql", "select 'b';\n\n"),
        ("supabase/schemas/10_a.sql", "select 'a';"),
        ("policies/a.sql", "select 'policy';\n"),
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(body)
    monkeypatch.setattr(schema, "ROOT", tmp_path)
    monkeypatch.setattr(schema, "TARGET", tmp_path / "database_schema.sql")
    return tmp_path


def test_steps_come_in_order_and_policies_last_in_one_transaction(sources: Path) -> None:
    text = schema.joined()
    wanted = ["begin;", "10_a.sql", "'a'", "20_b.sql", "'b'", "policies/a.sql", "'policy'"]
    places = [text.index(part) for part in wanted]
    assert places == sorted(places)
    assert text.endswith("\ncommit;\n")
    assert "\r" not in text


def test_check_notices_a_changed_source(sources: Path) -> None:
    assert schema.stale()
    schema.TARGET.write_text(schema.joined())
    assert not schema.stale()
    (sources / "policies/a.sql").write_text("select 'other';")
    assert schema.stale()


def test_the_file_of_this_repository_is_up_to_date() -> None:
    assert not schema.stale()

"""How database_schema.sql is made from its sources."""

from pathlib import Path

import pytest

from local import schema

SOURCES = {
    "supabase/schemas/20_b.sql": "select 'b';\n\n",
    "supabase/schemas/10_a.sql": "select 'a';\n",
    "policies/a.sql": "select 'policy';\n",
}


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, body in SOURCES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(body)
    (tmp_path / "supabase" / "templates").mkdir()
    monkeypatch.setattr(schema, "ROOT", tmp_path)
    return tmp_path


def in_order(text: str, *parts: str) -> bool:
    places = [text.index(part) for part in parts]
    return places == sorted(places)


def test_steps_come_in_order_and_policies_last_in_one_transaction(sources: Path) -> None:
    text = schema.joined()
    assert in_order(text, "begin;", "10_a.sql", "20_b.sql", "'b'", "policies/a.sql", "'policy'")
    assert text.endswith("\ncommit;\n")
    assert "\r" not in text


def test_check_notices_a_changed_source(sources: Path) -> None:
    def write() -> None:
        for name, text in schema.generated().items():
            (sources / name).write_text(text)

    assert schema.stale() == list(schema.generated())
    write()
    assert schema.stale() == []
    (sources / "policies/a.sql").write_text("select 'other';")
    assert schema.stale() == [schema.SCHEMA]
    write()
    (sources / schema.SCHEMA).unlink()
    assert schema.stale() == [schema.SCHEMA]


def test_the_files_of_this_repository_are_up_to_date() -> None:
    assert schema.stale() == []

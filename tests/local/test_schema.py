"""How database_schema.sql, the migrations and preflight.sql are made from their sources."""

from pathlib import Path

import pytest

from local import schema

SOURCES = {
    "supabase/schemas/20_b.sql": "select 'b';\n\n",
    "supabase/schemas/10_a.sql": "".join(
        f"create table if not exists public.{table} (\n  id uuid primary key\n);\n"
        for table in schema.TABLES
    ),
    "supabase/schemas/15_addresses.sql": "create or replace function private.f() as 'private.g';\n",
    "policies/a.sql": "select 'policy';\n",
    "supabase/upgrade/10_tables.sql": "select 'tables';",
    "supabase/upgrade/20_rows.sql": "select 'rows';",
    "supabase/upgrade/30_cases.sql": "select 'cases';",
    "supabase/upgrade/preflight.sql": "select 'preflight';",
    "supabase/upgrade/upgrade.sql": "select 'upgrade';",
}


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, body in SOURCES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(body)
    for folder in ("migrations", "templates"):
        (tmp_path / "supabase" / folder).mkdir()
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


def test_the_second_migration_is_the_whole_schema(sources: Path) -> None:
    files = schema.generated()
    assert files[schema.MIGRATION] == files[schema.SCHEMA] == schema.joined()


def test_upgrade_and_preflight_share_the_rules_for_rows(sources: Path) -> None:
    files = schema.generated()
    addresses = "create or replace function pg_temp.f() as 'pg_temp.g';"
    shared = ["begin;", "'tables'", addresses, "'rows'", "'cases'"]
    upgrade, preflight = files[schema.UPGRADE], files[schema.PREFLIGHT]
    assert in_order(upgrade, *shared, "'upgrade'", "\ndiscard temp;", "\ncommit;")
    assert in_order(preflight, *shared, "\nset transaction read only;", "'preflight'", "rollback;")
    assert "private." not in upgrade + preflight


def test_the_upgrade_reads_columns_and_constraints_from_the_schema(sources: Path) -> None:
    file = sources / "supabase/schemas/10_a.sql"
    table = (
        "  id uuid primary key default gen_random_uuid(),\n"
        "  kinds text[] not null default '{video,audio}', -- a comment, with a comma\n"
        "  ended_at timestamptz,\n"
        "  constraint kinds_check\n    check (kinds <@ '{video,audio,it''s}')\n"
    )
    text = file.read_text().replace("  id uuid primary key\n", table, 1)
    file.write_text(text.replace("\n);", "\n) with (fillfactor = 70);  -- why", 1))
    upgrade = schema.generated()[schema.UPGRADE]
    for row in (
        "('interviews', 'id', 'uuid', 'gen_random_uuid()', true)",
        "('interviews', 'kinds', 'text[]', '''{video,audio}''', true)",
        "('interviews', 'ended_at', 'timestamptz', null, false)",
        "('interviews', 'add constraint kinds_check check (kinds <@ ''{video,audio,it''''s}'')')",
        "('interview_questions', 'id', 'uuid', null, true)",
        "('interviews', 'set (fillfactor = 70)')",
    ):
        assert row in upgrade


@pytest.mark.parametrize(
    "item",
    [
        "owner uuid references auth.users (id)",
        "size integer default 1 check (size > 0)",
    ],
)
def test_what_the_upgrade_could_not_add_is_refused(sources: Path, item: str) -> None:
    file = sources / "supabase/schemas/10_a.sql"
    file.write_text(file.read_text().replace("  id uuid primary key\n", f"  {item}\n", 1))
    with pytest.raises(ValueError):
        schema.generated()


def test_check_notices_a_changed_source(sources: Path) -> None:
    def write() -> None:
        for name, text in schema.generated().items():
            (sources / name).write_text(text)

    assert schema.stale() == list(schema.generated())
    write()
    assert schema.stale() == []
    (sources / "policies/a.sql").write_text("select 'other';")
    assert schema.stale() == [schema.SCHEMA, schema.MIGRATION]
    write()
    (sources / "supabase/upgrade/20_rows.sql").write_text("select 'other';")
    assert schema.stale() == [schema.UPGRADE, schema.PREFLIGHT]
    write()
    (sources / schema.MIGRATION).unlink()
    assert schema.stale() == [schema.MIGRATION]


def test_the_files_of_this_repository_are_up_to_date() -> None:
    assert schema.stale() == []

"""flask --app service export-recordings: an interview's recordings in a folder."""

import csv
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from service.responses.export import INDEX, WRITTEN, file_name, harmless
from service.supabase_api import Select, Supabase
from tests.kit.gateway import Gateway
from tests.service.conftest import Seed, Service, parts
from tests.service.recording import BUCKET, WEBM, Candidate, joined
from tests.service.test_submitted import opened

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
DEVICES = ["CON", "nul", "com1.txt", "LPT9", "Aux .webm", "COM¹"]


def export(service: Service, interview: uuid.UUID, folder: Path) -> Result:
    """What the command says."""
    arguments = ["export-recordings", str(interview), str(folder)]
    return service.app().test_cli_runner().invoke(args=arguments)


def counts(said: Result) -> list[int]:
    """How many were fetched, kept, removed, missing."""
    return [int(line.split()[0]) for line in said.output.splitlines()[:4]]


def files(folder: Path) -> dict[str, bytes]:
    """The recordings, by their paths."""
    found = [path for path in folder.rglob("*") if path.is_file() and path.parent != folder]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def index(folder: Path) -> list[dict[str, str]]:
    with (folder / INDEX).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.fixture
def submitted(seed: Seed, storage: Gateway) -> tuple[Candidate, list[uuid.UUID]]:
    """Who has recorded two answers and written one, and their questions."""
    candidate, asked = joined(seed, storage, 3)
    candidate.record(asked[0])
    candidate.rpc("write_response", question_id=asked[1], answer="In words")
    candidate.record(asked[2], WEBM + b" another")
    return candidate, asked


def test_submitted_recordings_are_written_once(
    service: Service, seed: Seed, submitted: tuple[Candidate, list[uuid.UUID]], tmp_path: Path
) -> None:
    candidate, asked = submitted
    folder = tmp_path / "new" / "folder"
    seed.run(
        "update public.interview_participants set candidate_name = '=1+1 ../Jane' where id = %s",
        candidate.participant,
    )
    said = export(service, candidate.interview, folder)
    assert (said.exit_code, counts(said)) == (0, [0, 0, 0, 0])
    assert files(folder) == {} and index(folder) == [], "nothing before it is submitted"
    candidate.submit()
    said = export(service, candidate.interview, folder)
    assert (said.exit_code, counts(said)) == (0, [2, 0, 0, 0])
    place = f"=1+1 .. Jane {str(candidate.participant)[:8]}"
    names = [f"{place}/01 Question 1.webm", f"{place}/03 Question 3.webm"]
    assert files(folder) == {names[0]: WEBM, names[1]: WEBM + b" another"}
    first, second = index(folder)
    assert [first["file"], second["file"]] == [f"'{name}" for name in names]
    assert (first["name"], first["address"]) == ("'=1+1 ../Jane", candidate.email)
    assert (second["question_number"], second["question"]) == ("3", "Question 3")
    assert (second["bytes"], second["kind"]) == (str(len(WEBM) + 8), "video")
    assert [actor for actor, _ in opened(seed, candidate)] == [None, None]
    assert {id for _, id in opened(seed, candidate)} == {r["response_id"] for r in (first, second)}
    # Neither fetched nor logged again.
    assert counts(export(service, candidate.interview, folder)) == [0, 2, 0, 0]
    assert len(opened(seed, candidate)) == 2 and len(files(folder)) == 2


def test_what_is_deleted_leaves_nothing_behind(
    service: Service, seed: Seed, submitted: tuple[Candidate, list[uuid.UUID]], tmp_path: Path
) -> None:
    candidate, asked = submitted
    candidate.submit()
    other = Candidate(seed, candidate.supabase, candidate.interview)
    other.record(asked[0])
    other.submit()
    assert counts(export(service, candidate.interview, tmp_path)) == [3, 0, 0, 0]
    (tmp_path / "notes.txt").write_text("Ours", encoding="utf-8")
    candidate.rpc("delete_my_responses", interview_id=candidate.interview)
    assert counts(export(service, candidate.interview, tmp_path)) == [0, 1, 2, 0]
    (kept,) = files(tmp_path)
    assert kept.startswith(other.email)
    assert len(list(tmp_path.iterdir())) == 4, "the other, the index, the list, the notes"
    assert [row["address"] for row in index(tmp_path)] == [other.email]
    assert candidate.email not in (tmp_path / WRITTEN).read_text(encoding="utf-8")
    seed.run("delete from public.interviews where id = %s", candidate.interview)
    assert counts(export(service, candidate.interview, tmp_path)) == [0, 0, 1, 0]
    assert files(tmp_path) == {} and (tmp_path / "notes.txt").exists()


def test_it_goes_on_where_it_was_interrupted(
    service: Service,
    seed: Seed,
    storage: Gateway,
    submitted: tuple[Candidate, list[uuid.UUID]],
    tmp_path: Path,
) -> None:
    candidate, _ = submitted
    candidate.submit()
    calls: list[str] = []

    def fail_once(method: str, _: bytes) -> tuple[int, str] | None:
        calls.append(method)
        return (503, "no") if len(calls) == 2 else None

    storage.on_storage = fail_once
    said = export(service, candidate.interview, tmp_path)
    assert said.exit_code == 1 and "Storage" in said.output
    assert len(files(tmp_path)) == 1
    assert counts(export(service, candidate.interview, tmp_path)) == [1, 1, 0, 0]
    assert len(files(tmp_path)) == 2 and len(calls) == 3
    # Taken away by hand: fetched again.
    (tmp_path / next(iter(files(tmp_path)))).unlink()
    assert counts(export(service, candidate.interview, tmp_path)) == [1, 1, 0, 0]


def test_questions_come_and_go_meanwhile(
    service: Service,
    seed: Seed,
    submitted: tuple[Candidate, list[uuid.UUID]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    candidate, _ = submitted
    candidate.submit()
    other = Candidate(seed, candidate.supabase, candidate.interview)
    read = Supabase.rows
    meanwhile: list[Callable[[], None]] = []

    def rows(supabase: Supabase, query: Select) -> list[dict[str, Any]]:
        found = read(supabase, query)
        while meanwhile:
            meanwhile.pop()()
        return found

    def come() -> None:
        added = uuid.uuid4()
        seed.run(
            "insert into public.interview_questions (id, interview_id, question, order_index)"
            " values (%s, %s, 'Another', 4)",
            *(added, candidate.interview),
        )
        other.record(added)
        other.submit()

    def go() -> None:
        seed.run("delete from public.interviews where id = %s", candidate.interview)

    monkeypatch.setattr(Supabase, "rows", rows)
    meanwhile.append(come)
    assert counts(export(service, candidate.interview, tmp_path)) == [2, 0, 0, 0]
    assert counts(export(service, candidate.interview, tmp_path)) == [1, 2, 0, 0]
    meanwhile.append(go)
    assert counts(export(service, candidate.interview, tmp_path)) == [0, 0, 3, 0]


def test_what_storage_has_lost_is_told(
    service: Service, seed: Seed, submitted: tuple[Candidate, list[uuid.UUID]], tmp_path: Path
) -> None:
    candidate, asked = submitted
    lost = candidate.record(asked[0])["path"]
    candidate.submit()
    parts(service.app()).supabase.remove_files(BUCKET, [lost])
    said = export(service, candidate.interview, tmp_path)
    assert (said.exit_code, counts(said)) == (1, [1, 0, 0, 1])
    assert "not in Storage" in said.output
    assert len(index(tmp_path)) == len(files(tmp_path)) == 1


def test_a_folder_of_something_else_is_left_alone(
    service: Service, seed: Seed, tmp_path: Path
) -> None:
    first, second = seed.interview(), seed.interview()
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "photo.jpg").write_bytes(b"a")
    said = export(service, first, tmp_path / "used")
    assert said.exit_code == 1 and "holds something else" in said.output
    assert export(service, first, tmp_path / "first").exit_code == 0
    assert export(service, second, tmp_path / "first").exit_code == 1
    assert export(service, uuid.uuid4(), tmp_path / "nobody").exit_code == 1
    assert not (tmp_path / "nobody").exists()


def test_nothing_outside_the_folder_is_removed(
    service: Service, seed: Seed, tmp_path: Path
) -> None:
    interview, folder, outside = seed.interview(), tmp_path / "export", tmp_path / "outside"
    assert export(service, interview, folder).exit_code == 0
    outside.mkdir()
    (folder / "link").symlink_to(outside)
    (folder / "circle").symlink_to(folder / "circle")
    victims = [tmp_path / "victim", folder / "victim", outside / "victim"]
    for victim in victims:
        victim.write_bytes(b"a")
    by_name = ["../victim", "a/../../victim", "victim", "./victim", "../outside/victim"]
    by_root = ["/victim", "//victim", str(victims[0])]
    for odd in [*by_name, *by_root, "link/victim", "circle/victim", "\0/victim"]:
        about = {"interview_id": str(interview), "files": {odd: str(interview)}}
        (folder / WRITTEN).write_text(json.dumps(about), encoding="utf-8")
        said = export(service, interview, folder)
        assert said.exit_code == 1 and "holds something else" in said.output, odd
    assert all(victim.exists() for victim in victims)


def test_a_damaged_list_is_told(service: Service, seed: Seed, tmp_path: Path) -> None:
    interview, written = seed.interview(), tmp_path / WRITTEN
    own = b'{"interview_id": "%s", "files": 1}' % str(interview).encode()
    for content in (b"", b"{", b"{}", b"[]", b"null", b'"a"', b"\xff", b"[" * 100_000, own):
        written.write_bytes(content)
        said = export(service, interview, tmp_path)
        assert said.exit_code == 1 and "holds something else" in said.output, content[:80]
    written.unlink()
    written.mkdir()
    assert "holds something else" in export(service, interview, tmp_path).output


@pytest.mark.parametrize(
    "text",
    [
        *("a/b\\c:d", "../../etc/passwd", "..", ".", "", " ", ".hidden", "trailing. . ."),
        *("new\nline\0", "\u202egnp.exe", "\ud800", "🎉" * 100, "e\u0301" * 200, 'a?*<>|"b'),
        *DEVICES,
    ],
)
def test_names_are_safe_everywhere(text: str) -> None:
    name = file_name(text, 80)
    assert 0 < len(name.encode()) <= 81
    assert not set(name) & set('<>:"/\\|?*\n\0\u202e') and name.isprintable()
    assert name == name.strip(". ")
    assert name.partition(".")[0].rstrip().upper() not in {"CON", "NUL", "COM1", "LPT9", "AUX"}
    assert name.startswith("_") == (text in DEVICES)


def test_no_cell_begins_a_formula() -> None:
    """As frontend/lib/csv.test.ts has it."""
    for sample in json.loads((SAMPLES / "formulas.json").read_text(encoding="utf-8")):
        assert harmless(sample["text"]) == sample["written"], ascii(sample["text"])
    # Hours, if each of them looked through all behind it.
    for blanks in ("\t" * 1_000_000, "\n\u200b" * 500_000):
        assert harmless(blanks) == blanks

"""Writing an interview's submitted recordings into a folder, and keeping the folder as they are.

The folder has a list of what was written into it, by which the next run goes on: what is there is
not fetched again, and what candidates have deleted since is removed.
"""

import csv
import io
import json
import os
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from service.supabase_api import Supabase, SupabaseRefused

WRITTEN = ".export.json"
INDEX = "index.csv"
# What is being fetched; never a whole file.
_PART = ".part"
# Rows of one read, and recordings that open_responses takes in one call.
_PAGE, _MOST = 500, 100
_COLUMNS = (
    "id,question_id,question,kind,size_bytes,duration_seconds,submitted_at,object_path,"
    "participant:participant_id(id,candidate_name,invite:invite_id(email))"
)
# Where Windows finds a device instead of a file.
_DEVICES = {
    *("CON", "PRN", "AUX", "NUL"),
    *(f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"),
}
# What makes a spreadsheet calculate, and where those who separate columns by semicolons find
# another cell; frontend/lib/csvOf.ts has the same.
_SIGNS = frozenset("=+-@|\uff1d\uff0b\uff0d\uff20\uff5c")
_ENDS = frozenset(";\t\r\n")
# Of the index, beside the file.
_ABOUT = [
    *("name", "address", "question_number", "question", "kind", "seconds", "bytes"),
    *("submitted_at", "participant_id", "response_id"),
]


class FolderInUse(Exception):
    """The folder holds something else."""


class InterviewNotFound(Exception):
    """There is no such interview, and nothing of it in the folder."""


@dataclass
class Recording:
    """One to be written: its place in the folder, and what the index says of it."""

    id: str
    path: str
    size: int
    about: list[Any]


@dataclass
class Outcome:
    """How many recordings were fetched, kept, removed, and not found in Storage."""

    fetched: int = 0
    kept: int = 0
    removed: int = 0
    missing: int = 0


class Export:
    """The recordings of one interview in one folder; raises FolderInUse."""

    def __init__(self, supabase: Supabase, interview_id: str, folder: Path) -> None:
        self._supabase, self._interview_id, self._folder = supabase, interview_id, folder
        self._is_new = not (folder / WRITTEN).is_file()
        if self._is_new and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise FolderInUse
        self._written = {} if self._is_new else self._listed()
        """The id of each recording by its path; its file is whole, or not there."""

    def run(self) -> Outcome:
        """Write and remove; raises InterviewNotFound, SupabaseRefused, SupabaseUnreachable."""
        recordings = self._recordings()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        outcome = Outcome(removed=self._remove_all_but(recordings))
        missing = [r for r in recordings if not self._has(r)]
        outcome.kept = len(recordings) - len(missing)
        for start in range(0, len(missing), _MOST):
            outcome.fetched += self._fetch(missing[start : start + _MOST])
        outcome.missing = len(missing) - outcome.fetched
        self._write_index([r for r in recordings if self._has(r)])
        return outcome

    def _listed(self) -> dict[str, str]:
        """What the folder's list says; raises FolderInUse if it is another's, or damaged."""
        try:
            found = json.loads((self._folder / WRITTEN).read_text(encoding="utf-8"))
            interview_id, files = found["interview_id"], dict(found["files"])
            is_ours = interview_id == self._interview_id and all(map(self._is_within, files))
        except (ValueError, TypeError, KeyError, RuntimeError):  # that of links in a circle
            is_ours = False
        if not is_ours:
            raise FolderInUse
        return files

    def _is_within(self, path: str) -> bool:
        """Whether it is in a folder of this one, also by links; nothing else is ever removed."""
        pure = PurePosixPath(path)
        if pure.is_absolute() or len(pure.parts) != 2 or ".." in pure.parts:
            return False
        return (self._folder / path).parent.resolve().parent == self._folder.resolve()

    def _recordings(self) -> list[Recording]:
        """Those that are submitted now, by candidate and question."""
        rows = list(self._rows())
        # After them, so that it has each of their questions, but for what is deleted meanwhile.
        select = self._supabase.select("interviews", "questions:interview_questions(id)")
        select = select.eq("id", self._interview_id)
        found = self._supabase.rows(select.order("order_index", foreign_table="questions"))
        if not found and self._is_new:
            raise InterviewNotFound
        numbers = {
            question["id"]: number
            for interview in found
            for number, question in enumerate(interview["questions"], start=1)
        }
        recordings = [
            _recording(row, number) for row in rows if (number := numbers.get(row["question_id"]))
        ]
        return sorted(recordings, key=lambda recording: recording.path)

    def _rows(self) -> Iterator[dict[str, Any]]:
        last = "00000000-0000-0000-0000-000000000000"
        while True:
            select = self._supabase.select("interview_responses", _COLUMNS)
            select = select.eq("interview_id", self._interview_id).neq("kind", "text")
            select = select.not_.is_("submitted_at", "null").gt("id", last)
            page = self._supabase.rows(select.order("id").limit(_PAGE))
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1]["id"]

    def _has(self, recording: Recording) -> bool:
        is_listed = self._written.get(recording.path) == recording.id
        return is_listed and (self._folder / recording.path).exists()

    def _remove_all_but(self, recordings: list[Recording]) -> int:
        current = {recording.path: recording.id for recording in recordings}
        gone = [path for path, id in self._written.items() if current.get(path) != id]
        removed = 0
        for path in gone:
            file = self._folder / path
            if file.exists():
                file.unlink()
                removed += 1
            with suppress(OSError):  # others are in it
                file.parent.rmdir()
            del self._written[path]
        self._write_list()
        return removed

    def _fetch(self, recordings: list[Recording]) -> int:
        """How many there were; the database logs that they were asked for."""
        ids = [recording.id for recording in recordings]
        opened = {
            found["response_id"]: found
            for found in self._supabase.rpc("open_responses", {"response_ids": ids})
        }
        # Before the first file, so that none is ever unknown.
        self._written |= {recording.path: recording.id for recording in recordings}
        self._write_list()
        fetched = 0
        for recording in recordings:
            if found := opened.get(recording.id):
                fetched += self._download(recording, found["bucket"], found["path"])
        return fetched

    def _download(self, recording: Recording, bucket: str, path: str) -> bool:
        part = self._folder / _PART
        try:
            with part.open("wb") as file:
                self._supabase.download_file(bucket, path, file, recording.size)
                os.fsync(file.fileno())
        except SupabaseRefused as error:
            if error.status != 404:
                raise
            return False
        target = self._folder / recording.path
        target.parent.mkdir(mode=0o700, exist_ok=True)
        part.replace(target)
        return True

    def _write_list(self) -> None:
        found = {"interview_id": self._interview_id, "files": self._written}
        self._replace(WRITTEN, json.dumps(found, ensure_ascii=False, indent=1))

    def _write_index(self, recordings: list[Recording]) -> None:
        lines = io.StringIO()
        rows = csv.writer(lines)
        rows.writerow(["file", *_ABOUT])
        for recording in recordings:
            cells = [recording.path, *recording.about]
            rows.writerow(harmless(c) if isinstance(c, str) else c for c in cells)
        self._replace(INDEX, "\ufeff" + lines.getvalue())

    def _replace(self, name: str, text: str) -> None:
        part = self._folder / _PART
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(self._folder / name)


def _recording(row: dict[str, Any], number: int) -> Recording:
    participant = row["participant"]
    address = (participant["invite"] or {}).get("email")
    name = participant["candidate_name"]
    folder = f"{file_name(name or address or '', 60)} {participant['id'][:8]}"
    extension = PurePosixPath(row["object_path"]).suffix
    return Recording(
        row["id"],
        f"{folder}/{number:02} {file_name(row['question'], 80)}{extension}",
        row["size_bytes"],
        [
            *(name, address, number, row["question"], row["kind"], row["duration_seconds"]),
            *(row["size_bytes"], row["submitted_at"], participant["id"], row["id"]),
        ],
    )


def file_name(text: str, most: int) -> str:
    """A name that every system takes, and that is one path segment; at most so many bytes."""
    text = unicodedata.normalize("NFC", text)
    unsafe = '<>:"/\\|?*'
    text = "".join(" " if c in unsafe or unicodedata.category(c)[0] in "CZ" else c for c in text)
    text = " ".join(text.split()).strip(". ")
    text = text.encode()[:most].decode(errors="ignore").rstrip(". ")
    if text.partition(".")[0].rstrip().upper() in _DEVICES:
        text = f"_{text}"
    return text or "unnamed"


def harmless(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula.

    Also behind what is not seen, since some programs drop that.
    """
    first = next((c for c in text if not _is_unseen(c)), "")
    written = ["'"] if first in _SIGNS else []
    is_start = False
    for c in text:
        if is_start and c in _SIGNS:
            written.append("'")
        written.append(c)
        is_start = c in _ENDS or (is_start and _is_unseen(c))
    return "".join(written)


def _is_unseen(c: str) -> bool:
    return c in "'\"" or unicodedata.category(c)[0] in "CZ"

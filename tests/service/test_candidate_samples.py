"""Files of candidates as people have them: what comes out, what is left aside, what is asked.

frontend/lib/csv.test.ts reads the same files.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from service.http import candidate_files
from service.http.problems import Problem

FOLDER = Path(__file__).resolve().parents[1] / "samples" / "candidates"
CASES: list[dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
NOTHING = {"titles": 0, "rows_without_address": 0, "other_addresses": {}, "names": 0}


def told(table: candidate_files.Table) -> dict[str, Any]:
    """What a file says, as the samples write it."""
    others = {
        other["header"] or str(other["column"]): other["addresses"]
        for other in table.other_addresses
    }
    return {
        "people": [[row.email, row.name] for row in table.rows if row.email],
        "column": table.header,
        "left_aside": table.left_aside | {"other_addresses": others},
        "encoding": table.encoding,
    }


def expected(case: dict[str, Any]) -> dict[str, Any]:
    return {
        "people": case["people"],
        "column": case.get("column"),
        "left_aside": NOTHING | case.get("left_aside", {}),
        "encoding": case.get("encoding", "utf-8"),
    }


def test_each_file_is_named_once() -> None:
    files = sorted(file.name for file in FOLDER.iterdir() if file.name != "expected.json")
    assert sorted(case["file"] for case in CASES) == files


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["file"]))
def test_sample(case: dict[str, Any]) -> None:
    content = (FOLDER / case["file"]).read_bytes()
    if "people" in case:
        assert told(candidate_files.read(content)) == expected(case)
        return
    with pytest.raises(Problem) as caught:
        candidate_files.read(content)
    problem = caught.value
    assert problem.detail.endswith(".") and problem.hint
    if "refused" in case:
        assert (problem.status, problem.code) == (422, "unreadable_file")
        return
    assert (problem.status, problem.code) == (422, "ambiguous_column")
    columns = problem.more["columns"]
    assert [column["header"] or str(column["column"]) for column in columns] == case["question"]
    assert all(column["values"] or column["header"] == "Email" for column in columns)
    assert told(candidate_files.read(content, case["choose"])) == expected(case["then"])

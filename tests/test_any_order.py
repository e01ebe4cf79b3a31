"""Tests run in whatever order files and folders are named."""

import os
import subprocess
import sys
from pathlib import Path


def test_fixtures_of_a_folder_are_found_again(tmp_path: Path) -> None:
    """Also when a file beside the folder is named between two of its files."""
    folder = tmp_path / "tests" / "sql"
    folder.mkdir(parents=True)
    (folder / "conftest.py").write_text(
        "import pytest\n\n\n@pytest.fixture\ndef scene() -> int:\n    return 1\n"
    )
    for name in ("test_one.py", "test_two.py"):
        (folder / name).write_text("def test_it(scene: int) -> None:\n    assert scene\n")
    (folder.parent / "test_beside.py").write_text("def test_it() -> None:\n    pass\n")
    for package in (folder, folder.parent):
        (package / "__init__.py").touch()
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--import-mode=importlib", "--rootdir=.", "-q"),
            *("tests/sql/test_one.py", "tests/test_beside.py", "tests/sql/test_two.py"),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout
    assert "3 passed" in run.stdout

"""The frontend's plain functions, by Node's own test runner."""

import subprocess
from pathlib import Path

from local import node

HERE = Path(__file__).parent


def test_lib() -> None:
    files = sorted(HERE.glob("*.test.mjs"))
    assert files
    ran = subprocess.run(
        [node.program(), "--test", "--test-reporter=dot", *files], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout

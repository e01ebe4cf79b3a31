"""The processes of this machine: from /proc, since a small Linux has no `ps`, or from `ps`."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """One that has not ended."""

    pid: int
    parent: int
    command: str


def processes() -> list[Process]:
    """All, without those whose parent has not noticed yet that they ended."""
    return list(_from_proc() if (PROC / "self" / "stat").exists() else _from_ps())


def alive(pids: set[int]) -> set[int]:
    """Those of them that have not ended."""
    return pids & {process.pid for process in processes()}


def descendants(pid: int) -> set[int]:
    """Children of a process, their children and so on."""
    family, known = {pid}, processes()
    while born := {one.pid for one in known if one.parent in family} - family:
        family |= born
    return family - {pid}


def _from_proc() -> Iterator[Process]:
    for folder in PROC.glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
            command = (folder / "cmdline").read_text(errors="replace")
        except OSError:  # ended in between
            continue
        # After the name, which may hold anything: state and parent.
        state, parent = stat.rpartition(")")[2].split()[:2]
        if state != "Z":
            yield Process(int(folder.name), int(parent), command.replace("\0", " "))


def _from_ps() -> Iterator[Process]:
    listing = subprocess.check_output(["ps", "-wweo", "pid=,ppid=,stat=,args="], text=True)
    for line in listing.splitlines():
        pid, parent, state, *command = line.split(maxsplit=3)
        if not state.startswith("Z"):
            yield Process(int(pid), int(parent), "".join(command))

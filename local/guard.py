"""Runs one program and makes sure that it does not outlive the process that started it.

    python guard.py SIGNAL UID PROGRAM [ARGUMENT ...]

That process holds the other end of standard input. When the pipe closes (because the process
closes it, or because it was killed, even by SIGKILL) the program gets SIGNAL, and its whole process
group gets SIGKILL if it has not ended within GRACE seconds. The exit status is the
program's own. UID is "" or, for root, the user to run it as.

A pipe works on every Unix, however the process dies; Linux's PDEATHSIG does neither.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time

GRACE = 8.0


def main(stop_signal: signal.Signals, user: int | None, argv: list[str]) -> int:
    """Run `argv` until it ends or standard input closes; return its exit status."""
    awake, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    # A handler must exist for the wakeup to be written; TERM and INT mean "stop" like the pipe.
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)

    child = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        process_group=0,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )
    with selectors.DefaultSelector() as selector:
        selector.register(0, selectors.EVENT_READ)
        selector.register(awake, selectors.EVENT_READ)
        while child.poll() is None:
            if _told_to_stop(selector, awake):
                _stop(child, stop_signal)
    # What the program itself started dies with it.
    _signal_group(child.pid, signal.SIGKILL)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def _told_to_stop(selector: selectors.BaseSelector, awake: int) -> bool:
    for key, _ in selector.select():
        if key.fd == awake:
            if any(number != signal.SIGCHLD for number in os.read(awake, 64)):
                return True
        elif not os.read(0, 64):
            return True
    return False


def _stop(child: subprocess.Popen[bytes], stop_signal: signal.Signals) -> None:
    # Repeatedly, because a program that is still starting may miss a signal.
    deadline = time.monotonic() + GRACE
    while child.poll() is None and time.monotonic() < deadline:
        child.send_signal(stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=1)
    _signal_group(child.pid, signal.SIGKILL)
    child.wait()


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


if __name__ == "__main__":
    name, uid, *program = sys.argv[1:]
    sys.exit(main(signal.Signals[name], int(uid) if uid else None, program))

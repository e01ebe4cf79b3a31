"""The Chromium of the browser tests: the npm package's, or the one that CHROMIUM names."""

import os
import platform
from pathlib import Path

from playwright.sync_api import Browser, Playwright

# Where unpack.mjs puts it.
PACKAGED = Path(__file__).parent / "node_modules" / ".chromium"
# Root needs the first; the rest keeps Chromium from looking for the Internet.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def missing() -> str | None:
    """Why this machine has no browser; None if it has one, or must have one."""
    if os.environ.get("CHROMIUM") or (platform.system(), platform.machine()) == ("Linux", "x86_64"):
        return None
    return (
        f"no Chromium is packaged for {platform.system()} on {platform.machine()}: set CHROMIUM "
        "to the path of one"
    )


def launch(playwright: Playwright, *more: str) -> Browser:
    """Start it, even as root; `more` are additional command line arguments."""
    arguments = [*ARGUMENTS, *more]
    if own := os.environ.get("CHROMIUM"):
        return playwright.chromium.launch(executable_path=own, args=arguments)
    program = PACKAGED / "chromium"
    assert program.exists(), "Chromium is not installed: run `make install`"
    return playwright.chromium.launch(
        executable_path=program,
        args=arguments,
        env={
            **os.environ,
            "LD_LIBRARY_PATH": str(PACKAGED / "al2023" / "lib"),
            "FONTCONFIG_FILE": str(PACKAGED / "fonts.conf"),
        },
    )

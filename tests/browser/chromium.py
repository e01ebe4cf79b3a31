"""The Chromium of the browser tests: the npm package's, or the one that CHROMIUM names."""

import os
import platform
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Playwright

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
    return playwright.chromium.launch(**_options(more))


def launch_with_profile(
    playwright: Playwright, folder: Path, *more: str, base_url: str
) -> BrowserContext:
    """The same with a profile in a folder, which another start finds again."""
    return playwright.chromium.launch_persistent_context(
        folder, base_url=base_url, locale="en-GB", reduced_motion="reduce", **_options(more)
    )


def _options(more: tuple[str, ...]) -> dict[str, Any]:
    arguments = [*ARGUMENTS, *more]
    if own := os.environ.get("CHROMIUM"):
        return {"executable_path": own, "args": arguments}
    program = PACKAGED / "chromium"
    assert program.exists(), "Chromium is not installed: run `make install`"
    return {
        "executable_path": program,
        "args": arguments,
        "env": {
            **os.environ,
            "LD_LIBRARY_PATH": str(PACKAGED / "al2023" / "lib"),
            "FONTCONFIG_FILE": str(PACKAGED / "fonts.conf"),
        },
    }

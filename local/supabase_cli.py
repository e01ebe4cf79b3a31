"""The Supabase CLI, run on this repository and a database of this machine."""

import os
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

from local import node

ROOT = Path(__file__).resolve().parent.parent


def supabase_cli(*arguments: str, url: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run it on the database at `url`, which needs no TLS; its own files are below `home`.

    The password of `url` goes by the environment: everybody on the machine can read arguments.
    """
    script = node.MODULES / "supabase" / "dist" / "supabase.js"
    remote = urlsplit(url)
    bare = remote._replace(
        netloc=f"{remote.username}@{remote.hostname}:{remote.port}", query="sslmode=disable"
    ).geturl()
    return subprocess.run(
        [node.program(), script, *arguments, f"--remote={bare}", "--workdir", ROOT],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={
            **os.environ,
            "HOME": str(home),
            "DO_NOT_TRACK": "1",
            "NO_COLOR": "1",
            "PGPASSWORD": unquote(remote.password or ""),
        },
    )

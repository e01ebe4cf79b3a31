"""The program of the child process: reads one recording, says what is in it, and ends.

python -I -m service.analysis.child '{"step": "check", "max_seconds": 200, "picture": true}'
"""

import json
import os
import sys
from typing import Any

from service.analysis import sandbox


def main() -> None:
    """One JSON object on standard output."""
    sandbox.confine()
    arguments = json.loads(sys.argv[1])
    # Libraries that print must not be taken for us.
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    answer.write(json.dumps(_result(arguments)).encode())
    answer.close()


def _result(arguments: dict[str, Any]) -> dict[str, Any]:
    # Not at the top: there is no wall yet.
    from service.analysis import check, recording, transcriber

    max_seconds = float(arguments["max_seconds"])
    try:
        if arguments["step"] == "check":
            return check.check(sys.stdin.buffer, max_seconds, arguments["picture"])
        read = recording.read(sys.stdin.buffer, max_seconds, with_picture=False)
        return transcriber.transcribe(read.sound, arguments["language"], arguments["model"])
    except recording.Unreadable:
        return {"failed": "unreadable"}
    except recording.TooLong:
        return {"failed": "too_long"}
    except transcriber.ModelMissing as error:
        return {"model_missing": str(error)}


if __name__ == "__main__":
    main()

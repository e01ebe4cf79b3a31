"""The program of the child process: reads one recording, says what is in it, and ends.

python -I -m service.analysis.child '{"step": "check", "max_seconds": 200, "picture": true}'
"""

import json
import os
import sys
from typing import Any

from service.analysis import sandbox


def main() -> None:
    """One JSON object on standard output, and behind it what it is about."""
    sandbox.confine()
    arguments = json.loads(sys.argv[1])
    # Libraries that print must not be taken for us.
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    result, more = _result(arguments)
    answer.write(json.dumps(result).encode() + more)
    answer.close()


def _result(arguments: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    # Not at the top: there is no wall yet.
    from service.analysis import check, flac, model, recording, sound, transcriber

    max_seconds = float(arguments["max_seconds"])
    try:
        if arguments["step"] == "check":
            return check.check(sys.stdin.buffer, max_seconds, arguments["picture"]), b""
        heard = recording.read(sys.stdin.buffer, max_seconds, with_picture=False).sound
        if arguments["step"] == "transcript":
            said = transcriber.transcribe(heard, arguments["language"], arguments["model"])
            return said, b""
        louder = sound.lifted(heard)
        speaks = sound.level(heard) >= sound.NO_SOUND and check.has_voice(louder)
        # Behind the object, after a line's end: the sound, where somebody speaks.
        more = b"\n" + flac.encoded(louder) if speaks else b""
        return {"seconds": round(sound.seconds(heard), 2)}, more
    except recording.Unreadable:
        return {"failed": "unreadable"}, b""
    except recording.TooLong:
        return {"failed": "too_long"}, b""
    except model.ModelMissing as error:
        return {"model_missing": str(error)}, b""


if __name__ == "__main__":
    main()

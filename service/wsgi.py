"""What a WSGI server serves: `waitress-serve service.wsgi:app`, `gunicorn service.wsgi:app`.

Unlike the bare factory, it does not wait for the first request to start sending. Threads do not
survive a fork: with gunicorn's --preload serve `service:create_app()` instead.
"""

import signal
import sys
from types import FrameType

from service import create_app
from service.runtime import runtime


def _end(_: int, __: FrameType | None) -> None:
    sys.exit(0)


app = create_app()

with app.app_context():
    if app.config["MAIL_WORKER"]:
        runtime().mail_thread.start()

# waitress leaves SIGTERM to the system, which would end us in the middle of a mail.
if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
    signal.signal(signal.SIGTERM, _end)

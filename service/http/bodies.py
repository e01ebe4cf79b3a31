"""Reading a request's body: all of it within the limit and of a caller we know, or a refusal."""

import io
from typing import IO

from flask import Flask, Request, g
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.utils import cached_property
from werkzeug.wsgi import get_input_stream

# 10,000 addresses of the greatest length, and room for what is around them.
MOST_BYTES = 4 * 1024 * 1024
# What is read of a caller whose token nobody has verified yet.
MOST_UNVERIFIED = 4096


class WholeBodyRequest(Request):
    """Reads the body as a whole, so that nothing is done with a part of it.

    Werkzeug's stream ends without an error at its limit, or where the client hung up: of a list of
    candidates the rest would be missing, and the last address cut.
    """

    @cached_property
    def stream(self) -> IO[bytes]:
        # Routes for anybody have no caller.
        most = MOST_BYTES if "caller" in g else MOST_UNVERIFIED
        if "caller" in g and (self.content_length is None or self.content_length > MOST_UNVERIFIED):
            # Reading a list costs memory and time, which a forged token must not get.
            g.caller.verify()
        # One byte more than the limit tells a body that is too large from one that just fits.
        limited = get_input_stream(self.environ, max_content_length=most + 1)
        try:
            body = limited.read()
        except Exception as error:
            # Which exception it is depends on the server; gunicorn's for bad chunks are its own.
            raise BadRequest("The body could not be read: it is malformed.") from error
        if len(body) > most:
            raise RequestEntityTooLarge
        if self.content_length is not None and len(body) < self.content_length:
            raise BadRequest("The body is shorter than its Content-Length.")
        return io.BytesIO(body)


def init_app(app: Flask) -> None:
    """Refuse bodies that are too large, malformed or incomplete."""
    app.request_class = WholeBodyRequest

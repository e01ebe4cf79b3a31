"""What gunicorn serves. Unlike the bare factory it does not wait for a request to start sending."""

from service import create_app
from service.runtime import runtime

app = create_app()

with app.app_context():
    if runtime().settings.mail_worker:
        runtime().worker.start()

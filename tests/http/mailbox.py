"""What has arrived in the stack's mailbox."""

from dataclasses import dataclass
from email import message_from_string
from email.message import EmailMessage
from email.policy import default

from local.environment import Environment
from local.people import mails
from tests.kit.waiting import eventually


@dataclass(frozen=True)
class Arrived:
    """A parsed mail."""

    message: EmailMessage

    @property
    def subject(self) -> str:
        """The decoded subject."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The plain text."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None
        content = part.get_content()
        assert isinstance(content, str)
        return content


@dataclass(frozen=True)
class Mailbox:
    """The mailbox of a stack."""

    environment: Environment

    def invitations(self, email: str) -> list[Arrived]:
        """The service's mails to one address, oldest first; Auth's are left out."""
        parsed = [
            message_from_string(mail["source"], policy=default)
            for mail in mails(self.environment, email)
            if "auth@" not in mail["sender"]
        ]
        return [Arrived(message) for message in parsed if isinstance(message, EmailMessage)]

    def wait_for_invitations(self, email: str) -> list[Arrived]:
        """The same, once there is one."""
        eventually(lambda: self.invitations(email), told=lambda: f"no mail to {email}")
        return self.invitations(email)

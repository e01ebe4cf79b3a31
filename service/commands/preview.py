"""flask --app service preview: an email with made-up data, to look at."""

import uuid
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from pathlib import Path
from typing import get_args

import click

from service.mail.jobs import Digested, Mail, MailKind, Told
from service.mail.message import Renderer
from service.settings import Settings


@click.command()
@click.argument("mail", type=click.Choice(get_args(MailKind)))
@click.option("--html", is_flag=True, help="Print the HTML instead of subject and text.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file instead."
)
@click.option("--title", default="Frontend “Developer” & Design 🎨", help="The interview's title.")
@click.option("--recruiter", default="Grace O'Hopper", help="Who invites.")
@click.option(
    "--site-url",
    envvar="SITE_URL",
    default=Settings.model_fields["site_url"].default,
    help="Where the links lead.",
)
def preview(
    mail: MailKind, html: bool, output: Path | None, title: str, recruiter: str, site_url: str
) -> None:
    """Render an email with made-up data, to look at; needs no settings."""
    sender = Address("HireVision", "no-reply", "hirevision.example")
    texts = Renderer(sender, site_url.rstrip("/")).texts(sample(mail, title, recruiter))
    shown = texts.html if html else f"Subject: {texts.subject}\n\n{texts.text}"
    if output:
        output.write_text(shown, encoding="utf-8")
    else:
        click.echo(shown, nl=False)


def sample(mail: MailKind, title: str, recruiter: str) -> Mail:
    """An email with made-up data."""
    now = datetime.now(UTC)
    general, late = mail == "candidate_invitation", mail == "submission_reminder"
    done = mail == "submission_receipt"
    with_code = mail in ("interview_invitation", "interview_reminder")
    notice = mail in ("candidate_completed", "renewal_requested", "delivery_failed")
    digest = mail == "daily_digest"
    unnamed = general or notice or digest or mail == "reviewer_invitation"
    return Mail(
        job_id=1,
        subject=uuid.uuid4(),
        kind=mail,
        attempts=1,
        email="candidate1@example.com",
        invite_code="012345" if with_code else None,
        interview_title=None if general or digest else title,
        recruiter_name="HireVision" if notice or digest else recruiter,
        reply_to="recruiter@example.com",
        candidate_name=None if unnamed else "Jane Doe",
        expires_at=now + timedelta(days=30) if with_code else None,
        deadline=now + timedelta(days=14) if with_code else now if late else None,
        answered=3 if late or done else None,
        questions=5 if late or done else None,
        submit_until=now + timedelta(days=1) if late else None,
        completed_at=now if done else None,
        kept_until=now + timedelta(days=180) if done else None,
        interview_id=uuid.uuid4() if notice else None,
        people=("jane@example.com", "john@example.com") if notice else None,
        number=2 if notice or digest else None,
        digest=(_digested(title), _digested("Backend Developer")) if digest else None,
        queued_at=now,
    )


def _digested(title: str) -> Digested:
    completed = Told(kind="candidate_completed", number=1, people=("jane@example.com",))
    failed = Told(kind="delivery_failed", number=2, people=("j.doe@example.com", "x@example.com"))
    return Digested(interview_id=uuid.uuid4(), title=title, told=(completed, failed))

"""Links of emails, and what they change."""

import uuid

from tests.kit.database import Database, Refusal, Row, Scene
from tests.sql.jobs import MAILS, SUBMISSION, claim, settle

KINDS = [*MAILS, SUBMISSION]


def claimed(db: Database) -> list[Row]:
    """What a worker is given now, and accepts."""
    mails = claim(db, batch=1000, kinds=KINDS)
    for mail in mails:
        settle(db, mail, "accepted")
    return mails


def token(db: Database) -> str:
    """Of the only mail that waits."""
    (mail,) = claimed(db)
    return str(mail["unsubscribe_token"])


def change(db: Database, token: str, subscribed: bool) -> Row:
    db.as_service()
    row: Row = db.value("select public.set_email_subscription(%s, %s)", token, subscribed)
    return row


def shown(db: Database, token: str) -> Row:
    db.as_service()
    row: Row = db.value("select public.email_subscription(%s)", token)
    return row


def refused(db: Database, token: str | None) -> Refusal:
    db.as_service()
    db.refused("select public.set_email_subscription(%s, false)", token)
    return db.refused("select public.email_subscription(%s)", token)


def seen(db: Database, scene: Scene) -> bool:
    """What the recruiter's screen reads of the invite."""
    db.as_user(scene.recruiter)
    found: bool = db.value(
        "select i.unsubscribed from public.interview_invites i where id = %s", scene.invite
    )
    return found


def another(db: Database, recruiter: uuid.UUID, email: str) -> Row:
    """Another interview, and what is said of inviting the address to it."""
    return db.invite(recruiter, db.interview(recruiter, "Another one"), email)

"""The dates in the mails to those invited: only those that count."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from service.commands.preview import sample
from service.mail.jobs import MailKind
from service.mail.message import Renderer

CLOSES = datetime(2030, 1, 31, 17, tzinfo=UTC)
BEFORE, AFTER = CLOSES - timedelta(days=1), CLOSES + timedelta(seconds=1)


@pytest.mark.parametrize("kind", ["interview_invitation", "interview_reminder"])
@pytest.mark.parametrize(
    ("expires_at", "deadline", "said"),
    [
        (AFTER, CLOSES, ["Join by 31 January 2030, 17:00 UTC, when the interview closes."]),
        (CLOSES, CLOSES, ["Join by 31 January 2030, 17:00 UTC, when the interview closes."]),
        (None, CLOSES, ["Join by 31 January 2030, 17:00 UTC, when the interview closes."]),
        (CLOSES, None, ["Join by 31 January 2030, 17:00 UTC."]),
        (
            *(BEFORE, CLOSES),
            [
                "Join by 30 January 2030, 17:00 UTC.",
                "The interview closes on 31 January 2030, 17:00 UTC.",
            ],
        ),
        (None, None, []),
    ],
)
def test_a_date_that_no_longer_counts_is_left_out(
    renderer: Renderer,
    kind: MailKind,
    expires_at: datetime | None,
    deadline: datetime | None,
    said: list[str],
) -> None:
    changes = {"expires_at": expires_at, "deadline": deadline}
    mail = sample(kind, "Title", "Grace").model_copy(update=changes)
    texts = renderer.texts(mail)
    shown = [re.sub(r"\s+", " ", re.sub("<.*?>", "", texts.html))]
    if kind == "interview_reminder":  # the invitation's text is fixed
        shown.append(texts.text)
    for text in shown:
        assert all(sentence in text for sentence in said)
        assert text.count("UTC") == len(said)


def test_those_who_have_joined_are_told_when_the_interview_closes(renderer: Renderer) -> None:
    changes = {"invite_code": None, "expires_at": BEFORE, "deadline": CLOSES}
    mail = sample("interview_reminder", "Title", "Grace").model_copy(update=changes)
    texts = renderer.texts(mail)
    for text in (texts.text, re.sub("<.*?>", "", texts.html)):
        assert "The interview closes on 31 January 2030, 17:00 UTC." in text
        assert "Join by" not in text

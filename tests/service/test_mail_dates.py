"""The dates in the mails to those invited: only those that count."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from service.commands.preview import sample
from service.mail.jobs import MailKind
from service.mail.message import Renderer
from service.settings import Settings

CLOSES = datetime(2030, 1, 31, 17, tzinfo=UTC)
BEFORE, AFTER = CLOSES - timedelta(days=1), CLOSES + timedelta(seconds=1)
UNTIL_IT_CLOSES = "Join by Thursday, 31 January 2030, 17:00 UTC, when the interview closes."


@pytest.mark.parametrize("kind", ["interview_invitation", "interview_reminder"])
@pytest.mark.parametrize(
    ("expires_at", "deadline", "said"),
    [
        (AFTER, CLOSES, [UNTIL_IT_CLOSES]),
        (CLOSES, CLOSES, [UNTIL_IT_CLOSES]),
        (None, CLOSES, [UNTIL_IT_CLOSES]),
        (CLOSES, None, ["Join by Thursday, 31 January 2030, 17:00 UTC."]),
        (
            *(BEFORE, CLOSES),
            [
                "Join by Wednesday, 30 January 2030, 17:00 UTC.",
                "The interview closes on Thursday, 31 January 2030, 17:00 UTC.",
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
        assert "The interview closes on Thursday, 31 January 2030, 17:00 UTC." in text
        assert "Join by" not in text


@pytest.mark.parametrize(
    ("zone", "summer", "winter"),
    [
        ("UTC", "Tuesday, 31 July 2029, 23:30 UTC", "Monday, 31 December 2029, 23:30 UTC"),
        (
            "Europe/Berlin",
            "Wednesday, 1 August 2029, 01:30 (GMT+2)",
            "Tuesday, 1 January 2030, 00:30 (GMT+1)",
        ),
        (
            "Europe/London",
            "Wednesday, 1 August 2029, 00:30 (GMT+1)",
            "Monday, 31 December 2029, 23:30 UTC",
        ),
        (
            "Asia/Kolkata",
            "Wednesday, 1 August 2029, 05:00 (GMT+5:30)",
            "Tuesday, 1 January 2030, 05:00 (GMT+5:30)",
        ),
        (
            "America/St_Johns",
            "Tuesday, 31 July 2029, 21:00 (GMT-2:30)",
            "Monday, 31 December 2029, 20:00 (GMT-3:30)",
        ),
    ],
)
def test_times_are_those_of_the_zone_that_is_set(
    settings: dict[str, str], zone: str, summer: str, winter: str
) -> None:
    found = Settings.load({**settings, "MAIL_TIME_ZONE": zone})
    renderer = Renderer(found.email_from, found.site_url, None, found.mail_time_zone)
    for said, when in (
        (summer, datetime(2029, 7, 31, 23, 30, tzinfo=UTC)),
        (winter, datetime(2029, 12, 31, 23, 30, tzinfo=UTC)),
    ):
        changes = {"completed_at": when, "kept_until": when, "submit_until": when}
        receipt = sample("submission_receipt", "Title", "Grace").model_copy(update=changes)
        late = sample("submission_reminder", "Title", "Grace").model_copy(update=changes)
        for text in (renderer.texts(receipt).html, renderer.texts(receipt).text):
            assert f"on {said}." in text
            date = said.split(", ")[1]
            assert f"deleted on {date}." in re.sub("<.*?>", "", text)
        assert f"<strong>{said}</strong>" in renderer.texts(late).html
    # The invitation's text has no date.
    mail = sample("interview_invitation", "Title", "Grace")
    assert "20" not in renderer.texts(mail).text.replace("012345", "")

"""Titles and names that are read from right to left leave the sentences around them in order."""

import re
from html.parser import HTMLParser
from typing import get_args

import pytest

from service.commands.preview import sample
from service.mail.jobs import MailKind
from service.mail.message import Renderer

HEBREW, ARABIC = "מפתח C++ בכיר!", "خالد (HR)"
NAME = "دانا 2"
FOREIGN = (HEBREW, ARABIC, NAME)
APART = re.compile("\u2068[^\u2066-\u2069]*\u2069")


class Bare(HTMLParser):
    """Texts and attributes outside <bdi>, but for what stands between marks."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.isolated = 0
        self.text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.isolated += tag == "bdi"
        self.text += [APART.sub("", value or "") for _, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self.isolated -= tag == "bdi"

    def handle_data(self, data: str) -> None:
        if not self.isolated:
            self.text.append(APART.sub("", data))


def foreign(text: str) -> list[str]:
    return [one for one in FOREIGN if one in text]


@pytest.mark.parametrize("kind", get_args(MailKind))
def test_what_runs_from_right_to_left_is_isolated(renderer: Renderer, kind: MailKind) -> None:
    changes = {"candidate_name": NAME, "unsubscribe_token": "token"}
    mail = sample(kind, HEBREW, ARABIC).model_copy(update=changes)
    texts = renderer.texts(mail)
    assert foreign(texts.html)
    assert foreign("\n".join(Bare(texts.html).text)) == []
    if kind == "interview_invitation":  # agreed to the letter
        assert not re.search("[\u2066-\u2069]", texts.subject + texts.text)
        return
    # The signature has its line to itself.
    text = texts.text.replace(f"\nBest regards,\n{ARABIC}\n", "\n")
    # A digest's subject says how many interviews it is about, and no title.
    assert foreign(texts.subject) or kind == "daily_digest"
    assert foreign(APART.sub("", texts.subject + text)) == []


@pytest.mark.parametrize("kind", get_args(MailKind))
def test_other_titles_and_names_get_no_marks(renderer: Renderer, kind: MailKind) -> None:
    texts = renderer.texts(sample(kind, "Développeur 日本 (2)", "Zoë & Co."))
    assert not re.search("[\u2066-\u2069]", texts.subject + texts.text + texts.html)

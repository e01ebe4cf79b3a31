"""The mails beside the page: the same colours, legible and as wide as the screen."""

import re
from collections.abc import Iterator
from email.headerregistry import Address
from typing import get_args

import pytest
from playwright.sync_api import Page, Playwright

from local import auth_mails
from local.frontend import FOLDER
from service.commands.preview import sample
from service.mail.jobs import MailKind
from service.mail.message import Renderer
from tests.browser import chromium
from tests.browser.site import check_accessible, check_widths

OURS, AUTHS = get_args(MailKind), auth_mails.configured()
DARK = "@media (prefers-color-scheme: dark)"


@pytest.fixture(scope="module")
def page(playwright: Playwright) -> Iterator[Page]:
    browser = chromium.launch(playwright)
    yield browser.new_page()
    browser.close()


def html(kind: MailKind, title: str = "Frontend Developer " * 13) -> str:
    if kind in AUTHS:
        # As long as an address may be.
        address = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 57}.com"
        text = re.sub(r"{{ \.(New)?Email }}", address, AUTHS[kind]["html"])
        return text.replace("{{ .Token }}", "0918273645")
    renderer = Renderer(Address("HireVision", "a", "hirevision.example"), "http://localhost:3000")
    return renderer.texts(sample(kind, title, "Grace Hopper")).html


def colours(css: str) -> set[str]:
    return set(re.findall(r"#[0-9a-f]{6}\b", css))


@pytest.mark.parametrize("kind", [*OURS, *AUTHS])
def test_mails_have_the_colours_of_the_page(kind: MailKind) -> None:
    css = (FOLDER / "app/globals.css").read_text(encoding="utf-8")
    light, dark = css.split(DARK)[:2]
    (style,) = re.findall(r"<style>(.*)</style>", html(kind), re.DOTALL)
    assert len(colours(style)) > 5 and colours(style) <= colours(dark)
    inline = html(kind).replace(style, "")
    assert len(colours(inline)) > 5 and colours(inline) <= colours(light)


@pytest.mark.parametrize("kind", [*OURS, *AUTHS])
def test_mails_are_legible_light_and_dark_and_fit_phones(page: Page, kind: MailKind) -> None:
    # Landmarks are up to the mail program.
    page.set_content(
        re.sub("(<body.*?>)(.*)(?=</body>)", r"\1<main>\2</main>", html(kind), flags=re.S)
    )
    check_accessible(page, kind)
    check_widths(page, kind)


# Where words of the first paragraph with the title begin, by their order on the screen.
ORDER = """(words) => {
    const paragraphs = [...document.querySelectorAll("p")];
    const paragraph = paragraphs.find((one) => one.innerText.includes(words[0]));
    const nodes = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    const found = [];
    while (nodes.nextNode()) {
        for (const word of words) {
            const start = nodes.currentNode.data.indexOf(word);
            if (start < 0) continue;
            const range = document.createRange();
            range.setStart(nodes.currentNode, start);
            range.setEnd(nodes.currentNode, start + word.length);
            found.push([range.getBoundingClientRect().left, word]);
        }
    }
    return found.sort(([one], [other]) => one - other).map(([, word]) => word);
}"""


@pytest.mark.parametrize("words", [["מפתח", "C++", "בכיר", "!"], ["مهندس", "C++", "كبير", "!"]])
@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [("interview_invitation", "invites you", "."), ("submission_reminder", "of the", ", but")],
)
def test_a_title_is_read_in_its_direction_and_the_sentence_in_its_own(
    page: Page, kind: MailKind, before: str, after: str, words: list[str]
) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    title = " ".join(words[:-1]) + words[-1]
    page.set_content(html(kind, title).replace("max-width:560px", "max-width:1200px"))
    assert page.evaluate(ORDER, [*words, before, after]) == [before, *reversed(words), after]

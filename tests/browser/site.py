"""The whole site under test: pages in browsers, people with accounts, interviews, email."""

import base64
import itertools
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
import psycopg
import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Request,
    Route,
    expect,
)

from local import demo, frontend, people
from local.environment import Environment
from local.stack import Stack
from tests.kit.waiting import eventually

AXE = frontend.FOLDER / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
# Of a long story the phone's is among the proofs.
ON_BOTH = pytest.mark.parametrize(
    "viewport",
    [
        pytest.param(DESKTOP, id="desktop"),
        pytest.param(PHONE, id="phone", marks=pytest.mark.proof),
    ],
)
# people.PASSWORD as Auth keeps it, but of the least cost: the usual takes 0.1 seconds to check.
PASSWORD_HASH = "$2b$04$BjlKdC0JRA1eJge269BI6.BBv/ZERn24c.KkmLrpEJVvLocu8Wera"
# What signing up and opening the link in the mail leaves.
NEW_ACCOUNT = """
    with made as (
      insert into auth.users (id, aud, role, email, encrypted_password, email_confirmed_at,
        created_at, updated_at, raw_app_meta_data, raw_user_meta_data)
      select id, 'authenticated', 'authenticated', %(email)s::text, %(hash)s, now(), now(), now(),
        '{"provider": "email", "providers": ["email"]}',
        jsonb_build_object('sub', id::text, 'email', %(email)s::text, 'full_name', %(name)s::text,
          'email_verified', true, 'phone_verified', false)
      from gen_random_uuid() as id
      returning id, raw_user_meta_data
    )
    insert into auth.identities (id, provider, provider_id, user_id, identity_data, created_at,
      updated_at)
    select gen_random_uuid(), 'email', id::text, id, raw_user_meta_data, now(), now() from made
"""
# Of @supabase/ssr, which cuts a session that is longer into several cookies.
COOKIE_LENGTH = 3180
# Browsers keep some of what the Content-Security-Policy stops to themselves.
TELL_REPORTS = """addEventListener("securitypolicyviolation", (report) => {
  console.error(`${report.blockedURI}, stopped by ${report.effectiveDirective}`);
})"""
_counter = itertools.count()
# For hangs only.
expect.set_options(timeout=60_000)


@dataclass
class Interview:
    """An interview created by create_interview, with the codes of those invited."""

    id: str
    title: str
    codes: dict[str, str]


@dataclass
class Site:
    """The stack with its frontend, and a browser."""

    stack: Stack
    browser: Browser
    faults: list[str] = field(default_factory=list)

    @property
    def environment(self) -> Environment:
        return self.stack.environment

    def url(self, path: str) -> str:
        """A page's address."""
        return f"{self.environment.site_url}{path}"

    # ---- browsers ----------------------------------------------------------------------------

    @contextmanager
    def device(
        self, viewport: dict[str, int] | None = None, *, scheme: str = "light", **options: Any
    ) -> Iterator[Page]:
        """A new browser context, with nobody signed in. Any error in it is a fault."""
        # Without animations, so that pages do not move during a check.
        options.setdefault("reduced_motion", "reduce")
        options.setdefault("locale", "en-GB")
        context = self.browser.new_context(
            viewport=viewport or DESKTOP,  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
            base_url=self.environment.site_url,
            **options,
        )
        context.set_default_timeout(60_000)
        context.add_init_script(TELL_REPORTS)
        page = context.new_page()
        context.on("page", self._watch)
        self._watch(page)
        try:
            yield page
        finally:
            context.close()

    def _watch(self, page: Page) -> None:
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("requestfailed", self._note_foreign)
        page.on("request", self._note_foreign)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        # The browser's own message about a 4xx response: these tests provoke refusals.
        refused = re.match(r"Failed to load resource: .* status of 4\d\d", message.text)
        at = message.location["url"]
        if refused and at.startswith(self.environment.supabase_url):
            return
        # A test has taken the network away on purpose.
        if "net::ERR_INTERNET_DISCONNECTED" in message.text:
            return
        self.faults.append(f"{message.type} at {at}: {message.text}")

    def _note_foreign(self, request: Request) -> None:
        ours = (self.environment.site_url, self.environment.supabase_url, "data:", "blob:")
        if not request.url.startswith(ours):
            self.faults.append(f"asked for {request.url}")

    @contextmanager
    def ignored(self, *faults: str) -> Iterator[None]:
        """Faults with one of these texts, which a test causes on purpose, do not count."""
        yield
        self.faults[:] = [told for told in self.faults if not any(text in told for text in faults)]

    # ---- people ------------------------------------------------------------------------------

    def person(self, name: str = "candidate") -> str:
        """A new confirmed account's address; its password is people.PASSWORD."""
        email = self.address(name)
        values = {"email": email, "hash": PASSWORD_HASH, "name": f"{name.title()} Test"}
        with psycopg.connect(self.stack.cluster.url()) as connection:
            connection.execute(NEW_ACCOUNT, values)
        return email

    def address(self, name: str = "candidate") -> str:
        """An address that nobody has used."""
        return f"{name}-{os.getpid()}-{next(_counter)}@example.com"

    def sign_in(self, page: Page, email: str, path: str = "/candidates/dashboard") -> None:
        """Go to `path`, signed in: with the cookies that the sign-in form leaves."""
        session = demo.session(self.environment, email)
        assert session, f"there is no account {email}"
        page.context.clear_cookies(name=re.compile("^sb-"))
        page.context.add_cookies(session_cookies(self.environment, session))
        page.goto(path)
        page.wait_for_url(self.url(path))
        # What is typed or chosen before is not noticed, nor are keys before React's effects ran.
        eventually(lambda: page.evaluate(TAKEN_OVER))
        page.evaluate("() => new Promise((idle) => requestIdleCallback(() => idle()))")

    def fill_in(self, page: Page, email: str, password: str = people.PASSWORD) -> None:
        """The sign-in form, sent."""
        page.get_by_label("Email address").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()

    def sign_up(self, page: Page, email: str, password: str = people.PASSWORD) -> None:
        """The sign-up form, sent."""
        page.get_by_label("Your name").fill("Carol Candidate")
        page.get_by_label("Email address").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign up").click()

    def ask_for_link(self, page: Page, email: str) -> None:
        """The form for a forgotten password, sent."""
        page.get_by_label("Email address").fill(email)
        page.get_by_role("button", name="Send the link").click()

    def api(self, email: str) -> demo.Person:
        """The same person, calling the Data API."""
        return demo.sign_in(self.environment, email, "Rita Test")

    # ---- interviews and mail -----------------------------------------------------------------

    def interview(
        self, *emails: str, title: str = "", recruiter: str = "", **more: Any
    ) -> Interview:
        """An interview of some recruiter with these invited."""
        title = title or f"Interview {next(_counter)}"
        caller = self.api(recruiter or self.person("recruiter"))
        questions = more.pop("questions", ["Who are you?", "What did you build?"])
        made = demo.value(
            caller.call(
                "create_interview",
                title=title,
                questions=questions,
                emails=list(emails),
                **more,
            )
        )
        codes = {row["email"]: row["invite_code"] for row in made["invites"]}
        return Interview(made["interview_id"], title, codes)

    def mailed_link(self, email: str) -> str:
        """The newest link that Auth has sent to an address."""
        return people.mailed_link(self.environment, email)

    def confirmation_link(self, email: str) -> str:
        """The same as projects have it that keep Auth's own email templates."""
        return people.confirmation_link(self.environment, email)

    def follow_link(self, page: Page, email: str) -> None:
        """Open the newest link of Auth for an address, and press the button that redeems it."""
        page.goto(self.mailed_link(email))
        page.get_by_role("button", name=re.compile("^(Confirm|Continue)$")).click()

    def token_hash(self, email: str) -> str:
        """What the newest link brings along."""
        found = re.search(r"token_hash=([0-9a-f]+)", self.mailed_link(email))
        assert found
        return found[1]

    def mails(self, email: str) -> list[dict[str, str]]:
        """All that arrived for an address."""
        return people.mails(self.environment, email)

    def sql(self, statement: str) -> str:
        """Run SQL as the superuser, for what no page can do, like letting time pass."""
        return self.stack.cluster.run_sql(statement)


def session_cookies(environment: Environment, session: dict[str, Any]) -> list[Any]:
    """A session as @supabase/ssr keeps it."""
    text = base64.urlsafe_b64encode(json.dumps(session).encode()).decode().rstrip("=")
    host = str(httpx.URL(environment.supabase_url).host).partition(".")[0]
    name, value = f"sb-{host}-auth-token", f"base64-{text}"
    parts = [value[at : at + COOKIE_LENGTH] for at in range(0, len(value), COOKIE_LENGTH)]
    names = [name] if len(parts) == 1 else [f"{name}.{number}" for number in range(len(parts))]
    return [
        {"name": name, "value": part, "url": environment.site_url}
        for name, part in zip(names, parts, strict=True)
    ]


# ---- where one is --------------------------------------------------------------------------------

DASHBOARD = re.compile(r"/candidates/dashboard$")


def with_code(code: str, path: str = "/candidates/dashboard") -> re.Pattern[str]:
    """The address of a page that a code was brought to."""
    return re.compile(rf"{path}\?code={code}$")


# ---- before any answer, and without one ---------------------------------------------------------


@contextmanager
def answers_held(page: Page, pattern: str = "**/*") -> Iterator[None]:
    """Nothing that the page asks for is answered before the end, and it asks for something."""
    held: list[Route] = []
    page.route(pattern, lambda route: held.append(route))
    yield
    # What was seen was seen while something was awaited.
    while not held:
        page.wait_for_timeout(20)
    # Playwright itself lets what was held go on.
    page.unroute(pattern)


@contextmanager
def unreachable(page: Page, pattern: str | re.Pattern[str]) -> Iterator[None]:
    """What the page asks for there fails, until the end."""

    def fail(route: Route) -> None:
        # What is asked for during the end, Playwright has let go on by itself.
        with suppress(Error):
            route.abort()

    page.route(pattern, fail)
    yield
    page.unroute(pattern, fail)


# ---- what every page must be --------------------------------------------------------------------


# What is cut off by a cell, or reaches beyond the content of the card around its table.
TOO_WIDE = """
    [...document.querySelectorAll("table")].flatMap((table) => {
        const card = table.parentElement;
        const { paddingRight, borderRightWidth } = getComputedStyle(card);
        const inset = parseFloat(paddingRight) + parseFloat(borderRightWidth);
        const edge = card.getBoundingClientRect().right - inset;
        const right = table.getBoundingClientRect().right;
        return [
            ...(right > edge + 0.5 ? [`the table ends at ${right}, its card at ${edge}`] : []),
            ...[...table.querySelectorAll("td")]
                .filter((cell) => cell.scrollWidth > cell.clientWidth)
                .map((cell) => `${cell.innerText} is ${cell.scrollWidth} wide`),
        ];
    })
"""


# Whether React has taken over all controls that the server drew.
TAKEN_OVER = """
    () => [...document.querySelectorAll("button, input, select, textarea")]
        .every((control) => Object.keys(control).some((key) => key.startsWith("__reactProps$")))
"""


Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def check_page(page: Page, name: str) -> None:
    """axe finds no violation, light or dark, and everything fits phones and tablets."""
    # Going back, the router takes the old page's title away before it has the new one.
    expect(page).to_have_title(re.compile(r"\S"))
    check_accessible(page, name)
    check_widths(page, name)


# Of axe's rules those that the colour scheme can change.
OF_COLOURS = ["color-contrast", "link-in-text-block"]


def check_accessible(page: Page, name: str) -> None:
    """axe-core's verdict, in both colour schemes; in the second on what differs there."""
    check_scheme(page, name, "light")
    check_scheme(page, name, "dark", rules=OF_COLOURS)


def check_scheme(
    page: Page, name: str, scheme: Scheme, *, within: str = "html", rules: Sequence[str] = ()
) -> None:
    """axe-core's verdict in one of them, on what is in this element, by all rules or by these."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    page.emulate_media(color_scheme=scheme)
    # Colours change, without fading (see `device`), in the next frame; then it has been drawn.
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = page.evaluate("([within, options]) => axe.run(within, options)", [within, options])
    told = [
        f"{violation['id']}: {violation['help']}\n    "
        + "\n    ".join(node["html"] for node in violation["nodes"])
        for violation in found["violations"]
    ]
    assert not told, f"{name}, {scheme}:\n" + "\n".join(told)
    assert rules or len(found["passes"]) > 5, name


def check_widths(page: Page, name: str) -> None:
    """The page fits phones of 320 to 390 pixels, and its tables their cards on wider screens."""
    before = page.viewport_size
    for width in (320, 360, 390):
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} wide on {width}"
    for width in (721, 768, 801, 1024):
        page.set_viewport_size({"width": width, "height": 800})
        too_wide = page.evaluate(TOO_WIDE)
        assert too_wide == [], f"{name} on {width}: {too_wide}"
    if before:
        page.set_viewport_size(before)


def loading(page: Page) -> Locator:
    """The bar that says that another page, or a dialog, is on its way."""
    return page.get_by_role("status").filter(has_text=re.compile(r"^Loading …$"))


def expect_refusal(part: Page | Locator, slug: str, sentence: str) -> None:
    """A refusal with this slug and sentence is shown, in the page or a part of it."""
    # In one step: a page that looks again may take it away.
    shown = part.locator(f"[data-slug={slug}]").filter(has_text=sentence)
    expect(shown).to_be_visible()

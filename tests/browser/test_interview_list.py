"""A recruiter's list of interviews: its pages, what has changed, loading and failing."""

import json
from urllib.parse import quote

import pytest
from playwright.sync_api import Route, expect

from tests.browser.one_interview import come_back
from tests.browser.site import Site, check_page, expect_refusal
from tests.kit.waiting import eventually


def test_a_long_list_is_complete_and_the_latest_come_first(site: Site) -> None:
    recruiter = site.person("recruiter")
    # Beyond the 1,000 rows that the Data API gives at once; all of one moment.
    site.sql(
        "insert into interviews (title, recruiter_id) "
        f"select 'Number ' || n, (select id from auth.users where email = '{recruiter}') "
        "from generate_series(1, 120) n"
    )
    site.interview(title="The latest", recruiter=recruiter)
    with site.device() as page:
        site.sign_in(page, recruiter, "/recruiters")
        titles = page.get_by_role("list", name="Your interviews").get_by_role("heading")
        expect(titles).to_have_count(50)
        expect(titles.first).to_have_text("The latest")
        pages = page.get_by_role("navigation", name="Pages of interviews")
        previous = pages.get_by_role("button", name="Previous")
        expect(previous).to_have_attribute("aria-disabled", "true")
        shown = [titles.all_inner_texts()]
        for rows in (50, 21):
            pages.get_by_role("button", name="Next").click()
            expect(titles.first).not_to_have_text(shown[-1][0])
            expect(titles).to_have_count(rows)
            shown.append(titles.all_inner_texts())
        assert len({title for texts in shown for title in texts}) == 121
        # At the end.
        expect(pages.get_by_role("button", name="Next")).to_have_attribute("aria-disabled", "true")
        previous.click()
        expect(titles).to_have_text(shown[1])
        # Where one was is in the address.
        page.reload()
        expect(titles).to_have_text(shown[1])
        titles.last.get_by_role("link").click()
        expect(page.get_by_role("region", name="Candidates")).to_be_visible()
        page.go_back()
        expect(titles).to_have_text(shown[1])
        page.go_back()
        expect(titles).to_have_text(shown[2])
        previous.click()
        expect(titles).to_have_text(shown[1])
        previous.click()
        expect(titles).to_have_text(shown[0])
        # What is no place in the list is its beginning.
        for place in ("oops", "2026-02-30T00:00:00+00:00~4e2f9a3c-0000-4000-8000-0123456789ab"):
            page.goto(f"/recruiters?after={quote(place)}")
            expect(titles).to_have_text(shown[0])


def test_going_back_shows_what_has_changed(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(title="As it was", recruiter=recruiter)
    with site.device() as page:
        site.sign_in(page, recruiter, "/recruiters")
        page.get_by_role("link", name="As it was").click()
        expect(page.get_by_role("region", name="Candidates")).to_be_visible()
        site.sql(f"update interviews set title = 'As it is' where id = '{interview.id}'")
        page.go_back()
        expect(page.get_by_role("link", name="As it is")).to_be_visible()


LIST = (
    "list_interviews(integer, timestamptz, uuid, boolean, text, text, boolean, boolean, text,"
    " text, timestamptz)"
)


def test_loading_and_failing(site: Site) -> None:
    recruiter = site.person("recruiter")
    site.interview(title="Late", recruiter=recruiter)
    with site.device() as page:
        site.sign_in(page, recruiter, "/recruiters")
        expect(page.get_by_role("link", name="Late", exact=True)).to_be_visible()
        # What the server could not read, the browser tries itself.
        site.sql(f"revoke execute on function {LIST} from authenticated")
        held: list[Route] = []
        page.route("**/rpc/list_interviews", lambda route: held.append(route))
        try:
            page.reload()
            expect(page.get_by_text("Loading your interviews")).to_have_count(1)
            check_page(page, "loading")
        finally:
            site.sql(f"grant execute on function {LIST} to authenticated")
        failure = {"code": "57014", "message": "canceling statement", "details": None, "hint": None}
        eventually(lambda: bool(held))
        with site.ignored("status of 500"):
            held[0].fulfill(
                status=500,
                body=json.dumps(failure),
                headers={"Access-Control-Allow-Origin": "*"},
                content_type="application/json",
            )
            expect_refusal(page, "took_too_long", "took too long")
        check_page(page, "failed")
        page.unroute("**/rpc/list_interviews")
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("link", name="Late", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("state", "told"),
    [("paused", "isn’t accepting emails right now"), ("stopped", "The mail service isn’t running")],
)
def test_it_is_said_when_no_mails_leave(site: Site, state: str, told: str) -> None:
    with site.device() as page:
        page.route(
            "**/rpc/delivery_state",
            lambda route: (
                route.fulfill(json=state, headers={"Access-Control-Allow-Origin": "*"})
                if route.request.method == "POST"
                else route.continue_()
            ),
        )
        site.sign_in(page, site.person("recruiter"), "/recruiters")
        expect(page.get_by_text("No interviews yet")).to_be_visible()
        come_back(page, page.get_by_text(told))
        check_page(page, state)

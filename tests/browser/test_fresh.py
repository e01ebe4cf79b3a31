"""What others do shows without a reload, and moves nothing that somebody is about to click."""

from playwright.sync_api import expect

from tests.browser.site import Site, check_page
from tests.kit.waiting import eventually


def test_a_list_follows_what_others_do(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(title="As it was", recruiter=recruiter)
    with site.device() as page:
        page.clock.install()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.split("/")[-1]))
        site.sign_in(page, recruiter, "/recruiters")
        titles = page.get_by_role("list", name="Your interviews").get_by_role("heading")
        expect(titles).to_have_text(["As it was"])
        asked.clear()
        site.sql(f"update interviews set title = 'As it is' where id = '{interview.id}'")
        site.interview(title="Another", recruiter=recruiter)
        page.clock.run_for(10_000)
        # The row changes where it stands; the new one, which belongs above it, waits.
        expect(titles).to_have_text(["As it is"])
        page.wait_for_load_state("networkidle")
        assert asked.count("latest_change") == 1
        assert asked.count("list_interviews") == 1
        waiting = page.get_by_role("button", name="1 new – show")
        check_page(page, "one waits")
        waiting.click()
        expect(titles).to_have_text(["Another", "As it is"])
        expect(waiting).to_have_count(0)

        # Nothing has happened since: the list is not read again, and nobody asks in a hidden tab.
        asked.clear()
        page.clock.run_for(10_000)
        eventually(lambda: "latest_change" in asked)
        page.evaluate(
            "Object.defineProperty(document, 'visibilityState',"
            " { value: 'hidden', configurable: true })"
        )
        page.wait_for_load_state("networkidle")
        assert "list_interviews" not in asked
        asked.clear()
        page.clock.run_for(120_000)
        assert "latest_change" not in asked

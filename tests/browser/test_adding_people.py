"""Addresses in the dialog that creates an interview: pasted, read from files, corrected."""

from pathlib import Path

from playwright.sync_api import expect

from local import demo
from tests.browser.new_interview import (
    CLIPBOARD,
    create,
    faulty,
    go_on,
    opened,
    paste,
    ready,
    window,
    write,
)
from tests.browser.site import Site, check_page, expect_refusal

LISTS = {
    "a@x.example, b@x.example;c@x.example d@x.example\ne@x.example": "abcde",
    'Jane Doe <a@x.example>, "Doe, John" <b@x.example>, c@x.example': "abc",
    "Doe, Jane <a@x.example>; Doe, John <b@x.example>; ": "ab",
    "a@x.example Jane <b@x.example>\r\nmailto:c@x.example\t<d@x.example>.": "abcd",
    "'a@x.example','b@x.example'": "ab",
}
# What the database refuses and accepts, so that the marks are right before anything is sent.
ADDRESSES = [
    *("plain@example.com", "with+tag@example.com", "o'neil@example.com", "müller@bücher.example"),
    *("oops", "@example.com", "a@", "a@b", "a@b.c", "a@b.co", "a@-b.example", "a@b-.example"),
    *(".a@example.com", "a.@example.com", "a..b@example.com", "a@b..example", "a@example.com."),
    *("a@b@example.com", "a@1.2", "a@example.c0m", "a@127.0.0.1", "a\u200bb@example.com"),
    *("\u212aelvin@example.com", "a_b@exa_mple.com", "l" * 64 + "@example.com"),
    *("l" * 65 + "@example.com", "a@" + "l" * 63 + ".example", "a@" + "l" * 64 + ".example"),
    *("a@" + "l.example" * 30, "-a@example.com", "a@xn--bcher-kva.example", "日本@例え.テスト"),
    *("a@bücher.example", "a@BÜCHER.Example", "a@☃.example", "a@x.example،"),
]


def test_pasted_lists_are_read_however_they_are_written(site: Site) -> None:
    with site.device(permissions=CLIPBOARD) as page:
        opened(site, page)
        write(page, "Lists")
        go_on(page, 2)
        for text, letters in LISTS.items():
            paste(page, text)
            expect(ready(page)).to_have_count(len(letters))
            shown = [line.split("\n")[0] for line in ready(page).all_inner_texts()]
            assert shown == [f"{letter}@x.example" for letter in letters], text
            expect(faulty(page)).to_have_count(0)
            for _ in letters:
                ready(page).first.get_by_role("button", name="Remove").click()
            expect(ready(page)).to_have_count(0)


def test_addresses_are_marked_as_the_database_judges_them(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(recruiter=recruiter)
    judged = demo.value(
        site.api(recruiter).call("preview_invites", interview_id=interview.id, emails=ADDRESSES)
    )
    wrong = [
        address
        for address, row in zip(ADDRESSES, judged, strict=True)
        if row["outcome"] == "invalid_email"
    ]
    assert 10 < len(wrong) < len(ADDRESSES) - 5
    with site.device() as page:
        # As a list that was kept, so that each stays as it is.
        opened(site, page, recruiter)
        write(page, "Judged")
        page.evaluate(
            """addresses => {
                const [key] = Object.keys(localStorage);
                const draft = {...JSON.parse(localStorage.getItem(key)), step: 2, addresses};
                localStorage.setItem(key, JSON.stringify(draft));
            }""",
            ADDRESSES,
        )
        page.reload()
        expect(faulty(page)).to_have_count(len(wrong))
        assert [field.input_value() for field in faulty(page).all()] == wrong


def test_malformed_ones_are_mended_or_removed_and_duplicates_left_out(site: Site) -> None:
    with site.device() as page:
        opened(site, page)
        write(page, "Faults")
        go_on(page, 2)
        box = window(page).get_by_label("Email addresses")
        box.fill("anna@example.com, ANNA@example.com, oops, worse, b@example.com")
        page.keyboard.press("Enter")
        expect(box).to_be_focused()
        expect(faulty(page)).to_have_count(2)
        expect(window(page).get_by_text("2 of 5 addresses can be invited.")).to_be_visible()
        expect(window(page).get_by_text("2 invalid addresses")).to_be_visible()
        expect(window(page).get_by_text("1 duplicate is left out")).to_be_visible()
        check_page(page, "addresses to be mended")
        window(page).get_by_role("button", name="Next: review").click()
        expect_refusal(page, "faulty_addresses", "Some addresses are invalid.")
        window(page).get_by_role("textbox", name="Invalid: oops").fill("oops@example.com")
        page.keyboard.press("Enter")
        expect(faulty(page)).to_have_count(1)
        expect(ready(page)).to_have_count(3)
        window(page).get_by_role("button", name="Remove all invalid").click()
        expect(faulty(page)).to_have_count(0)
        go_on(page, 3)
        expect(window(page).get_by_role("heading", name="3 candidates")).to_be_visible()
        expect(window(page).get_by_text("invited once: ANNA@example.com.")).to_be_visible()
        create(page)
        result = page.get_by_role("dialog", name="Interview created")
        expect(result.get_by_text("3 addresses invited")).to_be_visible()


def test_csv_files_are_read_as_spreadsheets_save_them(site: Site, tmp_path: Path) -> None:
    files = {
        "header.csv": ("Name,E-Mail\nAnna,a@x.example\nBob,b@x.example\n,\n", "ab"),
        "semicolons.csv": ('\ufeff"Doe; Jane";a@x.example\r\n"Roe";b@x.example\r\n', "ab"),
        "tabs.tsv": ("Address\tEmail address\n1 Road\ta@x.example\n", "a"),
        "bare.txt": ("a@x.example\nb@x.example\nc@x.example\n", "abc"),
        "unnamed.csv": ("Kontakt,Ort\na@x.example,Köln\nb@x.example,Bonn\n", "ab"),
    }
    with site.device() as page:
        opened(site, page)
        write(page, "Files")
        go_on(page, 2)

        def read(name: str, content: bytes) -> None:
            file = tmp_path / name
            file.write_bytes(content)
            with page.expect_file_chooser() as chooser:
                window(page).get_by_role("button", name="Upload a CSV file").click()
            chooser.value.set_files(file)

        for name, (text, letters) in files.items():
            read(name, text.encode())
            expect(ready(page)).to_have_count(len(letters))
            shown = [line.split("\n")[0] for line in ready(page).all_inner_texts()]
            assert shown == [f"{letter}@x.example" for letter in letters], name
            for _ in letters:
                ready(page).first.get_by_role("button", name="Remove").click()
        read("latin.csv", "Name;Mail\nJörg;joerg@x.example\n".encode("windows-1252"))
        expect(window(page).get_by_text("The file isn’t UTF-8")).to_be_visible()
        read("cp850.csv", Path("tests/samples/candidates/cp850.csv").read_bytes())
        expect(window(page).get_by_text("left out 1 name with other letters.")).to_be_visible()
        for name, content, told in (
            ("table.xlsx", b"PK\x03\x04\x00\x00", "This is not a text file."),
            ("names.csv", b"Name\nAnna\n", "No column of the file contains email addresses."),
            ("quote.csv", b'email\n"a@x.example\nb@x.example\n', "is never closed."),
            ("empty.csv", b"", "No column of the file contains email addresses."),
        ):
            read(name, content)
            expect_refusal(page, "unreadable_file", told)
        check_page(page, "an unreadable file")
        expect(ready(page)).to_have_count(3)


def test_ten_thousand_addresses_stay_usable(site: Site) -> None:
    with site.device(permissions=CLIPBOARD) as page:
        opened(site, page)
        write(page, "Many")
        go_on(page, 2)
        many = "\n".join(f"person{number}@x.example" for number in range(10_000))
        paste(page, f"oops\n{many}")
        expect(
            window(page).get_by_text("10,000 of 10,001 addresses can be invited.")
        ).to_be_visible()
        expect(window(page).get_by_text("10,000 addresses ready")).to_be_visible()
        window(page).get_by_role("button", name="Next: review").click()
        expect_refusal(page, "too_many_emails", "at most 10,000 addresses")
        window(page).get_by_role("button", name="Remove all invalid").click()
        expect(faulty(page)).to_have_count(0)
        pages = window(page).get_by_role("navigation", name="Pages of addresses")
        pages.get_by_role("button", name="Next").click()
        expect(pages.get_by_text("51–100 of 10,000")).to_be_visible()
        page.reload()
        go_on(page, 3)
        expect(window(page).get_by_role("heading", name="10,000 candidates")).to_be_visible()
        # A new account may invite 1,000 people a day.
        create(page)
        expect_refusal(page, "invites_per_day_reached", "today’s limit")

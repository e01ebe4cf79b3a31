"""Each dirty case of the first version has its stated outcome (see dirty_rows.sql)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.upgrade.conftest import MIGRATIONS, PREFLIGHT, Project, row_id

TABLES = ["interviews", "interview_questions", "interview_invites", "interview_participants"]


def january(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


def test_no_row_and_no_id_is_lost(dirty: Project) -> None:
    def ids() -> dict[str, list[Any]]:
        return {t: dirty.rows(f"select id from public.{t} order by id") for t in TABLES}

    before = ids()
    dirty.apply(*MIGRATIONS)
    assert ids() == before


def test_nobody_is_mailed(upgraded: Project) -> None:
    assert upgraded.value("select count(*) from private.jobs") == 0
    assert (
        upgraded.rows(
            "select from public.interview_invites"
            " where (queued_at, delivery_status, delivery_at, delivery_error) is distinct from"
            " (null, null, null, null)"
        )
        == []
    )


def test_interviews(upgraded: Project) -> None:
    clean = upgraded.row("interviews", "101")
    assert (clean["title"], clean["status"], clean["company_number"], clean["deadline"]) == (
        "Frontend",
        "active",
        "C-1",
        None,
    )
    assert (clean["created_at"], clean["updated_at"]) == (january(1), january(2))

    empty = upgraded.row("interviews", "102")
    assert (empty["title"], empty["status"]) == ("Untitled interview", "active")
    assert (empty["created_at"], empty["updated_at"]) == (january(2), january(2))

    assert upgraded.row("interviews", "103")["title"] == "Untitled interview"
    assert upgraded.row("interviews", "103")["status"] == "completed"
    unknown = upgraded.row("interviews", "104")
    assert unknown["status"] == "inactive"
    # Older than the rule against links in titles.
    assert unknown["title"] == "Draft: https://draft.example/1"
    assert unknown["created_at"] == unknown["updated_at"] > january(31)


NEW_COLUMNS: dict[str, dict[str, Any]] = {
    "interviews": {
        "response_kinds": ["video", "audio"],
        "deadline_stage": 0,
        "privacy_notice": None,
    },
    "interview_questions": {
        "max_seconds": 180,
        "max_takes": 3,
        "preparation_seconds": 0,
        "required": False,
    },
    "interview_participants": {
        "answered": 0,
        "consents_to_recording": False,
        "consents_to_analysis": False,
        "consent_version": None,
        "consented_at": None,
        "responses_deleted_at": None,
        "responses_expired_at": None,
    },
}


@pytest.mark.parametrize("table", NEW_COLUMNS)
def test_what_is_new_about_responses_has_its_defaults(upgraded: Project, table: str) -> None:
    columns = NEW_COLUMNS[table]
    found = upgraded.rows(f"select distinct {', '.join(columns)} from public.{table}")
    assert found == [columns]


def test_only_a_broken_order_of_questions_is_renumbered(upgraded: Project) -> None:
    def order(key: str) -> list[tuple[int, str]]:
        found = upgraded.rows(
            "select order_index, question from public.interview_questions"
            " where interview_id = %s order by order_index",
            row_id(key),
        )
        return [(row["order_index"], row["question"]) for row in found]

    assert order("101") == [(0, "First"), (7, "Second")]
    assert order("102") == [(1, "negative"), (2, "older 1"), (3, "younger 1"), (4, "null")]
    assert order("103") == [(1, "(empty question)")]
    assert order("104") == [(1, "below"), (2, "above")]
    assert upgraded.row("interview_questions", "221")["created_at"] == january(3)
    assert upgraded.row("interview_questions", "211")["recruiter_id"] == row_id("a2")


INVITES = {
    "301": ("pending", "pending@example.com", "000301"),
    "302": ("pending", "nullstatus@example.com", "000302"),
    "311": ("expired", "many@example.com", "000311"),
    "312": ("pending", "many@example.com", "000312"),
    "313": ("expired", "many@example.com", "000313"),
    "314": ("pending", "many@example.com", "000314"),
    "321": ("expired", "no address", "000321"),
    "322": ("expired", "", "000322"),
    "323": ("expired", "shortcode@example.com", "12345"),
    "324": ("expired", "wide@example.com", "１２３４５６"),
    "325": ("expired", "bad@address", "000325"),
    "326": ("expired", "nocode@example.com", "another"),
    "327": ("expired", "nocode@example.com", ""),
    "328": ("expired", "x" * 255, "000328"),
    "331": ("expired", "sent@example.com", "000331"),
    "332": ("pending", "capital@example.com", "000332"),
    "341": ("accepted", "carl@example.com", "000341"),
    "342": ("completed", "dora@example.com", "000342"),
    "343": ("accepted", "emil@example.com", "000343"),
    "344": ("completed", "emil@example.com", "000344"),
    "345": ("completed", "gone@example.com", "000345"),
    "346": ("completed", "gustav@example.com", "000346"),
    "351": ("expired", "old@example.com", "000351"),
    "361": ("expired", "jane@xn--mller-kva.example", "000361"),
    "362": ("pending", "jane@xn--mller-kva.example", "000362"),
    "363": ("pending", "marked@example.com", "000363"),
    "364": ("pending", "here@example.com", "000364"),
    "365": ("pending", "there@example.com", "000364"),
    "366": ("pending", "first@example.com", "another"),
    "367": ("pending", "second@example.com", "000366"),
    "371": ("expired", "twice@example.com", "another"),
    "372": ("accepted", "twice@example.com", "000371"),
    "373": ("accepted", "again@example.com", "another"),
    "374": ("pending", "again@example.com", "000373"),
    "375": ("pending", "both@example.com", "another"),
    "376": ("pending", "both@example.com", "000375"),
}


def test_invites(upgraded: Project) -> None:
    found = {
        str(row["id"])[-3:]: (row["status"], row["email"], row["invite_code"])
        for row in upgraded.rows("select * from public.interview_invites")
    }
    for key, (status, email, code) in found.items():
        # The rows' own codes start with 0003, or are no codes at all.
        if INVITES[key][2] == "another" and re.fullmatch("(?!0003)[0-9]{6}", code):
            found[key] = (status, email, "another")
    assert found == INVITES


def test_old_pending_invites_have_30_days_from_now(upgraded: Project) -> None:
    for row in upgraded.rows("select status, expires_at, now() as now from interview_invites"):
        left = row["expires_at"] - row["now"]
        if row["status"] == "pending":
            assert timedelta(days=29, hours=23) < left <= timedelta(days=30)
        else:
            assert left < timedelta(0)


def test_invites_are_signed_by_their_recruiter(upgraded: Project) -> None:
    assert upgraded.row("interview_invites", "301")["recruiter_name"] == "Rita Recruiter"
    assert upgraded.row("interview_invites", "314")["recruiter_name"] == "HireVision"
    assert upgraded.row("interview_invites", "314")["recruiter_id"] == row_id("a2")
    assert (
        upgraded.rows(
            "select from public.interview_invites"
            " where recruiter_name <> private.recruiter_name(interview_id)"
        )
        == []
    )


def test_stamps_of_invites(upgraded: Project) -> None:
    def stamps(key: str) -> tuple[datetime | None, ...]:
        row = upgraded.row("interview_invites", key)
        return row["created_at"], row["accepted_at"], row["completed_at"]

    assert stamps("301") == (january(2), None, None)
    assert stamps("325") == (january(2), january(3), None)
    assert stamps("331") == (january(1), None, None)
    assert stamps("341") == (january(2), january(5), None)
    assert stamps("342") == (january(2), january(6), january(6))
    assert stamps("344") == (january(4), january(5), january(6))
    assert stamps("345") == (january(9), january(9), january(9))


def test_participants(upgraded: Project) -> None:
    def found(key: str) -> tuple[Any, ...]:
        row = upgraded.row("interview_participants", key)
        return row["status"], row["invite_id"], row["joined_at"], row["completed_at"]

    assert found("401") == ("active", row_id("341"), january(5), None)
    assert found("402") == ("completed", row_id("342"), january(6), january(6))
    assert found("403") == ("active", None, january(6), None)
    assert found("404") == ("active", None, january(6), None)
    assert found("405") == ("withdrawn", None, january(7), january(7))
    assert found("406") == ("completed", row_id("346"), january(5), january(8))
    assert upgraded.row("interview_participants", "405")["recruiter_id"] == row_id("a2")


def test_other_peoples_foreign_keys_and_views_live_on(upgraded: Project) -> None:
    assert upgraded.rows(
        "select conname::text, confrelid::regclass::text from pg_constraint"
        " where conrelid = 'public.scorecards'::regclass and contype = 'f' order by 1"
    ) == [
        {"conname": "scorecards_interview_id_fkey", "confrelid": "interviews"},
        {"conname": "scored", "confrelid": "interview_participants"},
    ]
    assert upgraded.value("select count(*) from public.interview_overview") == 4
    with upgraded.connection.transaction(force_rollback=True):
        upgraded.connection.execute("update public.scorecards set participant_id = null")
        upgraded.connection.execute("delete from public.interviews where title = 'Frontend'")
        assert upgraded.rows("select from public.scorecards") == []


def test_no_old_policy_or_trigger_is_left(upgraded: Project) -> None:
    assert (
        upgraded.rows(
            "select policyname from pg_policies"
            " where policyname"
            " !~ '^(interview|response_analyses_|accommodations_|candidate_)[a-z_]+$'"
        )
        == []
    )
    assert (
        upgraded.rows("select from pg_trigger where tgname = 'update_interviews_updated_at'") == []
    )


def test_what_is_printed_is_what_preflight_counted(dirty: Project) -> None:
    counted = {case: rows for case, rows in dirty.preflight().items() if rows}
    printed = {}
    for notice in dirty.apply(*MIGRATIONS):
        match = re.fullmatch("(?s)(.+?): ([0-9]+) -> (.+)", notice)
        assert match
        printed[match[1]] = int(match[2])
    assert printed == counted
    assert printed["invite pending"] == 14
    # No case is without a row, so that none is misspelled where rows are found.
    cases = re.findall(r"^    \((\d+), '(.+?)',(?: '|$)", PREFLIGHT.read_text(), re.M)
    assert list(printed) == [name for place, name in cases if int(place) > 9]
    assert dirty.preflight() == {"upgraded already": 0}


def test_preflight_counts_what_happens_to_rows_without_any_rule(first_version: Project) -> None:
    """Codes and addresses repeated in every way, where not even the unique constraint was kept."""
    first_version.connection.execute(
        """
        alter table public.interview_invites drop constraint interview_invites_invite_code_key;
        insert into auth.users (id, email) values (gen_random_uuid(), 'ann@example.com');
        insert into public.interviews (title, recruiter_id)
          select 'Interview ' || n, u.id from auth.users u, generate_series(1, 3) n;
        insert into public.interview_invites (interview_id, email, invite_code, status, created_at)
        select n.id, email, code, old, now() - random() * interval '90 days'
        from public.interviews n,
          unnest(array['ann@example.com', ' Ann@example.com', 'bob@example.com', 'x', null]) email,
          unnest(array['000001', '000002', '12a', null]) code,
          unnest(array['pending', 'accepted', 'completed', 'expired', 'Pending', 'x', null]) old;
        insert into public.interview_participants (interview_id, user_id, status)
        select n.id, u.id, 'completed' from public.interviews n, auth.users u;
        """
    )
    invites = first_version.value("select count(*) from public.interview_invites")
    counted = {case: rows for case, rows in first_version.preflight().items() if rows}
    printed = first_version.apply(*MIGRATIONS)
    assert {line.split(":")[0] for line in printed} == counted.keys()
    assert {line.split(" -> ")[0] for line in printed} == {f"{c}: {n}" for c, n in counted.items()}
    assert first_version.value("select count(*) from public.interview_invites") == invites == 420
    # Two addresses are good: each is still invited to each interview, and has each code once.
    assert first_version.rows(
        "select email, count(*) filter (where status = 'pending') as pending,"
        " count(*) filter (where invite_code in ('000001', '000002')) as codes"
        " from public.interview_invites where email like '%@%' group by email order by email"
    ) == [
        {"email": "ann@example.com", "pending": 3, "codes": 2},
        {"email": "bob@example.com", "pending": 3, "codes": 2},
    ]


ADDRESSES = [
    "plain@example.com",
    "  Capital@Example.COM\t",
    "plus+tag@example.com",
    "jos\u0065\u0301@example.com",
    "j\u00fcrgen@m\u00fcnchen.example",
    "no-at.example.com",
    "two@@example.com",
    "@example.com",
    "dot.@example.com",
    "space in@example.com",
    "trailing@example.com.",
    "nodot@localhost",
    "zero\u200bwidth@example.com",
    "\u00a0nbsp@example.com\u00a0",
    "x" * 64 + "@example.com",
    "x" * 65 + "@example.com",
    "x@" + "y" * 63 + ".com",
    "x@" + "y" * 64 + ".com",
    "x@" + "a." * 126 + "b",
    "<b>@example.com",
    "\ufb2c" * 120 + "@example.com",
]


def test_addresses_are_judged_as_the_schema_judges_them(first_version: Project) -> None:
    first_version.connection.execute(
        "with u as (insert into auth.users (id) values (gen_random_uuid()) returning id)"
        " insert into public.interviews (title, recruiter_id) select 'Interview', id from u"
    )
    for number, address in enumerate(ADDRESSES):
        first_version.connection.execute(
            "insert into public.interview_invites (interview_id, email, invite_code)"
            " select id, %s, %s from public.interviews",
            (address, f"{number:06}"),
        )
    first_version.apply(*MIGRATIONS)
    for number, address in enumerate(ADDRESSES):
        (row,) = first_version.rows(
            "select status, email, private.normalize_email(%s) as wanted,"
            " private.is_email(private.normalize_email(%s)) as is_email"
            " from public.interview_invites where invite_code = %s",
            address,
            address,
            f"{number:06}",
        )
        assert row["status"] == ("pending" if row["is_email"] else "expired"), address
        assert row["email"] == row["wanted"][:255].strip(), address


@pytest.mark.parametrize("name", ["a\u202eb", " x" * 80, "\u200b", "\n \r", "A\tB  C", ""])
def test_names_are_cleaned_as_the_schema_cleans_them(first_version: Project, name: str) -> None:
    first_version.connection.execute(
        "insert into auth.users (id, raw_user_meta_data)"
        " values (gen_random_uuid(), jsonb_build_object('full_name', %s::text))",
        (name,),
    )
    first_version.connection.execute(
        "with n as (insert into public.interviews (title, recruiter_id)"
        "   select 'Interview', id from auth.users returning id)"
        " insert into public.interview_invites (interview_id, email) select id, 'a@b.ch' from n"
    )
    first_version.apply(*MIGRATIONS)
    assert first_version.value(
        "select recruiter_name = private.recruiter_name(interview_id) from interview_invites"
    )


def test_columns_of_other_people_stay(first_version: Project) -> None:
    first_version.connection.execute(
        """
        alter table public.interviews add column notes text;
        insert into auth.users (id) values (gen_random_uuid());
        insert into public.interviews (title, recruiter_id, notes)
          select 'A', id, 'n' from auth.users;
        """
    )
    first_version.apply(*MIGRATIONS)
    assert first_version.value("select notes from public.interviews") == "n"

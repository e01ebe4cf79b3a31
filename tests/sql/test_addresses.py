"""The functions of 15_addresses.sql: what an address is, and how it is stored."""

import random
import re
import unicodedata
from itertools import product
from pathlib import Path

import idna
import pytest

from tests.kit.database import Database, Scene
from tests.kit.hostile import BLANKS

SAMPLES = Path(__file__).resolve().parents[1] / "samples"

# ---- Punycode ----------------------------------------------------------------------------------

# RFC 3492, section 7.1, its samples A to S without the case annotations.
PUNYCODE = {
    "ليهمابتكلموشعربي؟": "egbpdaj6bu4bxfgehfvwxn",
    "他们为什么不说中文": "ihqwcrb4cv8a8dqg056pqjye",
    "他們爲什麽不說中文": "ihqwctvzc91f659drss3x8bo0yb",
    "Pročprostěnemluvíčesky": "Proprostnemluvesky-uyb24dma41a",
    "למההםפשוטלאמדבריםעברית": "4dbcagdahymbxekheh6e0a7fei0b",
    "यहलोगहिन्दीक्योंनहींबोलसकतेहैं": "i1baa7eci9glrd9b2ae1bj0hfcgg6iyaf8o0a1dig0cd",
    "なぜみんな日本語を話してくれないのか": "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa",
    "세계의모든사람들이한국어를이해한다면얼마나좋을까": (
        "989aomsvi5e83db1d2a355cv1e0vak1dwrv93d5xbh15a0dt30a5jpsd879ccm6fea98c"
    ),
    "почемужеонинеговорятпорусски": "b1abfaaepdrnnbgefbadotcwatmq2g4l",
    "PorquénopuedensimplementehablarenEspañol": "PorqunopuedensimplementehablarenEspaol-fmd56a",
    "TạisaohọkhôngthểchỉnóitiếngViệt": "TisaohkhngthchnitingVit-kjcr8268qyxafd2f1b9g",
    "3年B組金八先生": "3B-ww4c5e180e575a65lsy2b",
    "安室奈美恵-with-SUPER-MONKEYS": "-with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n",
    "Hello-Another-Way-それぞれの場所": "Hello-Another-Way--fc4qua05auwb3674vfr0b",
    "ひとつ屋根の下2": "2-u9tlzr9756bt3uc0v",
    "MajiでKoiする5秒前": "MajiKoi5-783gue6qz075azm5e",
    "パフィーdeルンバ": "de-jg4avhby1noc0d",
    "そのスピードで": "d9juau41awczczp",
    "-> $1.00 <-": "-> $1.00 <--",
}


@pytest.mark.parametrize(("label", "encoded"), list(PUNYCODE.items()), ids=ascii)
def test_punycode(db: Database, label: str, encoded: str) -> None:
    assert db.value("select private.to_punycode(%s)", label) == encoded


def test_punycode_of_many_labels(db: Database) -> None:
    draw = random.Random(3492)
    points = [*range(1, 0xD800), *range(0xE000, 0x110000)]
    ceilings = [128, 256, 0x500, 0x3100, 0xD000, len(points)]
    labels = [
        "".join(
            chr(points[draw.randrange(draw.choice(ceilings) - 1)])
            for _ in range(draw.randint(1, 63))
        )
        for _ in range(1_500)
    ]
    rows = db.rows("select l, private.to_punycode(l) as p from unnest(%s::text[]) as l", labels)
    assert [row["p"] for row in rows] == [label.encode("punycode").decode() for label in labels]


# ---- domains -----------------------------------------------------------------------------------

ORDINARY = [
    *("münchen", "straße", "STRASSE", "Bücher", "BU\u0308CHER", "ærø", "ÆRØ", "łódź", "ŁÓDŹ"),
    *("façade", "español", "ČESKÝ", "žluťoučký-kůň", "ĐURĐEVAC", "tiếng-việt", "ƠƯ".lower()),
    *("ελλάς", "ΕΛΛΆΔΑ", "ΕΛΛΆΣ", "пример", "ПРИМЕР", "Київ", "ЎЗБЕК", "қазақстан", "ҚАЗАҚСТАН"),
    *("հայաստան", "ՀԱՅ", "საქართველო", "مثال", "إختبار", "ایران", "پاکستان", "ישראל", "עִבְרִית"),
    *("उदाहरण", "परीक्षा", "हिन्दी", "ไทย", "คำ", "ที่นี่", "例え", "テスト", "らーめん", "ｶﾞｽ", "中国"),
    *(
        "中國",
        "한국",
        "\u1112\u1161\u11ab국",
        "Ｅｘａｍｐｌｅ",
        "ｂüｃｈｅｒ",
        "ﬁrma",
        "a1-ü2",
        "ö",
    ),
]


@pytest.mark.parametrize("label", ORDINARY, ids=ascii)
def test_labels_are_converted_as_idna_does(db: Database, label: str) -> None:
    assert db.value("select private.to_ascii(%s)", label) == converted(label)


def test_labels_in_ascii_stay_as_they_are(db: Database) -> None:
    """Labels that begin with xn-- too, whatever they decode to."""
    labels = ["example", "xn--mller-kva", "xn--", "xn--a", "r3---sn", "a_b", "-a-", "1", ""]
    rows = db.rows("select private.to_ascii(upper(l)) as a from unnest(%s::text[]) as l", labels)
    assert [row["a"] for row in rows] == labels


REFUSED = [
    *("\u0301a", "a-\u0301", "ü-", "-ü", "xn--ü", "ab--ü", "ｘｎ－－mller-kva", "aｂ--c"),
    *("ü\u200d", "नी\u200cम", "l·ŀ", "ŀ", "ア・イ", "١٢٣", "ü١", "אa", "aא", "1א", "א-", "א1ü"),
    *("ü_ü", "ü ü", "ü\u00ad", "ü\ufe0f", "ü☃", "ü…", "ü．", "ü⒈", "ü/", "ü@", "ü\u2044", "½"),
    *("𝛓", "ϲ", "ς𝛓", "Ⴀ", "Ꭰ", "ꭰ", "\u0378", "ü\ue000", "ü\ufffe", "ü\U000e0041", "ẞ"),
    *("ü" * 64, "\ufdfa" * 20),
]


@pytest.mark.parametrize("label", REFUSED, ids=ascii)
def test_labels_that_are_refused(db: Database, label: str) -> None:
    assert db.value("select private.to_ascii(%s)", label) is None


@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.proof)])
@pytest.mark.parametrize("around", ["{}", "ς{}", "א{}א", "{}-{}\u0308"])
def test_no_letter_makes_another_domain(db: Database, around: str, step: int) -> None:
    """Every code point of the planes that have letters, alone and beside others; of those beside
    others a sample in `make test`.
    """
    rows = db.rows(
        "select * from (select s, private.to_ascii(s) as a from ("
        "   select replace(%s, '{}', chr(n)) as s from generate_series(128, 205743, %s) as n"
        "   where n not between 55296 and 57343 and n not between 131072 and 194559"
        # Not all that is Chinese or Korean beside others.
        "   and (%s = '{}' or n not between 13500 and 40800 and n not between 44100 and 55100)"
        " ) as _) as _ where a is not null",
        around,
        1 if around == "{}" else step,
        around,
    )
    assert len(rows) > 1_000 / step
    assert_same(rows)


SCRIPTS = [
    *((0x21, 0x7E), (0xC0, 0x17F), (0x180, 0x24F), (0x2B0, 0x36F), (0x370, 0x3FF), (0x400, 0x52F)),
    *((0x531, 0x58F), (0x590, 0x5F4), (0x600, 0x6FF), (0x750, 0x77F), (0x900, 0x97F)),
    *((0xE00, 0xE5B), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x1C80, 0x1CBF), (0x1E00, 0x1EFF)),
    *((0x1F00, 0x1FFF), (0x2000, 0x206F), (0x2100, 0x214F), (0x3000, 0x30FF), (0x4E00, 0x9FFF)),
    *((0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFB00, 0xFDFF), (0xFE70, 0xFFEF), (0x1D400, 0x1D7FF)),
]


def test_no_label_becomes_another_domain(db: Database) -> None:
    """Labels of one script or two, with all characters, composed and not."""
    draw = random.Random(46)
    labels = []
    for _ in range(12_000):
        scripts = draw.sample(SCRIPTS, draw.choice([1, 1, 1, 2]))
        letters = [chr(draw.randint(*draw.choice(scripts))) for _ in range(draw.randint(1, 8))]
        letters += draw.choices("az09-", k=draw.choice([0, 0, 1, 2]))
        if draw.random() < 0.3:
            draw.shuffle(letters)
        label = "".join(letters)
        labels += [label, unicodedata.normalize("NFD", label), label.upper(), label.lower()]
    labels = [label for label in labels if not label.isascii()]
    rows = db.rows(
        "select s, a from (select s, private.to_ascii(s) as a from unnest(%s::text[]) as s) as _"
        " where a is not null",
        labels,
    )
    assert len(rows) > 5_000
    assert_same(rows)


def converted(label: str) -> str | None:
    try:
        return idna.encode(label, uts46=True, transitional=False).decode()
    except UnicodeError:
        return None


def assert_same(rows: list[dict[str, str]]) -> None:
    """No answer of the database is another than that of idna."""
    different = [
        (ascii(row["s"]), row["a"], converted(row["s"]))
        for row in rows
        # The length of a label is for is_email to see.
        if row["a"] != converted(row["s"]) and len(row["a"]) <= 63
    ]
    assert different == []


# ---- addresses ---------------------------------------------------------------------------------

# HTML, "valid email address".
HTML = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)


def test_what_is_an_address_is_what_browsers_say(db: Database) -> None:
    locals_ = ["a", "a.b", ".a", "a.", "a..b", "-a-", "", "l" * 64, "l" * 65, "a@b", "A"]
    locals_ += [f"x{c}y" for c in map(chr, range(1, 128))]
    labels = ["a", "-a", "a-", "a-b", "a--b", "", "1", "d" * 63, "d" * 64, "A", "a_b", "a'b"]
    lasts = ["com", "c", "1", "12", "c1", "1c", "com-", "-com", "xn--p1ai", "co_m", ""]
    domains = [*labels, *(".".join(pair) for pair in product(labels, lasts))]
    domains += [f"x{c}y.com" for c in map(chr, range(1, 128))] + [
        "a." * n + "com" for n in (3, 130)
    ]
    sent = [f"{left}@example.com" for left in locals_] + [f"a@{domain}" for domain in domains]
    sent += [f"{'l' * 64}@{'d.' * n}com" for n in range(90, 96)]

    def is_address(text: str) -> bool:
        left, _, right = text.partition("@")
        last = right.split(".")[-1]
        return (
            HTML.fullmatch(text) is not None
            # Dot-atom (RFC 5321), and what the domain name system and its top level know.
            and not re.search(r"^\.|\.\.|\.$", left)
            and len(left) <= 64
            and len(text) <= 254
            and "." in right
            and len(last) > 1
            and not last.isdigit()
        )

    rows = db.rows(
        "select s, private.is_email(private.normalize_email(s)) as found"
        " from unnest(%s::text[]) as s",
        sent,
    )
    wrong = [row["s"] for row in rows if row["found"] != is_address(row["s"].strip(BLANKS))]
    assert wrong == []
    assert sum(row["found"] for row in rows) > 100


def test_is_email_takes_the_stored_form_alone(db: Database) -> None:
    others = ["A@example.com", "a@Example.com", " a@example.com", "a@bücher.example", "ä@b.example"]
    for other in [*others, None]:
        assert db.value("select private.is_email(%s)", other) is False


CANONICAL = {
    "Jane@MÜLLER.Example": "jane@xn--mller-kva.example",
    "jane@mu\u0308ller.example": "jane@xn--mller-kva.example",
    "jane@XN--Mller-KVA.example": "jane@xn--mller-kva.example",
    "a@straße.de": "a@xn--strae-oqa.de",
    "a@ελλάς.gr": "a@xn--hxarsa0b.gr",
    "a@ΕΛΛΆΣ.gr": "a@xn--hxarsa5b.gr",
    "a@مثال.إختبار": "a@xn--mgbh0fb.xn--kgbechtv",
    "a@例え。テスト": "a@xn--r8jz45g.xn--zckzah",
    "a@mail．example｡com": "a@mail.example.com",
    # As every browser and mail program reads them.
    "a@\u212aelvin.example": "a@kelvin.example",
    "a@\u0130stanbul.example": "a@xn--istanbul-o0e.example",
    # Before the @ nothing folds into ASCII.
    "\u212aelvin@example.com": "\u212aelvin@example.com",
    "\u0130@example.com": "\u0130@example.com",
    "ÄB@BÜCHER.example": "Äb@bÜcher.example",
    "a＠example.com": "a＠example.com",
    "a@b@bücher.example": "a@b@bücher.example",
    " oops ": "oops",
}


@pytest.mark.parametrize(("sent", "stored"), list(CANONICAL.items()), ids=ascii)
def test_the_stored_form(db: Database, sent: str, stored: str) -> None:
    assert db.value("select private.normalize_email(%s)", sent) == stored
    assert db.value("select private.normalize_email(%s)", stored) == stored
    # Everything that the database regards as a letter.
    assert db.value('select private.normalize_email(%s collate "C")', sent) == stored


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_blanks_and_invisible_marks_around_are_trimmed(db: Database, blank: str) -> None:
    sent = f"{blank}{blank}Jane@example.com{blank}"
    assert db.value("select private.normalize_email(%s)", sent) == "jane@example.com"
    assert db.value("select private.trim_blanks(%s)", f" {blank}a b{blank}") == "a b"
    inside = f"ja{blank}ne@example.com"
    assert not db.value("select private.is_email(private.normalize_email(%s))", inside)


def test_normalizing_twice_changes_nothing(db: Database) -> None:
    for around in ("a{}b", "a@b{}c.de", "{}a@bü.de"):
        sql = (
            "select count(*) from generate_series(1, 65535) as n,"
            " lateral (select private.normalize_email(replace(%s, '{}', chr(n))) as once) as _"
            # Not all that is Chinese or Korean: they are all alike.
            " where n not between 20000 and 63743 and private.normalize_email(once) <> once"
        )
        assert db.value(sql, around) == 0, around


@pytest.mark.parametrize(
    ("email", "calls"),
    [
        ("Candidate.Name+tag@Mail.Example.com", {}),
        ("x" * 1_000_000, {}),
        ("ü" * 100_000 + "@example.com", {}),
        ("a@" + "ü" * 100_000 + ".example", {}),
        ("a@" + "ü." * 50_000, {}),
        (" a@example.com", {"trim_blanks": 1}),
        ("a@" + "ü" * 300 + ".de", {"trim_blanks": 1, "to_ascii": 1}),
        ("a@" + "☃." * 150, {"trim_blanks": 1, "to_ascii": 1}),
        ("a@münchen.de", {"trim_blanks": 1, "to_ascii": 2, "to_punycode": 1}),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_what_an_address_costs(db: Database, email: str, calls: dict[str, int]) -> None:
    """Plain ones nothing but a look, and long ones no more."""
    with db.superuser():
        db.run("set local track_functions = 'pl'")
    db.value("select private.is_email(private.normalize_email(%s))", email)
    rows = db.rows("select funcname, calls from pg_stat_xact_user_functions")
    found = {row["funcname"]: row["calls"] for row in rows}
    assert found == {"normalize_email": 1, "is_email": 1, **calls}


# ---- one mailbox, one invite -------------------------------------------------------------------

SPELLINGS = ["jane@müller.example", "jane@xn--mller-kva.example"]


@pytest.mark.parametrize(("invited", "account"), [SPELLINGS, SPELLINGS[::-1]])
def test_a_code_opens_for_either_spelling(
    db: Database, scene: Scene, invited: str, account: str
) -> None:
    invite = db.invite(scene.recruiter, scene.interview, invited)
    assert invite["email"] == SPELLINGS[1]
    candidate = db.account(account)
    assert db.accept(candidate, invite["invite_code"])["status"] == "active"


def test_both_spellings_are_one_invite(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter)
    sql = "select public.create_invites(%s, %s)"
    assert [row["outcome"] for row in db.value(sql, scene.interview, SPELLINGS)] == [
        "created",
        "duplicate_in_request",
    ]
    db.pass_time("11 minutes")
    db.as_user(scene.recruiter)
    for spelling in SPELLINGS:
        (row,) = db.value(sql, scene.interview, [spelling])
        assert row["outcome"] == ("renewed" if spelling == SPELLINGS[0] else "unchanged")


def test_of_two_accounts_of_one_mailbox_the_first_wins(db: Database, scene: Scene) -> None:
    first, second = map(db.account, SPELLINGS)
    invite = db.invite(scene.recruiter, scene.interview, SPELLINGS[0])
    assert db.accept(first, invite["invite_code"])["status"] == "active"
    db.as_user(second)
    refusal = db.refused("select public.accept_invite(%s)", invite["invite_code"])
    assert refusal.slug == "invite_used"


@pytest.mark.parametrize(
    "email", ["用户@example.com", "jörg@example.com", "\u212aelvin@example.com"]
)
def test_who_could_not_sign_up_is_not_invited(db: Database, scene: Scene, email: str) -> None:
    row = db.invite(scene.recruiter, scene.interview, email)
    assert (row["email"], row["outcome"]) == (email, "invalid_email")

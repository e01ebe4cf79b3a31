"""Three hundred candidates of one interview, in every state and with every kind of address."""

import csv
import io
import json

from playwright.sync_api import FilePayload

from tests.browser.answers import join
from tests.browser.site import Interview, Site

QUESTIONS = [
    "Tell us about something you built. What would you do differently today?",
    "מה הדבר הראשון שאתה בודק כשאתה קורא קוד של אחרים?",
    "A page jumps while it loads. How do you find out why?",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft?",
    "Anything else?",
]
LABEL = "donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbau"
LONGEST = f"@{LABEL}.{LABEL}.{LABEL}.of.ours.example"
# Each with what stands before the @ and before it, a number; and with the candidate's name. Eleven
# of them beside thirteen states: each comes in each.
SHAPES = [
    ("jane.doe-{}@example.com", "Jane Doe"),
    ("{:a<64}" + LONGEST, 'Maximiliane "Maxi" von und zu Hohenlohe-Langenburg'),
    ("abcdefghijklmnopqrstuvwxyz.abcdefghijklmnopqrstuvwxyz{}@example.com", "Al Phabet"),
    ("yael{}@example.org", "יעל בן־דוד"),
    ("jan.novak+{}@personalvermittlung-nord.example.com", ""),
    ("hr{}@müller-lüdenscheidt.example", "Jürgen Müller-Lüdenscheidt"),
    ("omar{}@x.example", "عمر (Omar) بن الخطاب الفاروق"),
    ("o'neil-{}@example.com", 'Shaquille "Shaq" O\'Neil, Jr.'),
    ("n{}@subsidiary.of-a-holding.with-a-long-name.example", "N" * 100),
    ("li{}@例え.example", "李小龍"),
    ("candidate{}@example.com", "<b>Roe</b>, Rick"),
]
# What is written over an invite and, where they have joined, over its participant.
STATES: dict[str, tuple[str, str]] = {
    "sent": ("delivery_status = 'accepted', delivery_at = now()", ""),
    "queued": ("delivery_error = '450 4.2.1 mailbox busy'", ""),
    "failed": (
        "delivery_status = 'failed', delivery_error = '550 5.1.1 <' || i.email || '>: recipient "
        "address rejected: user unknown in virtual mailbox table'",
        "",
    ),
    "expired": ("status = 'expired', expires_at = now(), delivery_status = 'accepted'", ""),
    "revoked": (
        "status = 'expired', expires_at = now(), revoked_at = now(), delivery_status = 'cancelled'",
        "",
    ),
    "unsubscribed": ("delivery_status = 'accepted'", ""),
    "renewal": ("status = 'expired', expires_at = now(), renewal_requested_at = now()", ""),
    "joined": ("status = 'accepted', accepted_at = now()", "answered = 0"),
    "answering": ("status = 'accepted', accepted_at = now()", "answered = 3"),
    "completed": (
        "status = 'completed', accepted_at = now(), completed_at = now()",
        "status = 'completed', completed_at = now(), answered = 4",
    ),
    "withdrawn": (
        "status = 'accepted', accepted_at = now(), withdrawn_at = now()",
        "status = 'withdrawn'",
    ),
    "deleted": (
        "status = 'completed', accepted_at = now(), completed_at = now()",
        "status = 'completed', completed_at = now(), responses_deleted_at = now()",
    ),
    "unknown": (
        "status = 'completed', accepted_at = now(), completed_at = now()",
        "status = 'completed', completed_at = now(), responses_expired_at = now(),"
        " invite_id = null",
    ),
}


def candidates(last: str) -> list[tuple[str, str]]:
    """Their addresses and names; the last one has an account."""
    shapes = [SHAPES[number % len(SHAPES)] for number in range(299)]
    listed = [(email.format(number), name) for number, (email, name) in enumerate(shapes)]
    return [*listed, (last, "Anna Answers")]


def file_of(*rows: tuple[str, ...]) -> FilePayload:
    """As a spreadsheet saves them."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}


def state_of(number: int) -> str:
    """The state that a candidate is brought into, counted from 0."""
    return list(STATES)[number % len(STATES)]


def bring_into_states(site: Site, interview_id: str, people: list[tuple[str, str]]) -> None:
    """All but the last, whose account answers itself."""
    values = json.dumps(
        [[number, email, state_of(number)] for number, (email, _) in enumerate(people[:-1])]
    ).replace("'", "''")
    changes = "".join(
        f"update interview_invites i set {invite} from known k where k.id = i.id and k.state = "
        f"'{state}';"
        + (
            "insert into interview_participants (interview_id, recruiter_id, user_id, invite_id, "
            "joined_at) select i.interview_id, i.recruiter_id, k.user_id, i.id, i.created_at "
            f"from interview_invites i join known k using (id) where k.state = '{state}';"
            f"update interview_participants p set {participant} from known k "
            f"where k.user_id = p.user_id and k.state = '{state}';"
            if participant
            else ""
        )
        for state, (invite, participant) in STATES.items()
    )
    site.sql(f"""begin;
        create temporary table known as
          select i.id, v.value ->> 2 as state, (v.value -> 0)::integer as number,
                 gen_random_uuid() as user_id, i.email::text, i.recruiter_id
          from jsonb_array_elements('{values}') as v
          join interview_invites i on i.interview_id = '{interview_id}'
            and i.email = private.normalize_email(v.value ->> 1);
        insert into auth.users (id, aud, role, email, email_confirmed_at, is_anonymous, is_sso_user,
            raw_user_meta_data, raw_app_meta_data)
          select user_id, 'authenticated', 'authenticated', email, now(), false, false,
            '{{}}', '{{}}'
          from known;
        delete from private.jobs j using known k where j.subject = k.id;
        set session_replication_role = replica;
        update interview_invites i set created_at = now() - number * interval '1 minute',
            delivery_status = 'queued', delivery_error = null
          from known k where k.id = i.id;
        {changes}
        insert into private.unsubscribes (address_key, recruiter_id)
          select private.address_key(email), recruiter_id from known where state = 'unsubscribed';
        commit
    """)


def answer(site: Site, recruiter: str, interview_id: str, email: str) -> None:
    """The candidate with the account joins, answers all but the last question, and submits."""
    code = site.sql(
        f"select invite_code from interview_invites where interview_id = '{interview_id}' "
        f"and email = '{email}'"
    )
    candidate = join(site, recruiter, email, Interview(interview_id, "", {email: code.strip()}))
    candidate.record(1)
    candidate.write(2)
    candidate.record(3, "audio/webm")
    candidate.write(4)
    candidate.end()

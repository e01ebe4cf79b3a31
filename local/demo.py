"""The main story, played over HTTP with real parts: Auth, PostgREST, Storage, service, mailbox.

Every step says what happened and raises LocalError if it did not go as promised.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_string
from email.policy import default
from textwrap import fill, indent
from typing import Any

import httpx

from local.environment import Environment
from local.people import PASSWORD, RECRUITER, mails, sign_up
from local.processes import LocalError
from local.recordings import MIME_TYPE, RECORDINGS, Recording
from local.uploading import Upload, begin

TITLE = "Frontend Developer Assessment"
QUESTIONS = ["Tell me about your experience with React", "Describe a challenging project"]
SETTINGS = [
    {"max_seconds": 60, "max_takes": 2, "required": True},
    {"max_seconds": 120, "max_takes": 3, "required": True},
]
# The recruiter's player asks for a part at a time.
PART_BYTES = 200_000
CANDIDATES = ["candidate1@example.com", "candidate2@example.com"]
STRANGER = "stranger@example.com"

Say = Callable[[str], None]


def play(environment: Environment, say: Say) -> None:
    """Play all steps and describe each; LocalError at the first that does not go as promised."""
    say(f"\n1. {RECRUITER}, a recruiter, signs in and creates an interview.")
    recruiter = sign_in(environment, RECRUITER, "Rita Recruiter")
    interview, codes = create_interview(recruiter, say)
    first, second = (codes[email] for email in CANDIDATES)

    say("\n2. The emails arrive; the first one reads:\n")
    say(as_read(wait_for_mail(environment, CANDIDATES[0], first)))
    wait_for_mail(environment, CANDIDATES[1], second)
    say(f"\n   {CANDIDATES[1]} got the same, with the code {second}.")

    say("\n3. The company's backend, not sure whether the email went out, asks for it again.")
    deliver_again(environment, CANDIDATES[0], first, say)

    say(f"\n4. {CANDIDATES[0]} signs up, confirms the address and redeems {first}.")
    carol = sign_in(environment, CANDIDATES[0], "Carol Candidate")
    questions = join(carol, interview, first, say)

    say(f"\n5. {CANDIDATES[0]} agrees to be recorded, answers both questions and submits.")
    consent(carol, interview, say)
    answer_all(carol, questions, say)
    submit(carol, interview, say)

    wrong = f"{(int(second) + 1) % 1_000_000:06}"
    say(f"\n6. {CANDIDATES[1]} signs up and mistypes the code: {wrong} instead of {second}.")
    mistyped = guess(sign_in(environment, CANDIDATES[1], "Chris Candidate"), wrong, say)

    say(f"\n7. {STRANGER} has got hold of the right code {second}, and tries it.")
    stranger = sign_in(environment, STRANGER, "Sam Stranger")
    stolen = guess(stranger, second, say)
    if mistyped.status_code == stolen.status_code:
        expect(
            "the same bytes as for a wrong code", mistyped.content == stolen.content, stolen.text
        )
        say("   Byte for byte the same as for a wrong code; nothing reveals that this one exists.")
    seen = stranger.rows("interviews")
    expect("no interview for the stranger", not seen, seen)
    say("   Nor does the stranger see any interview.")

    say("\n8. The recruiter looks at the interview.")
    show_table(recruiter, interview, say)

    say(f"\n9. The recruiter watches the second answer of {CANDIDATES[0]}.")
    response = watch(recruiter, interview, say)

    say("\n10. Software has written down what they say.")
    read_transcript(recruiter, response, say)
    say("\nEvery step went as it should.")


@dataclass(frozen=True)
class Person:
    """A signed-in person, who talks to the Data API and to Storage as a browser does."""

    api: str
    storage: str
    headers: dict[str, str]

    def call(self, function: str, **arguments: Any) -> httpx.Response:
        """Call a SQL function."""
        url = f"{self.api}/rpc/{function}"
        return httpx.post(url, headers=self.headers, json=arguments, timeout=30)

    def rows(self, table: str, **parameters: str) -> list[dict[str, Any]]:
        """Read rows; parameters are PostgREST's."""
        url = f"{self.api}/{table}"
        answer = httpx.get(url, headers=self.headers, params=parameters, timeout=30)
        rows: list[dict[str, Any]] = value(answer)
        return rows


# ---- the steps ---------------------------------------------------------------------------------


def create_interview(recruiter: Person, say: Say) -> tuple[str, dict[str, str]]:
    """Interview, questions and invites in one call; returns its id and the code of each address."""
    made = value(
        recruiter.call(
            "create_interview",
            title=TITLE,
            questions=QUESTIONS,
            question_settings=SETTINGS,
            emails=CANDIDATES,
        )
    )
    say(f"   “{TITLE}”")
    for question, settings in zip(made["questions"], SETTINGS, strict=True):
        say(
            f"   {question['order_index']}. {question['question']}: "
            f"at most {settings['max_seconds']} seconds"
        )
    for invite in made["invites"]:
        expect("a new invite", invite["outcome"] == "created", invite)
        say(f"   invited {invite['email']}, code {invite['invite_code']}")
    return made["interview_id"], {row["email"]: row["invite_code"] for row in made["invites"]}


def deliver_again(environment: Environment, email: str, code: str, say: Say) -> None:
    """The backend's call: it must report success without sending a second email."""
    answer = httpx.post(
        f"{environment.service_url}/send-interview-invite",
        headers={"Authorization": f"Bearer {environment.service_api_key}"},
        json={
            "email": email,
            "invite_code": code,
            "interview_title": TITLE,
            "recruiter_name": "Rita Recruiter",
        },
        timeout=30,
    )
    said = value(answer)
    expect("success", answer.status_code == 200 and said["success"], said)
    say(f"   {answer.status_code}: {said['message']}")
    arrived = len(invitations(environment, email, code))
    expect("one email", arrived == 1, arrived)
    say("   There is still one email: it had already been sent.")


def join(candidate: Person, interview: str, code: str, say: Say) -> list[dict[str, Any]]:
    """Redeem the code and read the questions, which are returned."""
    joined = value(candidate.call("accept_invite", code=code))
    expect("the interview of the email", joined["interview_id"] == interview, joined)
    again = value(candidate.call("accept_invite", code=code))
    expect("the same answer when repeated", again == joined, again)
    say(f"   Joined “{joined['title']}”, which asks:")
    questions = candidate.rows(
        "interview_questions", interview_id=f"eq.{interview}", order="order_index"
    )
    asked = [question["question"] for question in questions]
    expect("the questions in their order", asked == QUESTIONS, asked)
    for question, settings in zip(questions, SETTINGS, strict=True):
        given = {name: question[name] for name in settings}
        expect("the recruiter's settings", given == settings, given)
        say(
            f"   - {question['question']} "
            f"({question['max_seconds']} seconds, {question['max_takes']} takes)"
        )
    return questions


def consent(candidate: Person, interview: str, say: Say) -> None:
    """Agree to be recorded, and to a transcript."""
    given = value(
        candidate.call("set_consent", interview_id=interview, recording=True, analysis=True)
    )
    expect("consent to both", given["recording"] and given["analysis"], given)
    say("   Agreed to the recording, and to software that writes down what they say.")


def answer_all(candidate: Person, questions: list[dict[str, Any]], say: Say) -> None:
    """Upload a recording for each question; during the second one the line is lost."""
    first, second = questions
    upload = started(candidate, first, RECORDINGS[0])
    upload.send()
    say(f"   First answer: {told(RECORDINGS[0])}, uploaded.")

    upload = started(candidate, second, RECORDINGS[1])
    say(f"   Second answer: {told(RECORDINGS[1])}. Halfway through, the line is lost.")
    upload.send_until(len(upload.content) // 2)
    arrived = upload.arrived()
    expect("a part of the recording", arrived < len(upload.content), arrived)
    upload.send(arrived)
    say(f"   The upload goes on from byte {arrived:,}, and finishes.")


def started(candidate: Person, question: dict[str, Any], recording: Recording) -> Upload:
    """Start a response to a question, and announce its recording to Storage."""
    response = value(
        candidate.call("start_response", question_id=question["id"], mime_type=MIME_TYPE)
    )
    content = recording.video.read_bytes()
    expect("room for the recording", len(content) <= response["max_bytes"], response)
    return begin(
        candidate.storage,
        candidate.headers,
        response["bucket"],
        response["path"],
        content,
        MIME_TYPE,
        recording.seconds,
    )


def told(recording: Recording) -> str:
    """The length and size of a recording."""
    return f"{recording.seconds:.0f} seconds, {recording.video.stat().st_size:,} bytes"


def submit(candidate: Person, interview: str, say: Say) -> None:
    """Complete the interview; from now on the recruiter sees the answers."""
    done = value(candidate.call("complete_interview", interview_id=interview))
    expect("a completed interview", done["status"] == "completed", done)
    say("   Submitted: from now on the recruiter can watch the answers.")


def guess(person: Person, code: str, say: Say) -> httpx.Response:
    """Try a code that must be refused; returns the answer."""
    answer = person.call("accept_invite", code=code)
    slug = answer.json().get("details")
    # After six demos in 15 minutes, the limit on wrong codes applies.
    refusals = {(404, "invite_not_found"), (429, "too_many_attempts")}
    expect("a refusal", (answer.status_code, slug) in refusals, answer.text)
    say(f"   Refused with {answer.status_code} {slug}: {answer.json()['message']}")
    say(f"   What to do: {answer.json()['hint']}")
    return answer


def show_table(recruiter: Person, interview: str, say: Say) -> None:
    """What the recruiter sees in the end; it must match what happened."""
    invites = recruiter.rows("interview_invites", interview_id=f"eq.{interview}", order="email")
    say(f"   {'candidate':<26}{'code':<10}{'invite':<12}{'email':<12}completed (UTC)")
    for row in invites:
        completed = (row["completed_at"] or "-")[:16].replace("T", " ")
        say(
            f"   {row['email']:<26}{row['invite_code']:<10}{row['status']:<12}"
            f"{row['delivery_status']:<12}{completed}"
        )
    statuses = [row["status"] for row in invites]
    expect("one completed, one pending", statuses == ["completed", "pending"], statuses)
    deliveries = {row["delivery_status"] for row in invites}
    expect("both emails accepted by the mail server", deliveries == {"accepted"}, deliveries)
    (stats,) = recruiter.rows("interview_stats", interview_id=f"eq.{interview}")
    counts = [stats[name] for name in ("invited", "pending", "joined", "completed")]
    expect("2 invited, 1 pending, 1 joined, 1 completed", counts == [2, 1, 1, 1], counts)
    say(
        f"   {stats['invited']} invited; {stats['joined']} joined ({stats['join_rate']:.0%}); "
        f"{stats['completed']} of those completed ({stats['completion_rate']:.0%})"
    )


def watch(recruiter: Person, interview: str, say: Say) -> str:
    """Find the second answer, ask for a link, and fetch it part by part as a player does.

    Returns the answer's id.
    """
    (candidate,) = recruiter.rows("interview_participants", interview_id=f"eq.{interview}")
    expect("two answered questions", candidate["answered"] == len(QUESTIONS), candidate)
    say(f"   The candidate answered {candidate['answered']} of {len(QUESTIONS)} questions.")
    (response,) = recruiter.rows(
        "interview_responses",
        participant_id=f"eq.{candidate['id']}",
        question=f"eq.{QUESTIONS[1]}",
    )
    (opened,) = value(recruiter.call("open_responses", response_ids=[response["id"]]))
    signed = httpx.post(
        f"{recruiter.storage}/object/sign/{opened['bucket']}/{opened['path']}",
        headers=recruiter.headers,
        json={"expiresIn": 300},
        timeout=30,
    )
    link = f"{recruiter.storage}{value(signed)['signedURL']}"
    parts = []
    for start in range(0, opened["size_bytes"], PART_BYTES):
        part = httpx.get(
            link, headers={"Range": f"bytes={start}-{start + PART_BYTES - 1}"}, timeout=30
        )
        expect("a part of the recording", part.status_code == 206, part.status_code)
        parts.append(part.content)
    whole = RECORDINGS[1].video.read_bytes()
    same = b"".join(parts) == whole
    expect("the recording, byte for byte", same, [len(part) for part in parts])
    say(f"   A link, valid for five minutes, gives it in {len(parts)} parts, byte for byte.")
    say(quoted("They say", RECORDINGS[1].words))
    return str(response["id"])


def read_transcript(recruiter: Person, response: str, say: Say) -> None:
    """Wait for the transcript of an answer, where an analyst is at work."""
    state = value(recruiter.call("analysis_state"))
    if state["transcript"] != "working":
        say("   Nobody transcribes here: the extra `analysis` is not installed.")
        return
    deadline = time.monotonic() + 120
    asked = {"response_id": f"eq.{response}", "step": "eq.transcript"}
    while True:
        (found,) = recruiter.rows("response_analyses", **asked)
        if found["status"] not in ("queued", "running") or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    expect("a transcript", found["status"] == "done" and found["transcript"], found)
    say(quoted(f"{found['engine']} {found['model']} heard", found["transcript"]))
    say("   It makes mistakes and rates nobody; people listen, and judge.")


def quoted(who: str, words: str) -> str:
    """What somebody says, as a paragraph."""
    return fill(f"{who}: “{words}”", 96, initial_indent="   ", subsequent_indent="   ")


# ---- signing in and reading email --------------------------------------------------------------


def sign_in(environment: Environment, email: str, name: str) -> Person:
    """Sign in; if there is no account yet, sign up and confirm the address first."""
    signed_in = session(environment, email)
    if signed_in is None:
        sign_up(environment, email, PASSWORD, full_name=name)
        signed_in = session(environment, email)
    if signed_in is None:
        raise LocalError(f"there is no session for {email}")
    headers = {
        "apikey": environment.supabase_anon_key,
        "Authorization": f"Bearer {signed_in['access_token']}",
    }
    # If PostgREST has no build for this platform, use the Data API of the local Supabase.
    api = environment.postgrest_url or f"{environment.supabase_url}/rest/v1"
    return Person(api, f"{environment.supabase_url}/storage/v1", headers)


def session(environment: Environment, email: str) -> dict[str, Any] | None:
    """A new session from Auth, with its tokens; None if there is no such account."""
    answer = httpx.post(
        f"{environment.supabase_url}/auth/v1/token",
        params={"grant_type": "password"},
        headers={"apikey": environment.supabase_anon_key},
        json={"email": email, "password": PASSWORD},
        timeout=30,
    )
    if answer.status_code == 400:
        return None
    made: dict[str, Any] = value(answer)
    return made


def wait_for_mail(environment: Environment, email: str, code: str) -> dict[str, str]:
    """The invitation with this code, once it has arrived."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if found := invitations(environment, email, code):
            return found[0]
        time.sleep(0.3)
    raise LocalError(f"no invitation with the code {code} arrived for {email} within 20 seconds")


def invitations(environment: Environment, email: str, code: str) -> list[dict[str, str]]:
    """All emails to `email` that contain this code, oldest first."""
    return [mail for mail in mails(environment, email) if code in mail["plain"]]


def as_read(mail: dict[str, str]) -> str:
    """An email as a person reads it, indented."""
    message = message_from_string(mail["source"], policy=default)
    headers = [f"{name}: {message[name]}" for name in ("From", "Reply-To", "To", "Subject")]
    return indent("\n".join([*headers, "", mail["plain"].strip()]), "   | ", lambda _: True)


# ---- what must hold ----------------------------------------------------------------------------


def value(answer: httpx.Response) -> Any:
    """The JSON of a response that must be a success."""
    expect("success", answer.is_success, f"{answer.status_code} {answer.text}")
    return answer.json()


def expect(what: str, holds: bool, instead: object) -> None:
    """LocalError unless it holds."""
    if not holds:
        raise LocalError(f"this step went differently: expected {what}, got {instead}")

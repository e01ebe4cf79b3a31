"""The main job, played with real parts over HTTP: Auth, PostgREST, the service and the mailbox.

Every step says what happened and raises LocalError when it went differently than promised.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from local.processes import LocalError
from local.stack import PASSWORD, RECRUITER, Environment, mails, sign_up

TITLE = "Frontend Developer Assessment"
QUESTIONS = ["Tell me about your experience with React", "Describe a challenging project"]
CANDIDATES = ["candidate1@example.com", "candidate2@example.com"]
STRANGER = "stranger@example.com"

Say = Callable[[str], None]


def play(environment: Environment, say: Say) -> None:
    """Play all steps, telling each; LocalError at the first that goes differently."""
    say("")
    rita = sign_in(environment, RECRUITER, "Rita Recruiter")
    say(f"1. {RECRUITER}, a recruiter, signs in and creates an interview.")
    interview = rita.create_interview(say)

    say("2. The mails arrive.")
    letters = {email: wait_for_mail(environment, email, interview) for email in CANDIDATES}
    show_mail(letters[CANDIDATES[0]], say)
    say(f"   {CANDIDATES[1]} got the like, with the code {code_in(letters[CANDIDATES[1]])}.")
    say("")
    first, second = (code_in(letters[email]) for email in CANDIDATES)
    send_again(environment, CANDIDATES[0], first, say)

    say(f"4. {CANDIDATES[0]} signs up, confirms the address and redeems the code {first}.")
    carol = sign_in(environment, CANDIDATES[0], "Carol Candidate")
    carol.take_interview(interview, first, say)

    wrong = f"{(int(second) + 1) % 1_000_000:06}"
    say(f"5. {CANDIDATES[1]} signs up and mistypes the code: {wrong} instead of {second}.")
    answer = sign_in(environment, CANDIDATES[1], "Chris Candidate").guess(wrong, say)

    say(f"6. {STRANGER} has got hold of the right code {second}, and tries it.")
    stranger = sign_in(environment, STRANGER, "Sam Stranger")
    same = stranger.guess(second, say)
    if answer.status_code == same.status_code:
        expect("the same answer, byte for byte", same.content == answer.content, same.text)
        say("   The same answer, byte for byte: it does not tell that the code exists.")
    expect("no interview for the stranger", stranger.get("interviews") == [], "some")
    say("   Nor does the stranger see any interview.")
    say("")

    say("7. The recruiter looks at the interview.")
    rita.show_table(interview, say)


@dataclass(frozen=True)
class Person:
    """Somebody signed in, who talks to the Data API as a browser does."""

    email: str
    http: httpx.Client

    def call(self, function: str, **arguments: Any) -> httpx.Response:
        """Call a SQL function."""
        return self.http.post(f"/rpc/{function}", json=arguments)

    def get(self, table: str, **parameters: str) -> list[dict[str, Any]]:
        """Read rows."""
        rows: list[dict[str, Any]] = answered(self.http.get(f"/{table}", params=parameters))
        return rows

    # ---- the recruiter -------------------------------------------------------------------

    def create_interview(self, say: Say) -> str:
        """Interview, questions and invites in one call; returns the interview's id."""
        made = answered(
            self.call("create_interview", title=TITLE, questions=QUESTIONS, emails=CANDIDATES)
        )
        say(f"   “{TITLE}”")
        for question in made["questions"]:
            say(f"   {question['order_index']}. {question['question']}")
        for invite in made["invites"]:
            expect("a new invite", invite["outcome"] == "created", invite)
            say(f"   invited {invite['email']} with the code {invite['invite_code']}")
        say("")
        interview: str = made["interview_id"]
        return interview

    def show_table(self, interview: str, say: Say) -> None:
        """What the recruiter sees in the end, which must be what has happened."""
        invites = self.get(
            "interview_invites", interview_id=f"eq.{interview}", order="email", select="*"
        )
        say(f"   {'candidate':<26}{'code':<10}{'invite':<12}{'mail':<12}completed")
        for row in invites:
            completed = (row["completed_at"] or "")[:16].replace("T", " ")
            say(
                f"   {row['email']:<26}{row['invite_code']:<10}{row['status']:<12}"
                f"{row['delivery_status']:<12}{completed or '-'}"
            )
        statuses = [row["status"] for row in invites]
        expect("one completed, one pending", statuses == ["completed", "pending"], statuses)
        deliveries = {row["delivery_status"] for row in invites}
        expect("both mails accepted", deliveries == {"accepted"}, deliveries)
        (stats,) = self.get("interview_stats", interview_id=f"eq.{interview}")
        seen = {name: stats[name] for name in ("invited", "joined", "completed")}
        expect("2 invited, 1 joined, 1 completed", list(seen.values()) == [2, 1, 1], seen)
        say(
            f"   {stats['invited']} invited, {stats['joined']} joined "
            f"({stats['join_rate']:.0%}), {stats['completed']} completed "
            f"({stats['completion_rate']:.0%} of those who joined)"
        )

    # ---- a candidate ---------------------------------------------------------------------

    def take_interview(self, interview: str, code: str, say: Say) -> None:
        """Redeem, read the questions, complete."""
        joined = answered(self.call("accept_invite", code=code))
        expect("the interview of the mail", joined["interview_id"] == interview, joined)
        again = answered(self.call("accept_invite", code=code))
        expect("the same answer when repeated", again == joined, again)
        questions = self.get(
            "interview_questions", interview_id=f"eq.{interview}", order="order_index"
        )
        asked = [question["question"] for question in questions]
        expect("its questions in order", asked == QUESTIONS, asked)
        say(f"   Joined “{joined['title']}”; it asks:")
        for question in asked:
            say(f"   - {question}")
        done = answered(self.call("complete_interview", interview_id=interview))
        expect("a completed interview", done["status"] == "completed", done)
        say("   Answered and completed.")
        say("")

    def guess(self, code: str, say: Say) -> httpx.Response:
        """Try a code that must be refused; returns the answer."""
        answer = self.call("accept_invite", code=code)
        slug = answer.json().get("details")
        # Who plays this six times in a quarter of an hour meets the limit on wrong codes.
        refusals = {(404, "invite_not_found"), (429, "too_many_attempts")}
        expect("a refusal", (answer.status_code, slug) in refusals, answer.text)
        say(f"   Refused, {answer.status_code} {slug}: {answer.json()['message']}")
        say(f"   Way out: {answer.json()['hint']}")
        return answer


def sign_in(environment: Environment, email: str, name: str) -> Person:
    """Sign in, after signing up and confirming the address where there is no account yet."""
    token = access_token(environment, email)
    if token is None:
        sign_up(environment, email, PASSWORD, full_name=name)
        token = access_token(environment, email)
    expect(f"a session for {email}", token is not None, "none")
    headers = {
        "apikey": environment.supabase_anon_key,
        "Authorization": f"Bearer {token}",
    }
    # Where PostgREST has no build, the Data API of the local Supabase stands in.
    base = environment.postgrest_url or f"{environment.supabase_url}/rest/v1"
    return Person(email, httpx.Client(base_url=base, headers=headers, timeout=30))


def access_token(environment: Environment, email: str) -> str | None:
    """A new access token from Auth; None where there is no such account."""
    answer = httpx.post(
        f"{environment.supabase_url}/auth/v1/token",
        params={"grant_type": "password"},
        headers={"apikey": environment.supabase_anon_key},
        json={"email": email, "password": PASSWORD},
        timeout=30,
    )
    if answer.status_code == 400:
        return None
    token: str = answered(answer)["access_token"]
    return token


def wait_for_mail(environment: Environment, email: str, interview: str) -> dict[str, str]:
    """The invitation that arrives for `email`: the newest one, settled within 20 seconds."""
    deadline = time.monotonic() + 20
    started = time.time()
    while time.monotonic() < deadline:
        found = [
            mail
            for mail in mails(environment, email)
            if TITLE in mail["subject"] and sent_since(mail, started - 20)
        ]
        if found:
            return found[-1]
        time.sleep(0.3)
    raise LocalError(f"no invitation to {email} for the interview {interview} arrived in 20 s")

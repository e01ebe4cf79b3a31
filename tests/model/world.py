"""Sections 4 and 6 of the design as a model: what candidates do, and what happens to accounts."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.model.answering import Answering
from tests.model.rows import (
    DAY,
    MINUTES_15,
    Account,
    Caller,
    Invite,
    Participant,
    Refused,
    Said,
    read_code,
)
from tests.model.state import REMOVAL, CodeRequests


class World(Answering):
    """The whole model."""

    # ---- candidates --------------------------------------------------------------------------

    def accept_invite(self, caller: Caller, code: str) -> Any:
        """The only way in for candidates."""
        account = self.confirmed(caller)
        digits = read_code(code)
        if digits is None:
            raise Refused("PT400", "invalid_code")
        requests = self.requests.get(account.id, CodeRequests())
        guesses = [at for at in requests.wrong_guesses if at > self.now - MINUTES_15]
        if len(guesses) >= 5:
            left = guesses[0] + MINUTES_15 - self.now
            return Said(429, "too_many_attempts", seconds(left))
        invite = self.own_invite(account, digits)
        if invite is None:
            requests.wrong_guesses = [*guesses, self.now]
            self.requests[account.id] = requests
            return Said(404, "invite_not_found", 0)
        person = self.redeem(account, invite)
        return {
            "interview_id": lambda: person.interview.id,
            "participant_id": lambda: person.id,
            "invite_id": lambda: invite.id,
            "title": person.interview.title,
            "status": person.status,
        }

    def own_invite(self, account: Account, code: str) -> Invite | None:
        """A code counts only among the invites to one's own address."""
        for invite in self.invites:
            if (invite.email, invite.invite_code) == (account.address, code):
                return invite
        return None

    def redeem(self, account: Account, invite: Invite) -> Participant:
        """Redeeming again changes nothing; another invite is linked; after withdrawing, only a new
        invite lets the candidate back in."""
        person = self.participation(account, invite.interview.id)
        if invite.status == "expired" or invite.is_overdue(self.now):
            raise Refused("PT410", "invite_expired")
        if invite.status != "pending":
            if person is None and not self.is_redeemed(invite):
                raise Refused("PT410", "invite_expired")
            if person is None:
                raise Refused("PT409", "invite_used")
            return person
        takes_part = person is not None and person.status != "withdrawn"
        if not takes_part and not invite.interview.is_open(self.now):
            raise Refused("PT409", "interview_closed")
        if not takes_part and self.is_reviewer(invite.interview, invite.email, account):
            raise Refused("PT409", "is_reviewer")
        if person is None:
            person = Participant(invite.interview, account, invite, self.now)
            self.participants.append(person)
        if person.status == "withdrawn":
            person.status = "active"
        person.invite = invite
        person.candidate_name = invite.candidate_name or person.candidate_name
        invite.status, invite.accepted_at = "accepted", self.now
        if person.status == "completed":
            invite.status, invite.completed_at = "completed", self.now
        return person

    def is_redeemed(self, invite: Invite) -> bool:
        """Whether an account that still exists has joined by an invite to this address."""
        return any(
            p.invite and p.interview is invite.interview and p.invite.email == invite.email
            for p in self.participants
        )

    def resend_my_codes(self, caller: Caller) -> Any:
        """Pending invites are mailed again, once in 15 minutes; for expired ones the recruiter sees
        that a renewal is requested."""
        account = self.confirmed(caller)
        requests = self.requests.get(account.id, CodeRequests())
        if requests.resent_at and requests.resent_at > self.now - MINUTES_15:
            left = requests.resent_at + MINUTES_15 - self.now
            return Said(429, "codes_sent_recently", seconds(left))
        mine = [i for i in self.invites if i.email == account.address]
        pending = [i for i in mine if i.is_pending(self.now) and i.interview.is_open(self.now)]
        for invite in pending:
            self.queue_again(invite)
            self.hurry(invite, asked_for=True)
        renewals = 0
        for interview in {invite.interview for invite in mine}:
            latest = min(
                (invite for invite in mine if invite.interview is interview),
                key=lambda invite: (self.now - invite.created_at, invite.id),
            )
            person = self.participation(account, interview.id)
            takes_part = person is not None and person.status != "withdrawn"
            ended = latest.status == "expired" or latest.is_overdue(self.now)
            lost = latest.status in ("accepted", "completed") and not self.is_redeemed(latest)
            if not takes_part and latest.revoked_at is None and (ended or lost):
                # The recruiter is told once a day.
                asked_at = latest.renewal_requested_at
                if asked_at is None or asked_at <= self.now - DAY:
                    latest.renewal_requested_at = self.now
                renewals += 1
        if pending or renewals:
            requests.resent_at = self.now
            self.requests[account.id] = requests
        return {"queued": len(pending), "renewals_requested": renewals}

    def resubscribe(self, caller: Caller) -> Any:
        """All recruiters' mails come again."""
        account = self.confirmed(caller)
        mine = [p.invite.email for p in self.participants if p.user is account and p.invite]
        keys = [self.address_key(email) for email in (account.address, *mine)]
        stopped = [one for one in self.unsubscribes if one[0] in keys]
        for one in stopped:
            del self.unsubscribes[one]
        return {"recruiters": len({recruiter_id for _, recruiter_id in stopped})}

    # ---- participants ------------------------------------------------------------------------

    def complete_interview(self, caller: Caller, interview_id: UUID) -> Any:
        """The caller submits."""
        return self.move_own(caller, interview_id, "completed")

    def withdraw_from_interview(self, caller: Caller, interview_id: UUID) -> Any:
        """The caller withdraws."""
        return self.move_own(caller, interview_id, "withdrawn")

    def move_own(self, caller: Caller, interview_id: UUID, status: str) -> Any:
        """Both functions."""
        assert caller.user
        person = self.participation(caller.user, interview_id)
        if person is None:
            raise Refused("PT404", "participation_not_found")
        self.move(person, status)
        return {
            "interview_id": str(interview_id),
            "participant_id": str(person.id),
            "status": person.status,
            "completed_at": person.completed_at,
        }

    def update_participant(self, caller: Caller, id: UUID, status: str) -> Any:
        """The existing frontend's way; only one's own."""
        for person in self.participants:
            if person.id == id and person.user is caller.user:
                self.move(person, status)
                return 1
        return 0

    def run_maintenance(self, caller: Caller) -> Any:
        """What time brings about."""
        return {
            "expired": self.expire_overdue(),
            "reminders": self.remind() + self.remind_of_submitting(),
            "submitted": self.submit_late(),
            "responses_expired": self.expire_responses(),
            "invites_expired": 0,  # years later
            "swept": self.sweep(),
            "pruned": self.prune(),
        }

    # ---- erasing -----------------------------------------------------------------------------

    def erase_candidate(self, caller: Caller, candidate_id: UUID) -> Any:
        """All invites to one address, the participation by them and what hangs on it, in one
        interview. Only removals of recordings stay."""
        self.require_recruiter(caller)
        named: list[Invite | Participant] = [*self.invites, *self.participants]
        one = next((one for one in named if one.id == candidate_id), None)
        if one is None or not caller.owns(one.interview):
            raise Refused("PT404", "participant_not_found")
        invite = one.invite if isinstance(one, Participant) else one
        invites = [
            i
            for i in self.invites
            if invite and (i.interview, i.email) == (invite.interview, invite.email)
        ]
        people = [p for p in self.participants if p is one or p.invite in invites]
        responses = [r for r in self.responses if r.participant in people]
        for person in people:
            self.forget(person)
            self.participants.remove(person)
        self.invites = [i for i in self.invites if i not in invites]
        mails = [job for job in self.jobs if job.subject in [*invites, *people]]
        self.jobs = [job for job in self.jobs if job not in mails]
        paths = {response.object_path for response in responses if response.object_path}
        return {
            "participations": len(people),
            "responses": len(responses),
            "invites": len(invites),
            "mails": len(mails),
            "removals_open": sum(job.kind == REMOVAL and job.path in paths for job in self.jobs),
        }

    # ---- accounts ----------------------------------------------------------------------------

    def delete_account(self, caller: Caller, id: UUID) -> Any:
        """Not while it owns interviews; its participations and counters go too, and the jobs about
        them when they are claimed."""
        if any(interview.recruiter.id == id for interview in self.interviews):
            raise Refused("23503")
        deleted = sum(a.id == id for a in self.accounts)
        self.accounts = [a for a in self.accounts if a.id != id]
        for person in [p for p in self.participants if p.user.id == id]:
            self.forget(person)
            self.participants.remove(person)
        self.drop_reviewers([one for one in self.reviewers if one.user and one.user.id == id])
        for review in self.reviews:
            if review.reviewer and review.reviewer.id == id:
                review.reviewer = None
        self.counts = {key: n for key, n in self.counts.items() if key[0] != id}
        self.requests.pop(id, None)
        return deleted

    def change_setting(self, caller: Caller, name: str, value: Any) -> Any:
        """What a DBA may change without touching code."""
        setattr(self.settings, name, value)
        return 1

    def invites_left_today(self, recruiter: Account) -> int:
        """How many more people they may invite."""
        sent = self.counts.get((recruiter.id, self.now.date()), 0)
        return max(self.invites_per_day(recruiter) - sent, 0)

    def statistics(self, recruiter: Account) -> dict[UUID, dict[str, Any]]:
        """interview_stats as a recruiter sees it: it counts people, not rows."""
        return {
            interview.id: self.numbers(interview)
            for interview in self.interviews
            if interview.recruiter is recruiter
        }

    def numbers(self, interview: Any) -> dict[str, Any]:
        """One interview's."""
        mine = [i for i in self.invites if i.interview is interview]
        invited = {invite.email for invite in mine}
        pending = {invite.email for invite in mine if invite.is_pending(self.now)}
        redeemed = {i.email for i in mine if i.status in ("accepted", "completed")}
        people = [p.status for p in self.participants if p.interview is interview]
        completed = people.count("completed")
        return {
            "interview_id": interview.id,
            "title": interview.title,
            "status": interview.status,
            "created_at": interview.created_at,
            "invited": len(invited),
            "pending": len(pending),
            "expired": len(invited - pending - redeemed),
            "joined": len(people),
            "completed": completed,
            "withdrawn": people.count("withdrawn"),
            "join_rate": rate(len(people), len(invited)),
            "completion_rate": rate(completed, len(people)),
            "deadline": interview.deadline,
        }


def seconds(left: timedelta) -> int:
    """Whole seconds to wait, rounded up: the header Retry-After."""
    return -(-left // timedelta(seconds=1))


def rate(part: int, of: int) -> float | None:
    """A fraction to four digits; null of nobody."""
    return round(part / of, 4) if of else None

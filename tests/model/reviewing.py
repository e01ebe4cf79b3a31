"""Section 7 of the design as a model: reviewers, and what they write."""

from typing import Any
from uuid import UUID

from tests.model.inviting import Inviting
from tests.model.rows import (
    MINUTES_10,
    Account,
    Caller,
    Interview,
    Participant,
    Refused,
    Review,
    Reviewer,
    is_email,
    normalize,
    trimmed,
)


class Reviewing(Inviting):
    """Who reviews an interview beside its owner, and the reviews."""

    def confirmed(self, caller: Caller) -> Account:
        """The account, if it exists and its address is confirmed."""
        account = caller.user
        assert account
        if account not in self.accounts:
            raise Refused("PT401", "not_signed_in")
        if not account.confirmed:
            raise Refused("PT403", "email_not_confirmed")
        return account

    def is_candidate(self, interview: Interview, email: str, account: Account | None) -> bool:
        """By a pending invite, or one that is redeemed; or the account, though it has withdrawn."""
        return self.pending(interview, email) is not None or any(
            person.interview is interview
            and (person.user is account or (person.invite and person.invite.email == email))
            for person in self.participants
        )

    def invite_reviewers(self, caller: Caller, interview_id: UUID, emails: list[str | None]) -> Any:
        """One status per address."""
        interview = self.require_interview(caller, interview_id)
        if not emails:
            raise Refused("PT400", "no_emails")
        answer: list[Any] = []
        seen: set[str | None] = set()
        asked = {one.email: one for one in self.reviewers if one.interview is interview}
        mails = 0
        for sent in emails:
            email = normalize(sent)
            status = self.status_of(interview, email, asked.get(email or ""), email in seen)
            seen.add(email)
            if status == "invited":
                assert email
                asked[email] = Reviewer(interview, email, self.now)
                self.reviewers.append(asked[email])
            if status in ("invited", "invited_again"):
                asked[email or ""].invited_at = self.now
                self.queue_reviewer_mail(asked[email or ""])
                mails += 1
            answer.append(self.asked(interview, sent, status, asked.get(email or "")))
        self.count(caller, mails)
        return answer

    def status_of(
        self, interview: Interview, email: str | None, known: Reviewer | None, is_double: bool
    ) -> str:
        """But for those who have unsubscribed."""
        if email is None or not is_email(email):
            return "invalid_email"
        if is_double:
            return "duplicate_in_request"
        if email == interview.recruiter.address:
            return "is_owner"
        if known is None:
            return "is_candidate" if self.is_candidate(interview, email, None) else "invited"
        if known.user:
            return "already_reviewer"
        return "unchanged" if known.invited_at > self.now - MINUTES_10 else "invited_again"

    def asked(
        self, interview: Interview, sent: str | None, status: str, known: Reviewer | None
    ) -> dict[str, Any]:
        """One status as it is answered; the id is read once it is drawn."""
        email = sent if status == "invalid_email" else normalize(sent)
        waits = status in ("invited", "invited_again", "unchanged")
        named = known if waits or status == "already_reviewer" else None
        if waits and self.is_unsubscribed(interview.recruiter.id, email):
            status = "unsubscribed"
        return {"email": email, "status": status, "reviewer_id": lambda: named and named.id}

    def join_reviews(self, caller: Caller) -> Any:
        """Binds what was sent to the address, but for interviews of their own, and those in which
        they are a candidate."""
        account = self.confirmed(caller)
        for one in self.reviewers:
            if (
                (one.email, one.user) == (account.address, None)
                and one.interview.recruiter is not account
                and not self.is_candidate(one.interview, one.email, account)
                and not self.is_reviewer(one.interview, None, account)
            ):
                one.user, one.joined_at = account, self.now
                one.reviewer_name = account.full_name
        mine = [
            one
            for one in self.reviewers
            if one.user is account and one.interview.recruiter is not account
        ]
        mine.sort(key=lambda one: (self.now - (one.joined_at or self.now), str(one.interview.id)))
        return [self.to_review(one, account) for one in mine]

    def to_review(self, one: Reviewer, account: Account) -> dict[str, Any]:
        """One interview, with the counts of candidates."""
        completed = [
            person
            for person in self.participants
            if person.interview is one.interview and person.status == "completed"
        ]
        done = [
            review
            for review in self.reviews
            if review.participant in completed
            and review.reviewer is account
            and review.is_submitted
        ]
        return {
            "interview_id": str(one.interview.id),
            "title": one.interview.title,
            "recruiter_name": one.interview.recruiter.full_name or "HireVision",
            "joined_at": one.joined_at,
            "to_review": len(completed) - len(done),
            "reviewed": len(done),
        }

    def remove_reviewer(self, caller: Caller, id: UUID) -> Any:
        """By the owner; the reviews stay."""
        return self.drop_reviewers(
            [one for one in self.reviewers if one.id == id and caller.owns(one.interview)]
        )

    def save_note(self, caller: Caller, participant_id: UUID, note: str, submit: bool) -> Any:
        """A review without ratings, of an interview without criteria; 1, as the call is a row."""
        person = next((p for p in self.participants if p.id == participant_id), None)
        if person is None or not self.may_review(caller, person.interview):
            raise Refused("PT404", "participant_not_found")
        if person.status != "completed":
            raise Refused("PT409", "not_completed")
        self.save(person, caller.user, trimmed(note), submit)
        return 1

    def may_review(self, caller: Caller, interview: Interview) -> bool:
        """The owner, and who has joined as a reviewer."""
        return caller.owns(interview) or self.is_reviewer(interview, None, caller.user)

    def save(self, person: Participant, account: Account | None, note: str, submit: bool) -> None:
        """A draft, until it is submitted; then it needs a note."""
        assert account
        own = [r for r in self.reviews if r.participant is person and r.reviewer is account]
        was_submitted = any(review.is_submitted for review in own)
        if (submit or was_submitted) and not note:
            raise Refused("PT409", "ratings_missing")
        if not own:
            own = [Review(person, account, "", note, self.now)]
            self.reviews += own
        (review,) = own
        review.is_changed = review.is_changed or (was_submitted and review.note != note)
        review.note, review.is_submitted = note, was_submitted or submit
        review.reviewer_name = account.full_name or account.address

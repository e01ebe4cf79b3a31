"""What maintenance does in the model because time passes: expiry, reminders, pruning."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tests.model.mailing import Mailing
from tests.model.recipients import address
from tests.model.rows import MINUTES_10, Invite, Participant
from tests.model.state import REMINDER

# Between two reminders; runs are not exact.
A_DAY = timedelta(hours=23)


class Upkeep(Mailing):
    """What run_maintenance does with invites, reminders and jobs."""

    def expire_overdue(self) -> int:
        """Invites say so from now on."""
        overdue = [invite for invite in self.invites if invite.is_overdue(self.now)]
        for invite in overdue:
            invite.status = "expired"
        return len(overdue)

    def prune(self) -> int:
        """What has been finished for long."""
        kept_since = self.now - self.settings.outbox_kept_for
        old = [
            job
            for job in self.jobs
            if (job.failed_at and job.failed_at < kept_since)
            or (job.done_at and not job.failed_at and job.done_at < self.now - MINUTES_10)
        ]
        self.jobs = [job for job in self.jobs if job not in old]
        yesterday = self.now.date() - timedelta(days=1)
        self.counts = {key: n for key, n in self.counts.items() if key[1] >= yesterday}
        self.reminder_counts = {
            key: n for key, n in self.reminder_counts.items() if key[1] >= yesterday
        }
        day_ago = self.now - timedelta(days=1)
        self.backend_counts = {
            day: n for day, n in self.backend_counts.items() if day >= self.now.date()
        }
        self.bytes = {key: n for key, n in self.bytes.items() if key[1] >= yesterday}
        self.workers = {key: at for key, at in self.workers.items() if at >= day_ago}
        return len(old)

    def remind(self) -> int:
        """At each distance once, the shortest that is due first: what has been looked at for one
        is not looked at for a longer one."""
        return sum(
            self.remind_of_expiry(distance) + self.remind_of_deadline(distance)
            for distance in sorted(self.settings.reminder_distances)
        )

    def has_come_within(
        self, target: datetime, distance: timedelta, reminded_for: timedelta | None
    ) -> bool:
        """Whether something is to be looked at now, for the first time at this distance."""
        is_near = self.now < target <= self.now + distance
        return is_near and (reminded_for is None or reminded_for > distance)

    def remind_of_expiry(self, distance: timedelta) -> int:
        """Pending invites that do not outlast their interview's deadline."""
        due: list[Invite | Participant] = []
        for invite in self.invites:
            if invite.status == "pending" and self.has_come_within(
                invite.expires_at, distance, invite.reminded_for
            ):
                invite.reminded_for = distance
                deadline = invite.interview.deadline
                if (
                    invite.interview.is_open(self.now)
                    and (deadline is None or deadline >= invite.expires_at)
                    and self.is_due(invite, invite.queued_at, invite.expires_at, distance)
                ):
                    due.append(invite)
        return self.remind_all(REMINDER, due, distance)

    def remind_of_deadline(self, distance: timedelta) -> int:
        """Pending invites that last until the deadline, while the interview is open, and
        participants who have not finished."""
        queued = 0
        for interview in self.interviews:
            deadline = interview.deadline
            if (
                deadline is None
                or interview.status == "completed"
                or not self.has_come_within(deadline, distance, interview.reminded_for)
            ):
                continue
            interview.reminded_for = distance
            due: list[Invite | Participant] = []
            for invite in self.invites:
                if (
                    invite.interview is interview
                    and invite.status == "pending"
                    and interview.is_open(self.now)
                    and invite.expires_at >= deadline
                    and self.is_due(invite, invite.queued_at, deadline, distance)
                ):
                    due.append(invite)
            for person in self.participants:
                if (
                    person.interview is interview
                    and person.status == "active"
                    and self.is_due(person, person.joined_at, deadline, distance)
                ):
                    due.append(person)
            queued += self.remind_all(REMINDER, due, distance)
        return queued

    def is_due(
        self,
        recipient: Invite | Participant,
        since: datetime,
        target: datetime,
        distance: timedelta,
    ) -> bool:
        """Nobody who was mailed, or joined, less than the distance before the reminder was due,
        and nobody who has had it, or one about the same within a day."""
        return since <= target - 2 * distance and not (
            recipient.reminded_at
            and (
                recipient.reminded_at >= target - distance
                or recipient.reminded_at > self.now - A_DAY
            )
        )

    def remind_all(
        self, kind: str, due: Sequence[Invite | Participant], distance: timedelta | None
    ) -> int:
        """A day apart for each address of a recruiter, and no more a day than the recruiter may
        invite. One that still waits says the newer distance."""
        due = sorted(due, key=lambda recipient: recipient.id)
        today = self.now.date()
        admitted: Counter[UUID] = Counter()
        places: Counter[object] = Counter()
        planned: list[tuple[Invite | Participant, datetime]] = []
        for recipient in due:
            recruiter = recipient.interview.recruiter
            if self.last_delivery_failed(recipient) or self.has_unsubscribed(recipient):
                continue
            if is_limited(recipient):
                counted = self.reminder_counts.get((recruiter.id, today), 0)
                if counted + admitted[recruiter.id] >= self.settings.invites_per_day:
                    continue
                admitted[recruiter.id] += 1
            last = self.last_reminder(recipient)
            due_at = max(self.now, last + A_DAY) if last else self.now
            planned.append((recipient, due_at + A_DAY * places[recruiter, address(recipient)]))
            places[recruiter, address(recipient)] += 1
        for recruiter_id, reminders in admitted.items():
            counted = self.reminder_counts.get((recruiter_id, today), 0)
            self.reminder_counts[recruiter_id, today] = counted + reminders
        for recipient in due:
            recipient.reminded_at = self.now
        for recipient, due_at in planned:
            recipient.reminded_at = due_at
            job = self.job(kind, recipient)
            if job is None:
                job = self.queue(kind, recipient.interview.recruiter.id, recipient)
            elif job.lease_token is None:
                self.start_over(job)
            else:
                continue
            job.queued_at = job.due_at = due_at
            job.distance = distance
        return len(planned)


def is_limited(recipient: Invite | Participant) -> bool:
    """Whether it counts for the recruiter's limit: a client made the invite."""
    invite = recipient if isinstance(recipient, Invite) else recipient.invite
    return invite.is_limited if invite else True

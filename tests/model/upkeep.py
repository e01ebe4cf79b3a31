"""What maintenance does in the model because time passes: expiry, reminders, pruning."""

from datetime import datetime, timedelta

from tests.model.mailing import REMINDER, Mailing
from tests.model.things import MINUTES_10, Invite, Participant


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
        day_ago = self.now - timedelta(days=1)
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
        queued = 0
        for invite in self.invites:
            if invite.status == "pending" and self.has_come_within(
                invite.expires_at, distance, invite.reminded_for
            ):
                invite.reminded_for = distance
                deadline = invite.interview.deadline
                if invite.interview.is_open(self.now) and (
                    deadline is None or deadline >= invite.expires_at
                ):
                    queued += self.remind_one(invite, invite.queued_at, invite.expires_at, distance)
        return queued

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
            for invite in self.invites:
                if (
                    invite.interview is interview
                    and invite.status == "pending"
                    and interview.is_open(self.now)
                    and invite.expires_at >= deadline
                ):
                    queued += self.remind_one(invite, invite.queued_at, deadline, distance)
            for person in self.participants:
                if person.interview is interview and person.status == "active":
                    queued += self.remind_one(person, person.joined_at, deadline, distance)
        return queued

    def remind_one(
        self,
        recipient: Invite | Participant,
        since: datetime,
        target: datetime,
        distance: timedelta,
    ) -> bool:
        """Nobody who was mailed, or joined, less than the distance before the reminder was due,
        and nobody who has had it. One that still waits says the newer distance."""
        if since > target - 2 * distance:
            return False
        if recipient.reminded_at and (
            recipient.reminded_at >= target - distance
            or recipient.reminded_at > self.now - timedelta(hours=23)
        ):
            return False
        recipient.reminded_at = self.now
        job = self.job(REMINDER, recipient)
        if job is None:
            job = self.queue(REMINDER, recipient.interview.recruiter.id, recipient)
        elif job.lease_token is None:
            self.start_over(job)
        else:
            return True
        job.distance = distance
        return True

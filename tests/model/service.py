"""What the service, its mail workers and DBAs do next: rules for hypothesis."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.kit.database import Refusal
from tests.model.people import MINUTE, addresses, names, nth, recruiters, written
from tests.model.reviews import Reviews
from tests.model.rows import MINUTES_10, Account, Caller
from tests.model.stage import DAY, SECOND
from tests.model.state import GENERAL, INVITATION, RECEIPT, REMINDER, REVIEWING, SUBMISSION

SERVICE = Caller("service")
WORKERS = st.sampled_from(["one", "two"])
ALL = [INVITATION, REMINDER, GENERAL, SUBMISSION, RECEIPT, REVIEWING]
KINDS = st.sampled_from([ALL, ALL, ALL, [INVITATION], ALL[1:]])
OUTCOMES = st.fixed_dictionaries(
    {
        "outcome": st.sampled_from(["accepted", "accepted", "failed", "retry", "released"]),
        "error": st.sampled_from([None, "550 no such user", "421 later"]),
        "retry_in": st.sampled_from([None, 0, 30, 600]),
    }
)


class Story(Reviews):
    """All rules."""

    # ---- mail --------------------------------------------------------------------------------

    @rule(emails=st.lists(written, max_size=4), name=names)
    def invite_candidates(self, emails: list[str | None], name: str | None) -> None:
        self.call(SERVICE, "invite_candidates", emails=emails, recruiter_name=name)

    @rule(
        kinds=KINDS,
        worker=WORKERS,
        batch=st.sampled_from([50, 50, 3, 2, 1]),
        lease=st.sampled_from([60, 1]),
    )
    def claim_jobs(self, kinds: list[str], worker: str, batch: int, lease: int) -> None:
        self.claimed += self.call(
            SERVICE, "claim_jobs", kinds=kinds, worker=worker, batch=batch, lease_seconds=lease
        )

    @rule(n=nth, other=st.booleans(), lease=st.sampled_from([60, 1]))
    def claim_invite_mail(self, n: int, other: bool, lease: int) -> None:
        invite = self.pick(self.world.invites, n)
        answer = self.call(
            SERVICE,
            "claim_invite_mail",
            email=invite.email if invite and not other else "carl@example.com",
            invite_code=invite.invite_code if invite else "123456",
            worker="web",
            lease_seconds=lease,
        )
        if not isinstance(answer, Refusal) and "mail" in answer:
            self.claimed.append(answer["mail"])

    @precondition(lambda self: self.claimed)
    @rule(n=nth, lease=st.sampled_from([60, 600]))
    def renew_jobs(self, n: int, lease: int) -> None:
        """All jobs of one claim, including those that are settled or claimed by others now."""
        token = self.claimed[-1 - n % len(self.claimed)]["lease_token"]
        self.call(
            SERVICE,
            "renew_jobs",
            lease_token=token,
            job_ids=sorted({job["job_id"] for job in self.claimed}),
            lease_seconds=lease,
        )

    @rule(picks=st.lists(st.tuples(st.integers(0, 8), OUTCOMES), min_size=1, max_size=4))
    def settle_jobs(self, picks: list[tuple[int, dict[str, Any]]]) -> None:
        """Recently claimed jobs, including those that were settled or claimed by others since."""
        jobs = {
            self.claimed[-1 - n % len(self.claimed)]["job_id"]: (n, outcome)
            for n, outcome in picks
            if self.claimed
        }
        results = [
            {
                "job_id": job_id,
                "lease_token": self.claimed[-1 - n % len(self.claimed)]["lease_token"],
                **outcome,
            }
            for job_id, (n, outcome) in jobs.items()
        ]
        self.call(SERVICE, "settle_jobs", results=results)

    @rule(outcome=st.sampled_from(["accepted", "accepted", "failed"]))
    def send_everything(self, outcome: str) -> None:
        """A worker claims due jobs and settles all of them with one result."""
        self.settle_all(self.claim_all(), outcome)

    @rule()
    def mail_server_is_down(self) -> None:
        """Until a mail has met more temporary errors than its patience."""
        for _ in range(6):
            self.settle_all(self.claim_all(), "retry")
            self.time_passes(MINUTES_10)

    def claim_all(self) -> list[dict[str, Any]]:
        """The jobs of one claim."""
        jobs: list[dict[str, Any]] = self.call(
            SERVICE, "claim_jobs", kinds=ALL, worker="one", batch=50, lease_seconds=60
        )
        self.claimed += jobs
        return jobs

    def settle_all(self, jobs: list[dict[str, Any]], outcome: str) -> None:
        """All claimed jobs get the same result."""
        results = [
            {"job_id": job["job_id"], "lease_token": job["lease_token"], "outcome": outcome}
            for job in jobs
        ]
        self.call(SERVICE, "settle_jobs", results=results)

    @rule(kinds=KINDS, seconds=st.sampled_from([30, 600]))
    def pause_jobs(self, kinds: list[str], seconds: int) -> None:
        self.call(SERVICE, "pause_jobs", kinds=kinds, reason="535 wrong password", seconds=seconds)

    @rule(kinds=KINDS)
    def resume_jobs(self, kinds: list[str]) -> None:
        self.call(SERVICE, "resume_jobs", kinds=kinds)

    @rule(kinds=KINDS, since=st.sampled_from([MINUTE, DAY, 10 * DAY]))
    def retry_jobs(self, kinds: list[str], since: timedelta) -> None:
        self.call(SERVICE, "retry_jobs", kinds=kinds, failed_since=self.world.now + SECOND - since)

    @rule()
    def run_maintenance(self) -> None:
        self.call(SERVICE, "run_maintenance")

    # ---- DBAs and Auth -----------------------------------------------------------------------

    @rule(
        setting=st.tuples(st.just("invites_per_day"), st.sampled_from([0, 2, 5, 1000]))
        | st.tuples(st.just("invites_per_day_at_first"), st.sampled_from([2, 300]))
        | st.tuples(st.just("backend_invites_per_day"), st.sampled_from([None, None, 2]))
        | st.tuples(st.just("interviews_per_account"), st.sampled_from([0, 2, 10_000]))
        | st.tuples(st.just("require_recruiter_role"), st.booleans())
        | st.tuples(
            st.just("reminder_distances"),
            st.sampled_from([[], [3 * DAY, DAY], [7 * DAY, 2 * DAY, timedelta(hours=1)]]),
        )
    )
    def change_setting(self, setting: tuple[str, Any]) -> None:
        name, value = setting
        self.write(
            Caller("dba"),
            "change_setting",
            f"update private.settings set {name} = %(value)s",
            name=name,
            value=value,
        )

    @rule(who=recruiters, n=nth, joined=st.booleans())
    def erase_candidate(self, who: str, n: int, joined: bool) -> None:
        """Named by an invite, or by the participation."""
        things = self.world.participants if joined else self.world.invites
        self.call(self.caller(who), "erase_candidate", candidate_id=self.id(things, n))

    @rule(who=st.sampled_from(["ada", "bob", "zoe", "rob"]))
    def delete_account(self, who: str) -> None:
        """Auth deletes the account; its owner may still hold a token."""
        user = self.caller(who).user
        assert user
        answer = self.write(
            Caller("admin"),
            "delete_account",
            "delete from auth.users where id = %(id)s",
            id=user.id,
        )
        if answer == 1:
            self.gone.append(user)

    @rule(email=addresses)
    def somebody_signs_up(self, email: str) -> None:
        """With an address that no other account has."""
        if not any(a.email == email for a in self.world.accounts):
            self.story.append(f"{email} signs up")
            self.sign_up(email)
            self.check(None, None)

    @rule(who=st.sampled_from(["bob", "zoe"]), email=addresses)
    def move_to_another_address(self, who: str, email: str) -> None:
        """Auth changes the address once the new one is confirmed."""
        account: Account | None = self.caller(who).user
        taken = {a.email for a in self.world.accounts}
        if account in self.world.accounts and email not in taken:
            self.story.append(f"{account.email} is {email} from now on")
            with self.db.superuser():
                self.db.run("update auth.users set email = %s where id = %s", email, account.id)
            account.email = email
            self.check(None, None)

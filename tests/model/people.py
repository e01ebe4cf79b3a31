"""What candidates do next, with which arguments, and how time passes: rules for hypothesis.

Things are picked by a number, the latest first, so that examples shrink to few and recent ones;
9 picks one that does not exist.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.model.rows import DAYS_30, MINUTES_10, MINUTES_15, Caller
from tests.model.stage import DAY, SECOND, Stage

UNKNOWN = UUID(int=0)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

# Accounts are created with these names; rita and rob recruit, and rob is invited as well. There
# are two adas: the second writes the same address differently. Nobody has carl's yet.
recruiters = st.sampled_from(["rita", "rita", "rita", "rob", "service", "dba"])
people = st.sampled_from(["rita", "rita", "rob", "ada", "una"])
candidates = st.sampled_from(["ada", "ada", "bob", "zoe", "rob", "una"])
ADDRESSES = [
    "ada@example.com",
    "bob@example.com",
    "zoe@zoë.example",
    "carl@example.com",
    "rob@example.com",
]
addresses = st.sampled_from(ADDRESSES)
written = addresses | st.sampled_from(
    [
        " Ada@Example.COM\t",
        "zoe@zoe\u0308.example",
        "ZOE@ZOË.example\u200e",
        "zoe@xn--zo-ija.example",
        "\u200bbob@example.com\u00a0",
        "zoë@example.com",
        "oops",
        "a b@example.com",
        "",
        None,
        "@example.com",
        "a@example",
        "x" * 260 + "@example.com",
    ]
)
nth = st.integers(0, 9)
names = st.sampled_from([None, None, "Jane Doe", "  Jane\n Doe ", " "])
titles = st.sampled_from(["Developer", " Developer \u00a0", "", "\u200b "])
texts = st.sampled_from(["Why?", "How?", " "])
few_questions = st.lists(texts, max_size=3)
many_questions = st.sampled_from([["Why?"] * 100, ["Why?"] * 101])
statuses = st.sampled_from(["active", "inactive", "completed"])
kinds = st.sampled_from([["video", "audio", "text"], ["text"], ["audio"], []])
deadlines = st.sampled_from(
    [None, 2 * DAY, 10 * DAY, 40 * DAY, HOUR, timedelta(), -5 * MINUTE, -DAY]
)


class People(Stage):
    """What candidates do, and time."""

    @initialize(
        end=st.sampled_from(["", "withdraw_from_interview", "complete_interview"]),
        reviews=st.booleans(),
    )
    def open(self, end: str, reviews: bool) -> None:
        """Seven accounts, one interview, three invites; zoe has joined, and may have finished; rob
        may have been asked to review, and has joined then."""
        self.sign_up("rita@example.com", may_recruit=True, full_name="Rita Recruiter")
        self.sign_up("rob@example.com", full_name="Rob")
        self.sign_up("ada@example.com")
        self.sign_up("Ada@example.com")
        self.sign_up("bob@example.com")
        self.sign_up("zoe@zoë.example")
        self.sign_up("una@example.com", confirmed=False)
        self.call(
            self.caller("rita"),
            "create_interview",
            title="Developer",
            description=None,
            company_number="4711",
            questions=["Why?", "How?"],
            emails=["ada@example.com", "bob@example.com", "zoe@xn--zo-ija.example"],
            deadline=None,
            recruiter_name=None,
        )
        interview = self.world.interviews[0]
        self.write(
            self.caller("rita"),
            "update_interview",
            "update public.interviews set response_kinds = %(value)s where id = %(id)s",
            id=interview.id,
            column="response_kinds",
            value=["video", "audio", "text"],
        )
        zoe = self.caller("zoe")
        self.call(zoe, "accept_invite", code=self.world.invites[-1].invite_code)
        if end:
            self.call(zoe, end, interview_id=interview.id)
        if reviews:
            self.call(
                self.caller("rita"),
                "invite_reviewers",
                interview_id=interview.id,
                emails=["rob@example.com"],
            )
            self.call(self.caller("rob"), "join_reviews")

    def pick(self, things: Sequence[Any], n: int) -> Any:
        """The nth latest; None when there is none."""
        return None if n == 9 or not things else things[-1 - n % len(things)]

    def id(self, things: Sequence[Any], n: int) -> UUID:
        """Its id, or one that nothing has."""
        thing = self.pick(things, n)
        return thing.id if thing else UNKNOWN

    # ---- time --------------------------------------------------------------------------------

    @rule(by=st.sampled_from([MINUTE, MINUTES_10, MINUTES_15, HOUR, DAY, 3 * DAY, DAYS_30]))
    def time_passes(self, by: timedelta) -> None:
        """A period long enough to cross limits."""
        self.story.append(f"{by} pass")
        self.wait(by)
        self.check(None, None)

    @rule(n=st.integers(0, 40), seconds=st.sampled_from([-1, 0, 1]))
    def time_comes(self, n: int, seconds: int) -> None:
        """So that the next step is just before, at or after a moment when a rule changes."""
        edges = sorted(self.edges())
        if edges:
            by = edges[n % len(edges)] + (seconds - 1) * SECOND - self.world.now
            if by > timedelta():
                self.time_passes(by)

    def edges(self) -> set[Any]:
        """The next moments at which a rule changes its answer."""
        world = self.world
        found = {job.due_at for job in world.jobs if job.waits and job.due_at}
        found |= {i.queued_at + MINUTES_10 for i in world.invites if i.status == "pending"}
        found |= {one.invited_at + MINUTES_10 for one in world.reviewers}
        found |= {job.queued_at + MINUTES_10 for job in world.jobs if job.email}
        found |= {job.done_at + MINUTES_10 for job in world.jobs if job.done_at}
        targets = {i.expires_at for i in world.invites if i.status == "pending"}
        targets |= {n.deadline for n in world.interviews if n.deadline}
        deadlines = {n.deadline for n in world.interviews if n.deadline}
        found |= targets | {d + late for d in deadlines for late in (MINUTES_10, DAY)}
        found |= {response.touched_at + 180 * DAY for response in world.responses}
        found |= {t - d for t in targets for d in world.settings.reminder_distances}
        for requests in world.requests.values():
            found |= {at + MINUTES_15 for at in requests.wrong_guesses}
            found |= {requests.resent_at + MINUTES_15} if requests.resent_at else set()
        found |= {kind.paused_until for kind in world.kinds.values() if kind.paused_until}
        return {edge for edge in found if edge > world.now}

    def moment(self, distance: timedelta | None) -> Any:
        """A time by its distance from now, the second before the step included."""
        return None if distance is None else self.world.now + SECOND + distance

    # ---- candidates --------------------------------------------------------------------------

    @rule(
        who=candidates,
        account=st.integers(0, 1),
        n=st.integers(0, 8),
        typed=st.sampled_from(["{}", "{}", " {}\n", "in Arabic digits"]),
    )
    def accept_own_invite(self, who: str, account: int, n: int, typed: str) -> None:
        """Pending, expired or used; two accounts may have the address."""
        caller = self.caller(who, account)
        assert caller.user
        mine = [i for i in self.world.invites if i.email == caller.user.address]
        if mine:
            code = self.pick(mine, n).invite_code
            arabic = "".join("٠١٢٣٤٥٦٧٨٩"[int(digit)] for digit in code)
            self.call(
                caller,
                "accept_invite",
                code=arabic if typed == "in Arabic digits" else typed.format(code),
            )

    @rule(
        who=candidates,
        account=st.integers(0, 1),
        n=nth,
        code=st.sampled_from(["somebody's", "somebody's", "wrong", "12345", "١٢٣٤٥٦"]),
        times=st.integers(1, 6),
    )
    def accept_anything_else(self, who: str, account: int, n: int, code: str, times: int) -> None:
        """Someone else's code, a wrong one or a malformed one, repeatedly."""
        caller = self.caller(who, account)
        codes = {invite.invite_code for invite in self.world.invites}
        picked = self.pick(self.world.invites, n)
        if code == "wrong":
            code = next(f"{number:06}" for number in range(100) if f"{number:06}" not in codes)
        elif code == "somebody's":
            code = picked.invite_code if picked else "000000"
        for _ in range(times):
            self.call(caller, "accept_invite", code=code)

    @rule(who=candidates, account=st.integers(0, 1))
    def resend_my_codes(self, who: str, account: int) -> None:
        self.call(self.caller(who, account), "resend_my_codes")

    @rule(
        n=nth,
        function=st.sampled_from(["complete_interview", "withdraw_from_interview"]),
        somebody=st.none() | candidates,
    )
    def finish(self, n: int, function: str, somebody: str | None) -> None:
        """A participant, or an account that may not be one."""
        person = self.pick(self.world.participants, n)
        caller = self.caller(somebody or "bob")
        if person and not somebody:
            caller = Caller("user", person.user)
        self.call(caller, function, interview_id=person.interview.id if person else UNKNOWN)

    @rule(n=nth, status=statuses | st.just("withdrawn"), somebody=st.none() | candidates)
    def update_participant(self, n: int, status: str, somebody: str | None) -> None:
        """The first version's update, also by others."""
        person = self.pick(self.world.participants, n)
        caller = self.caller(somebody or "bob")
        if person and not somebody:
            caller = Caller("user", person.user)
        self.write(
            caller,
            "update_participant",
            "update public.interview_participants set status = %(status)s where id = %(id)s",
            id=person.id if person else UNKNOWN,
            status=status,
        )

    # ---- what a rule forbids by a second, or by nothing but the rule ----------------------------

    @precondition(lambda self: any(p.status == "withdrawn" for p in self.world.participants))
    @rule(n=st.integers(0, 8))
    def come_back_by_hand(self, n: int) -> None:
        """A candidate who has withdrawn tries to be active again by a plain update."""
        withdrawn = [p for p in self.world.participants if p.status == "withdrawn"]
        person = self.pick(withdrawn, n)
        self.write(
            Caller("user", person.user),
            "update_participant",
            "update public.interview_participants set status = %(status)s where id = %(id)s",
            id=person.id,
            status="active",
        )

    @precondition(lambda self: any(i.status == "pending" for i in self.world.invites))
    @rule(n=st.integers(0, 8), seconds=st.sampled_from([-30, -1, 0, 1]))
    def invite_again(self, n: int, seconds: int) -> None:
        """Ten minutes after the email was queued, or just before that."""
        invite = self.pick([i for i in self.world.invites if i.status == "pending"], n)
        by = invite.queued_at + MINUTES_10 + (seconds - 1) * SECOND - self.world.now
        if by > timedelta():
            self.time_passes(by)
        self.call(
            Caller("service"),
            "create_invites",
            interview_id=invite.interview.id,
            emails=[invite.email],
            recruiter_name=None,
        )

    @precondition(lambda self: any(p.status == "active" for p in self.world.participants))
    @rule(n=st.integers(0, 8), seconds=st.sampled_from([-1, 0, 1, 30]))
    def finish_late(self, n: int, seconds: int) -> None:
        """Ten minutes past a deadline, or just before that."""
        person = self.pick([p for p in self.world.participants if p.status == "active"], n)
        if not person.interview.deadline:
            self.write(
                Caller("dba"),
                "update_interview",
                "update public.interviews set deadline = %(value)s where id = %(id)s",
                id=person.interview.id,
                column="deadline",
                value=self.moment(HOUR),
            )
            person = next(p for p in self.world.participants if p.id == person.id)
            if not person.interview.deadline:
                return
        by = person.interview.deadline + MINUTES_10 + (seconds - 1) * SECOND - self.world.now
        if by > timedelta():
            self.time_passes(by)
        self.call(
            Caller("user", person.user), "complete_interview", interview_id=person.interview.id
        )

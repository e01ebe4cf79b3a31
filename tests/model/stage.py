"""Random sequences of everything that people, the service and DBAs do, against database and model.

One example is one transaction, rolled back at its end; a step is a savepoint. now() stands still
in a transaction, so time passes by moving all rows into the past: a second before every step, and
long stretches as a step of their own. `elapsed` is how far the model's clock is ahead.
"""

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import psycopg
from hypothesis.stateful import RuleBasedStateMachine
from psycopg.types.json import Jsonb

from tests.kit.database import Database, Refusal
from tests.model.comparison import Rows, compare, differences, read, settled, take_over, timely
from tests.model.invariants import NEEDING_ATTENTION, count_by_hand
from tests.model.rows import Account, Caller, Refused, Said
from tests.model.world import World

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


class Stage(RuleBasedStateMachine):
    """What every rule needs: people, time, and one call on both sides."""

    connection: ClassVar[psycopg.Connection[Any]]

    def __init__(self) -> None:
        super().__init__()
        self.db = Database(self.connection)
        self.elapsed = timedelta()
        with self.db.superuser():
            now = self.db.value("select now()").astimezone(UTC)
        self.start = now
        self.world = World(now)
        with self.db.superuser():
            self.world.link_secret = bytes(
                self.db.value("select link_secret from private.settings")
            )
        self.gone: list[Account] = []
        self.story: list[str] = []
        self.claimed: list[dict[str, Any]] = []
        self.before: Rows = read(self.db, self.start, self.elapsed)

    def teardown(self) -> None:
        """Every example starts from the same state."""
        self.connection.rollback()

    # ---- who ---------------------------------------------------------------------------------

    def sign_up(self, email: str, **facts: Any) -> Account:
        """An account on both sides. It wants no notices, which the model does not know."""
        role = ["recruiter"] if facts.get("may_recruit") else None
        asked = {k: v for k, v in facts.items() if k in ("confirmed", "full_name")}
        account = Account(self.db.account(email, roles=role, **asked), email, **facts)
        self.world.accounts.append(account)
        with self.db.superuser():
            self.db.run(
                "insert into private.notifications values (%s, 'never', 'never', 'never')",
                account.id,
            )
        return account

    def caller(self, name: str, n: int = 0) -> Caller:
        """`service`, `dba`, or the nth account of a name; one that is gone if there is none."""
        if name in ("service", "dba"):
            return Caller(name)
        everybody = self.world.accounts + self.gone
        named = [a for a in everybody if a.email.lower().startswith(f"{name}@")] or everybody
        return Caller("user", named[n % len(named)])

    def current(self, caller: Caller) -> Caller:
        """The same person after a refusal, which has restored all earlier objects."""
        same = [a for a in self.world.accounts if caller.user and a.id == caller.user.id]
        return Caller(caller.role, same[0]) if same else caller

    def appear(self, caller: Caller) -> Database:
        """The connection in that role."""
        if caller.user:
            return self.db.as_user(caller.user.id)
        if caller.role == "admin":
            self.connection.execute("reset role")
            return self.db
        return self.db.as_service() if caller.role == "service" else self.db.as_owner()

    # ---- time --------------------------------------------------------------------------------

    def wait(self, by: timedelta) -> None:
        """Time passes on both sides. Midnights pass as whole days, for the daily counts."""
        self.world.now += by
        midnights = (self.world.now.date() - (self.world.now - by).date()).days
        rest = by - midnights * DAY
        self.db.pass_time(
            f"{midnights} days {rest.days * 86400 + rest.seconds} seconds"
            f" {rest.microseconds} microseconds"
        )
        self.elapsed += by

    def stored(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Arguments for the database, whose times are those of the model minus `elapsed`."""
        return {
            name: Jsonb(value)
            if name == "results"
            else value - self.elapsed
            if isinstance(value, datetime)
            else value
            for name, value in arguments.items()
        }

    # ---- a step ------------------------------------------------------------------------------

    def call(self, caller: Caller, function: str, **arguments: Any) -> Any:
        """A function of the API, with named arguments."""
        caller = self.current(caller)
        given = ", ".join(f"{name} => %({name})s" for name in arguments)
        return self.step(
            caller,
            f"{function}({shown(arguments)})",
            lambda: self.appear(caller).value(
                f"select public.{function}({given})", self.stored(arguments)
            ),
            lambda: getattr(self.world, function)(caller, **arguments, **self.taken(function)),
        )

    def write(self, caller: Caller, verb: str, sql: str, **arguments: Any) -> Any:
        """A plain statement; both sides return the number of affected rows."""
        caller = self.current(caller)
        return self.step(
            caller,
            f"{verb}({shown(arguments)})",
            lambda: self.appear(caller).run(sql, self.stored(arguments)),
            lambda: getattr(self.world, verb)(caller, **arguments),
        )

    def step(
        self, caller: Caller, text: str, ask: Callable[[], Any], tell: Callable[[], Any]
    ) -> Any:
        """One call on both sides: the same answer or refusal, and the same tables afterwards."""
        self.wait(SECOND)
        who = caller.user.email if caller.user else caller.role
        self.story.append(f"{self.world.now:%d %b %H:%M:%S} {who}: {text}")
        answer: Any
        try:
            with self.connection.transaction():
                answer = self.answered(ask())
        except psycopg.Error as error:
            answer = Refusal.of(error)
        saved = copy.deepcopy(self.world)
        try:
            wanted = tell()
        except Refused as refused:
            self.world, wanted = saved, refused
        self.story[-1] += f"\n      -> {shown(answer)}"
        self.check(answer, wanted)
        return answer

    def answered(self, answer: Any) -> Any:
        """The database's answer; a refusal that it returned as Said."""
        if isinstance(answer, dict) and "details" in answer:
            headers = self.db.value("select current_setting('response.headers', true)")
            status = self.db.value("select current_setting('response.status')")
            assert answer["code"] == f"PT{status}" and answer["message"] and answer["hint"], answer
            wait = int(headers.split('"')[3]) if headers else 0
            answer = Said(int(status), answer["details"], wait)
        self.db.run("select set_config('response.headers', '', true)")
        answer = timely(answer, self.elapsed)
        if isinstance(answer, list) and answer and isinstance(answer[0], int):
            # The jobs of which a lease was renewed, in no order.
            answer.sort()
        return answer

    def taken(self, function: str) -> dict[str, Any]:
        """Which of the jobs that are due the database claimed: leased them, or dropped them."""
        if function != "claim_jobs":
            return {}
        rows = read(self.db, self.start, self.elapsed)["jobs"]
        now = {row["id"]: row["attempts"] for row in rows}
        was = {row["id"]: row["attempts"] for row in self.before["jobs"]}
        return {"taken": {id for id in was if now.get(id) != was[id]}}

    # ---- the comparison ----------------------------------------------------------------------

    def check(self, answer: Any, wanted: Any) -> None:
        """The tables first, since an answer may contain drawn values."""
        rows = read(self.db, self.start, self.elapsed)
        before, self.before = self.before, rows
        try:
            take_over(self.world, rows, before)
            lines = differences(self.world, rows) + self.other_numbers()
            if isinstance(wanted, Refused):
                found = (answer.code, answer.slug) if isinstance(answer, Refusal) else answer
                if wanted.slug is None and isinstance(answer, Refusal):
                    found = (answer.code, None)
                if found != (wanted.code, wanted.slug):
                    lines.insert(0, f"the model refuses: {wanted.code} {wanted.slug or ''}")
            elif answer != settled(wanted):
                lines.insert(0, f"the model answers {shown(settled(wanted))}")
        except AssertionError as error:
            lines = [str(error)]
        if lines:
            raise AssertionError("\n".join(["", *self.story, "", *lines]))

    def other_numbers(self) -> list[str]:
        """interview_stats and invites_left_today as each recruiter sees them."""
        lines = []
        by_hand = count_by_hand(self.db)
        for account in self.world.accounts:
            if account.full_name:
                rows = self.db.as_user(account.id).rows("select * from public.interview_stats")
                for row in rows:
                    row["created_at"] += self.elapsed
                    row["deadline"] = row["deadline"] and row["deadline"] + self.elapsed
                    for column in ("join_rate", "completion_rate"):
                        row[column] = row[column] and float(row[column])
                wanted = list(self.world.statistics(account).values())
                # By marks of the database, see comparison.MARKS.
                for row in wanted:
                    numbers = by_hand[row["interview_id"]]
                    row |= {name: numbers[name] for name in NEEDING_ATTENTION}
                lines += compare("interview_stats", wanted, rows)
                left = self.db.value("select public.invites_left_today()")
                if left != self.world.invites_left_today(account):
                    lines.append(f"{account.email} may invite {left} more people today")
        return lines


def shown(value: Any) -> str:
    """Short enough to read: ids by their first digits, times to the second."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {shown(one)}" for key, one in value.items())
    if isinstance(value, list):
        return "[" + "; ".join(shown(one) for one in value) + "]"
    if isinstance(value, datetime):
        return f"{value:%d %b %H:%M:%S}"
    if isinstance(value, Refusal):
        return f"refused: {value.code} {value.slug or value.message}"
    text = str(value)
    return f"#{text[:4]}" if len(text) == 36 and text.count("-") == 4 else repr(value)

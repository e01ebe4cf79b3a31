"""Who waits for whose lock: looked at every few milliseconds, and read from PostgreSQL's log.

Sessions belong to a side by their application_name. A wait counts however many sessions stand
between the two: who waits for maintenance, which waits for somebody, waits for that one.
"""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from tests.kit.waiting import eventually, meanwhile

HOSTILE, TENANT = "hostile", "tenant"
# Without the lock under which PostgreSQL makes the file of a table or index longer: each insert may
# take it for a moment, and no transaction holds it.
LOOK = """
    select pid, application_name as side, left(query, 400) as query, wait_event as lock,
           backend_xid is not null and wait_event_type is distinct from 'Lock' as holds,
           case when wait_event_type = 'Lock' and wait_event <> 'extend' then pg_blocking_pids(pid)
                else '{}' end as blockers
    from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
"""
LOGGED = re.compile(
    r"process (\d+) still waiting for (?!ExclusiveLock on extension of ).*\n"
    r".*DETAIL:  Process(?:es)? holding the locks?: ([\d, ]+)\."
)
# Waits that are longer are logged.
LOGGED_AFTER = "2ms"


@dataclass
class Watch:
    """What was seen so far; `waits` has a line for each time the tenant waited for the hostile."""

    log: Callable[[], str]
    waits: list[str] = field(default_factory=list)
    looks: int = 0
    held: int = 0
    """How often a hostile transaction was seen that had written something and went on."""
    sides: dict[int, str] = field(default_factory=dict)

    def look(self, connection: psycopg.Connection[dict[str, Any]]) -> None:
        """Look once."""
        rows = {row["pid"]: row for row in connection.execute(LOOK)}
        self.looks += 1
        self.sides |= {pid: row["side"] for pid, row in rows.items()}
        self.held += any(row["side"] == HOSTILE and row["holds"] for row in rows.values())
        for pid, row in rows.items():
            if row["side"] == TENANT and row["blockers"]:
                for blocker in _all_blockers(rows, pid):
                    if self.sides.get(blocker) == HOSTILE:
                        waits = f"{row['query']}\n  for {rows[blocker]['query']}"
                        self.waits.append(f"{row['lock']}: {waits}")

    def logged(self) -> list[str]:
        """The waits of the tenant for the hostile that the log has."""
        return [
            found[0]
            for found in LOGGED.finditer(self.log())
            if self.sides.get(int(found[1])) == TENANT
            and any(self.sides.get(int(pid)) == HOSTILE for pid in found[2].split(","))
        ]


def _all_blockers(rows: dict[int, dict[str, Any]], pid: int) -> set[int]:
    """Whom a session waits for, and whom those wait for, and so on."""
    found: set[int] = set()
    ahead = [pid]
    while ahead:
        for blocker in rows.get(ahead.pop(), {"blockers": []})["blockers"]:
            if blocker in rows and blocker not in found:
                found.add(blocker)
                ahead.append(blocker)
    return found


@contextmanager
def watching(url: str, log: Callable[[], str]) -> Iterator[Watch]:
    """Watch a database until the end of the block; `log` reads the server's log.

    Sessions that connect during the block log their waits.
    """
    watch = Watch(log)
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        name = sql.Identifier(connection.info.dbname)
        for setting, value in {"log_lock_waits": "on", "deadlock_timeout": LOGGED_AFTER}.items():
            connection.execute(
                sql.SQL("alter database {} set {} = {}").format(
                    name, sql.Identifier(setting), sql.Literal(value)
                )
            )

        def go_on_looking(over: threading.Event) -> None:
            while not over.wait(0.004):
                watch.look(connection)

        with meanwhile(go_on_looking):
            eventually(lambda: watch.looks)
            yield watch

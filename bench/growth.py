"""How the cost of each call grows with the tables, from 1,000 to 1,000,000 invites."""

import io
from collections.abc import Iterator

from bench import lists
from bench.accepting import ACCEPT
from bench.database import (
    BIG,
    FIRST,
    Bench,
    connect,
    interview,
    invites,
    median_of_cpu,
    people,
    person,
)
from bench.inviting import AS_RECRUITER

SIZES = [1_000, 10_000, 100_000, 1_000_000]

Growth = dict[str, list[float]]
"""Milliseconds of each call at each size: CPU time, but wall clock for accept_invite."""

ORDINARY = "40000000-0000-4000-8000-000000000000"
"""An interview of RECRUITER's with one invite."""

ACCEPTED = 300


def fill(bench: Bench, name: str, size: int) -> None:
    """`size` interviews, 100 per recruiter, and as many invites, half of them pending."""
    # Codes have six digits, and pgbench cannot name numbers below FIRST.
    people_count = min(size, 10**6 - FIRST)
    in_big = min(size // 20, 5_000)
    bench.create(name)
    spread = f"'40000000-0000-4000-8000-' || lpad((n % {people_count})::text, 12, '0')"
    bench.run(
        name,
        people(FIRST, people_count)
        + people(0, in_big)
        + interview()
        + lists.INTERVIEWS.substitute(interviews=size, many=lists.MANY)
        + invites(0, in_big)
        + invites(in_big, size - people_count - in_big if size > people_count else 0, spread)
        + invites(FIRST, people_count // 2, spread)
        + invites(FIRST + people_count // 2, people_count - people_count // 2, spread, "expired")
        + lists.PARTICIPANTS.substitute(person=person(FIRST), big=BIG),
    )


def measured(bench: Bench, sizes: list[int]) -> Growth:
    """Every call at every size."""
    found: Growth = {}
    for size in sizes:
        fill(bench, "growing", size)
        for call, milliseconds in _calls(bench):
            found.setdefault(call, []).append(milliseconds)
    return found


def _calls(bench: Bench) -> Iterator[tuple[str, float]]:
    for wanted in lists.LISTS:
        with connect(bench.url("growing")) as account:
            lists.become(account, wanted.user)
            yield wanted.what, lists.timed(account, wanted.under_rls, wanted.user)
    with connect(bench.url("growing")) as recruiter:
        recruiter.execute(AS_RECRUITER)
        statement = (
            f"select public.create_invites('{ORDINARY}', array(select gen_random_uuid() ||"
            " '@example.com' from generate_series(1, 100)))"
        )
        with recruiter.transaction(force_rollback=True):
            recruiter.execute(statement)
            yield (
                "create_invites of 100",
                median_of_cpu(recruiter, lambda: recruiter.execute(statement), 10),
            )
    rate = bench.pgbench("growing", ACCEPT, clients=1, each=ACCEPTED, first=FIRST + 100)
    yield "accept_invite", 1000 / rate


def plot(growth: Growth, sizes: list[int]) -> str:
    """The same as a chart (SVG)."""
    # Imported here, because only writing the page needs it.
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "growth", "font.size": 9})
    figure, axes = plt.subplots(figsize=(8, 6), layout="constrained")
    for call, milliseconds in growth.items():
        axes.plot(sizes, milliseconds, marker="o", label=call)
    axes.set(xscale="log", yscale="log", xlabel="invites", ylabel="milliseconds a call")
    axes.grid(True, which="major", alpha=0.3)
    figure.legend(loc="outside lower center", frameon=False)
    image = io.StringIO()
    figure.savefig(image, format="svg", metadata={"Date": None})
    plt.close(figure)
    return "\n".join(line.rstrip() for line in image.getvalue().splitlines()) + "\n"

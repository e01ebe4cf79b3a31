"""`make mutants`: weakens the database in one place at a time, and tells whether a test notices.

Prints the score by kind and the mutants that no test noticed; status 1 when one of them is not
among the named survivors, or when a named one did not survive.
"""

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict

from tests.kit.pages import ROOT
from tests.mutation.calls import learn
from tests.mutation.mutants import Mutant
from tests.mutation.run import UNCHANGED, Known, Verdict, all_mutants, own_cluster, verdicts
from tests.mutation.survivors import SURVIVORS

# Not in git: what earlier runs have found out, which spares the search.
KNOWN = ROOT / ".mutants.json"
QUICK = 16
# Seconds for each mutant of the sample; nearly all are noticed within a few.
LIMIT = 900
SEED = 4


def sample(mutants: Sequence[Mutant], size: int) -> list[Mutant]:
    """The same few every time, of every kind some; no named survivors, which take all tests."""
    drawn = random.Random(SEED)
    chosen: list[Mutant] = []
    by_kind: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        if mutant.name not in SURVIVORS:
            by_kind.setdefault(mutant.kind, []).append(mutant)
    while len(chosen) < size and any(by_kind.values()):
        for kind in filter(by_kind.__getitem__, list(by_kind)):
            chosen.append(by_kind[kind].pop(drawn.randrange(len(by_kind[kind]))))
    return chosen[:size]


def report(mutants: Sequence[Mutant], found: Sequence[Verdict], complete: bool) -> list[str]:
    """Prints the score and the survivors; returns what is wrong."""
    unsound = [verdict for verdict in found if verdict.name == UNCHANGED.name]
    found = [verdict for verdict in found if verdict not in unsound]
    kinds = {mutant.name: mutant.kind for mutant in mutants}
    print("\nkind               killed      of   by the catalog")
    for kind in [*dict.fromkeys(kinds.values()), "all"]:
        own = [verdict for verdict in found if kind in (kinds[verdict.name], "all")]
        killed = sum(bool(verdict.killer) for verdict in own)
        print(f"{kind:<18} {killed:>6} {len(own):>7} {sum(v.by_catalog for v in own):>10}")
    survived = {verdict.name for verdict in found if not verdict.killer}
    for name in sorted(survived & set(SURVIVORS)):
        print(f"survives: {name} ({SURVIVORS[name]})")
    killers = {verdict.name: verdict.killer for verdict in found if verdict.killer}
    wrong = [f"SURVIVED: {name}" for name in sorted(survived - set(SURVIVORS))]
    wrong += [
        f"NAMED AS SURVIVOR, yet killed by {killers[name]}: {name}"
        for name in SURVIVORS
        if name in killers
    ]
    wrong += [f"FAILS WITHOUT ANY MUTANT: {v.killer}: {v.error}" for v in unsound]
    if complete:
        wrong += [f"NAMED AS SURVIVOR, yet no mutant: {n}" for n in SURVIVORS if n not in kinds]
    return wrong


def main() -> int:
    """Run it; 1 if something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"a sample of {QUICK}, {LIMIT} s each")
    parser.add_argument(
        "--only", metavar="TEXT", nargs="+", default=[""], help="those whose name has one of these"
    )
    parser.add_argument("--fresh", action="store_true", help="those not killed by an earlier run")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--limit", type=float, default=math.inf, help="seconds for each, after which it survives"
    )
    parser.add_argument("--verbose", action="store_true", help="tell who killed what, and why")
    given = parser.parse_args()
    start = time.monotonic()
    known = Known(**json.loads(KNOWN.read_text())) if KNOWN.exists() else Known()
    if not (known.calls or given.quick or any(given.only)):
        print("Running the tests as they are, to see what they call", flush=True)
        known.calls = learn()
        _write(known)
    with own_cluster() as cluster:
        every = all_mutants(cluster)
        mutants = [m for m in every if any(text in m.name for text in given.only)]
        if given.fresh:
            mutants = [m for m in mutants if m.name not in known.killers]
        # Those take all tests, and tell nothing new.
        mutants.sort(key=lambda mutant: mutant.name in SURVIVORS)
        if given.quick:
            mutants = sample(mutants, QUICK)
        found: list[Verdict] = []
        limit = LIMIT if given.quick else given.limit
        for verdict in verdicts(cluster, mutants, known, given.workers, limit=limit):
            found.append(verdict)
            _tell(verdict, len(found), len(mutants), given.verbose)
            # At once, since a run is long and may be cut.
            if verdict.killer and verdict.name != UNCHANGED.name:
                known.killers[verdict.name] = verdict.killer
                _write(known)
    wrong = report(mutants, found, complete=len(mutants) == len(every))
    print(*wrong, sep="\n")
    print(f"{time.monotonic() - start:.0f} seconds")
    return 1 if wrong else 0


def _write(known: Known) -> None:
    written = KNOWN.with_suffix(".new")
    written.write_text(json.dumps(asdict(known)))
    written.replace(KNOWN)


def _tell(verdict: Verdict, number: int, total: int, verbose: bool) -> None:
    if verbose or not verdict.killer:
        end = f"killed by {verdict.killer}: {verdict.error}" if verdict.killer else "survived"
        print(f"{number}/{total} {verdict.name}: {end} ({verdict.seconds} s)", flush=True)
    elif number % 100 == 0:
        print(f"{number}/{total}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

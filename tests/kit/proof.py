"""The marker `proof`: what is long, which `make proof` runs and `make test` leaves out.

A test in two sizes is parametrized, the long one with the marker. Hypothesis fixes the number of
its cases when a module is read, so its tests have the size of the run that they are read for.
"""

_chosen = False


def choose(expression: str) -> None:
    """Told the -m of this run before any test is read."""
    global _chosen
    _chosen = expression == "proof"


def is_chosen() -> bool:
    """Whether this is `make proof`."""
    return _chosen

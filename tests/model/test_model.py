"""Everything that people, the service and time may do, in random order, against a model.

The examples are the same every time. A failure prints its story, the calls one by one, and what
differs.
"""

import psycopg
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from psycopg.rows import dict_row

from local.postgres import Cluster
from tests.model.service import Story

STEPS = 30


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("examples", [5, pytest.param(200, marks=pytest.mark.proof)])
def test_the_database_and_the_model_agree(cluster: Cluster, database: str, examples: int) -> None:
    with psycopg.connect(cluster.url(database), row_factory=dict_row) as connection:

        class OnDatabase(Story):
            pass

        OnDatabase.connection = connection
        run_state_machine_as_test(
            OnDatabase,
            settings=settings(
                max_examples=examples,
                stateful_step_count=STEPS,
                derandomize=True,
                phases=[Phase.generate, Phase.shrink],
                database=None,
                # Of an example; the test has a limit of its own.
                deadline=None,
            ),
        )

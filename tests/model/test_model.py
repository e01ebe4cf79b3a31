"""Everything that people, the service and time may do, in random order, against a model.

`make test` plays the same examples every time. HIREVISION_MODEL_EXAMPLES=2000 plays so many new
ones; a failure prints its story, the calls one by one, and what differs.
"""

import os

import psycopg
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from psycopg.rows import dict_row

from local.postgres import Cluster
from tests.model.service import Story

EXAMPLES = os.environ.get("HIREVISION_MODEL_EXAMPLES")
STEPS = 30


# Making a failing example smaller takes up to five minutes.
@pytest.mark.timeout(600 + 3 * int(EXAMPLES or 0))
def test_the_database_and_the_model_agree(cluster: Cluster, database: str) -> None:
    with psycopg.connect(cluster.url(database), row_factory=dict_row) as connection:

        class OnDatabase(Story):
            pass

        OnDatabase.connection = connection
        run_state_machine_as_test(
            OnDatabase,
            settings=settings(
                max_examples=int(EXAMPLES or 60),
                stateful_step_count=STEPS,
                derandomize=EXAMPLES is None,
                phases=[Phase.generate, Phase.shrink],
                database=None,
                # Of an example; the test has a limit of its own.
                deadline=None,
            ),
        )

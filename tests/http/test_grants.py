"""The running stack equals database_schema.sql: @supabase/lite has granted nothing more."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

from local.postgres import Cluster
from tests.kit.catalog import catalog
from tests.kit.database import Database


def read(connection: psycopg.Connection[Any]) -> dict[tuple[str, str], str]:
    """What each object of ours is, with its owner and who may do what."""
    found = {(row["kind"], row["name"]): row["is"] for row in catalog(Database(connection))}
    # On auth.users the local stack has a trigger of its own.
    return {key: text for key, text in found.items() if "users." not in key[1]}


def test_the_stack_is_as_the_schema_says(
    connection: psycopg.Connection[Any], cluster: Cluster, shared_database: str
) -> None:
    with psycopg.connect(cluster.url(shared_database)) as bare:
        intended = read(bare)
    live = read(connection)
    assert "authenticated=r" in intended["relation", "interviews"]
    assert live == intended


def test_new_tables_get_the_rights_of_a_hosted_project(
    connection: psycopg.Connection[Any], cluster: Cluster, shared_database: str
) -> None:
    question = (
        "select defaclrole::regrole::text, defaclnamespace::regnamespace::text, defaclobjtype,"
        " defaclacl::text from pg_default_acl order by 1, 2, 3"
    )
    connection.row_factory = dict_row
    with psycopg.connect(cluster.url(shared_database), row_factory=dict_row) as bare:
        intended = bare.execute(question).fetchall()
    assert connection.execute(question).fetchall() == intended != []

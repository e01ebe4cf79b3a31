"""The cluster, and that its databases are like a hosted project's."""

from pathlib import Path

import pytest

from local.postgres import FAST, Cluster
from local.processes import LocalError


@pytest.fixture
def hosted(cluster: Cluster, create_database: object) -> str:
    return create_database(schema=False)  # type: ignore[operator, no-any-return]


def test_postgres_is_the_owner_of_the_project_and_no_superuser(
    cluster: Cluster, hosted: str
) -> None:
    asked = cluster.run_sql(
        """
        select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls from pg_roles
          where rolname = 'postgres';
        select has_table_privilege('auth.users', 'select, references'),
          has_table_privilege('auth.users', 'trigger'),
          pg_has_role('service_role', 'member'), pg_has_role('supabase_auth_admin', 'member');
        """,
        hosted,
        "postgres",
    )
    assert asked.splitlines() == ["f|t|t|t", "t|f|t|f"]


def test_default_privileges_give_everything_to_the_api_roles(cluster: Cluster, hosted: str) -> None:
    asked = cluster.run_sql(
        """
        create table public.things (id int);
        create function public.f() returns int language sql as 'select 1';
        select rolname, has_table_privilege(rolname, 'public.things', 'insert'),
          has_function_privilege(rolname, 'public.f()', 'execute')
        from pg_roles where rolname in ('anon', 'authenticated', 'service_role') order by 1;
        """,
        hosted,
        "postgres",
    )
    assert asked.splitlines() == ["anon|t|t", "authenticated|t|t", "service_role|t|t"]


@pytest.mark.parametrize(
    "settings",
    [
        """set "request.jwt.claims" = '{"sub": "00000000-0000-0000-0000-000000000001",
             "role": "authenticated", "email": "a@example.com"}'""",
        """set "request.jwt.claim.sub" = '00000000-0000-0000-0000-000000000001';
           set "request.jwt.claim.role" = 'authenticated';
           set "request.jwt.claim.email" = 'a@example.com'""",
    ],
    ids=["all claims in one", "a setting per claim"],
)
def test_the_functions_of_auth_read_both_forms_of_the_claims(
    cluster: Cluster, hosted: str, settings: str
) -> None:
    asked = f"{settings}; set role authenticated; select auth.uid(), auth.role(), auth.email()"
    answer = cluster.run_sql(asked, hosted, "postgres")
    assert answer == "00000000-0000-0000-0000-000000000001|authenticated|a@example.com"


def test_preparing_a_database_again_changes_nothing(cluster: Cluster, hosted: str) -> None:
    catalog = "select relname, relacl, relowner from pg_class order by oid"
    before = cluster.run_sql(catalog, hosted)
    cluster.make_hosted(hosted)
    assert cluster.run_sql(catalog, hosted) == before


def test_an_email_belongs_to_one_account_without_single_sign_on(
    cluster: Cluster, hosted: str
) -> None:
    row = "insert into auth.users (id, email) values (gen_random_uuid(), 'a@example.com');"
    cluster.run_sql(row, hosted)
    with pytest.raises(LocalError, match="users_email_partial_key"):
        cluster.run_sql(row, hosted)


def test_data_survives_a_restart_on_another_port(tmp_path: Path) -> None:
    with Cluster(tmp_path / "data", settings=FAST) as first:
        first.run_sql("create table kept (id int)")
        assert first.run_sql("select upper('é')") == "É"
    with Cluster(tmp_path / "data", settings=FAST) as second:
        assert second.run_sql("select count(*) from kept") == "0"


def test_a_cluster_that_was_interrupted_while_being_made_is_made_again(tmp_path: Path) -> None:
    draft = tmp_path / "data.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("17\n")
    with Cluster(tmp_path / "data", settings=FAST) as cluster:
        assert cluster.run_sql("select 1") == "1"
    assert not draft.exists()


def test_what_postgres_says_when_it_cannot_start_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(LocalError, match="unrecognized configuration parameter"),
        Cluster(tmp_path / "data", settings={"no_such_setting": "on"}),
    ):
        pass

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


# ---- schema storage --------------------------------------------------------------------------

POLICY = "create policy ours on storage.objects for select to authenticated using (true)"
TRIGGER = "create or replace trigger ours before insert on storage.objects for each row execute"
BUCKET = "insert into storage.buckets (id, name) values ('ours', 'ours');"


@pytest.mark.parametrize(
    "allowed",
    [
        f"{BUCKET} update storage.buckets set public = false, file_size_limit = 1",
        f"{BUCKET} insert into storage.objects (bucket_id, name) values ('ours', 'a/b.webm')",
        f"{POLICY}; alter policy ours on storage.objects using (false); "
        "drop policy ours on storage.objects",
        f"{TRIGGER} function public.ours(); {TRIGGER} function public.ours(); "
        "drop trigger ours on storage.objects",
        # With what depends on it.
        f"{POLICY}; {TRIGGER} function public.ours(); drop function public.ours() cascade",
        "create table public.files (id uuid references storage.objects); drop table public.files",
        "set storage.allow_delete_query = 'true'; delete from storage.objects",
    ],
)
def test_what_a_projects_owner_may_do_in_schema_storage(
    cluster: Cluster, hosted: str, allowed: str
) -> None:
    cluster.run_sql(f"begin; {OURS}; {allowed}; rollback", hosted, "postgres")


OURS = """
  create function public.ours() returns trigger language plpgsql as 'begin return new; end'
"""


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        ("alter table storage.objects add column ours text", "must be owner of storage.objects"),
        ("alter table storage.objects disable trigger all", "permission denied"),
        ("alter table storage.objects disable row level security", "must be owner"),
        ("create index ours on storage.objects (owner_id)", "permission denied"),
        (f"{POLICY}; comment on policy ours on storage.objects is ''", "must be owner of ours on"),
        ("comment on table storage.objects is ''", "must be owner"),
        ("create rule ours as on insert to storage.objects do instead nothing", "must be owner"),
        ("drop table storage.objects", "must be owner"),
        ("drop index storage.bucketid_objname", "must be owner"),
        ("drop function storage.foldername", "must be owner"),
        ("drop schema storage cascade", "must be owner of schema storage"),
        ("create table storage.ours (id int)", "permission denied for schema storage"),
        ("create or replace function storage.operation() returns text return ''", "permission"),
        ("delete from storage.objects where false", "Direct deletion from storage tables"),
        ("delete from storage.buckets", "Direct deletion from storage tables"),
        ("set role supabase_storage_admin", "permission denied"),
    ],
)
def test_what_a_projects_owner_may_not_do_in_schema_storage(
    cluster: Cluster, hosted: str, refused: str, message: str
) -> None:
    with pytest.raises(LocalError, match=message):
        cluster.run_sql(f"begin; {refused}; commit", hosted, "postgres")


def test_nobody_else_reaches_an_object_without_a_policy(cluster: Cluster, hosted: str) -> None:
    cluster.run_sql(
        "insert into storage.buckets (id, name) values ('mine', 'mine');"
        "insert into storage.objects (bucket_id, name) values ('mine', 'a/b/c.tar.gz')",
        hosted,
        "postgres",
    )
    for role, count in {"anon": "0", "authenticated": "0", "service_role": "1"}.items():
        asked = f"set role {role}; select count(*) from storage.objects"
        assert cluster.run_sql(asked, hosted, "postgres") == count
    row = "insert into storage.objects (bucket_id, name) values ('mine', 'x')"
    for role in ("anon", "authenticated"):
        with pytest.raises(LocalError, match="violates row-level security"):
            cluster.run_sql(f"set role {role}; {row}", hosted, "postgres")
    asked = (
        "select path_tokens, storage.foldername(name), storage.filename(name),"
        " storage.extension(name), storage.operation() is null from storage.objects"
    )
    assert cluster.run_sql(asked, hosted) == "{a,b,c.tar.gz}|{a,b}|c.tar.gz|gz|t"


def test_a_database_may_lack_schema_storage(cluster: Cluster, hosted: str) -> None:
    cluster.run_sql("drop schema storage cascade", hosted)
    cluster.run_sql("create table public.without (id int)", hosted, "postgres")
    cluster.make_hosted(hosted)
    assert cluster.run_sql("select count(*) from storage.objects", hosted, "postgres") == "0"

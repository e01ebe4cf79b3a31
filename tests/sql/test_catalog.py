"""Rules for the catalog, independent of the rows."""

import re
from pathlib import Path

from local import schema
from local.postgres import Cluster
from tests.kit.catalog import OURS, catalog, names
from tests.kit.database import Database, committed

ROOT = Path(__file__).resolve().parents[2]

# The policies that each table is meant to have.
POLICIES = {
    "interviews": "SELECT INSERT UPDATE DELETE",
    "interview_questions": "SELECT INSERT UPDATE DELETE",
    "interview_invites": "SELECT INSERT DELETE",
    "interview_participants": "SELECT UPDATE",
    "interview_responses": "SELECT",
    "response_analyses": "SELECT UPDATE",
    "accommodations": "SELECT",
    "interview_criteria": "SELECT INSERT UPDATE DELETE",
    "interview_templates": "SELECT INSERT UPDATE DELETE",
    "interview_reviewers": "SELECT DELETE",
    "candidate_reviews": "SELECT",
    "candidate_ratings": "SELECT",
    "candidate_decisions": "SELECT",
}


def test_every_public_table_has_row_security_and_exactly_the_policies_meant(db: Database) -> None:
    found = db.rows(
        "select c.relname::text as name, c.relrowsecurity as on,"
        " coalesce((select array_agg(p.cmd) from pg_policies p"
        "   where p.schemaname = 'public' and p.tablename = c.relname), '{}') as commands"
        " from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'"
    )
    assert {row["name"]: sorted(row["commands"]) for row in found if row["on"]} == {
        table: sorted(commands.split()) for table, commands in POLICIES.items()
    }


def test_policies_are_permissive_for_signed_in_accounts_and_named_alike(db: Database) -> None:
    for policy in db.rows("select * from pg_policies where schemaname = 'public'"):
        assert (policy["permissive"], policy["roles"]) == ("PERMISSIVE", ["authenticated"]), policy
        start = f"{policy['tablename']}_{policy['cmd'].lower()}_"
        assert policy["policyname"].startswith(start), policy


def test_update_policies_check_the_new_row_as_they_do_the_old(db: Database) -> None:
    """No column that decides is granted; should one ever be, the row still cannot be given away."""
    policies = db.rows("select qual, with_check from pg_policies where cmd = 'UPDATE'")
    assert policies and all(policy["qual"] == policy["with_check"] for policy in policies)


def test_policies_ask_who_calls_once_a_statement(db: Database) -> None:
    """auth.uid() and our own functions stand in sub-selects, never in the row's condition."""
    for policy in db.rows("select policyname, qual, with_check from pg_policies"):
        for text in filter(None, (policy["qual"], policy["with_check"])):
            rest = re.sub(r"SELECT ((auth|private|public)\.)?\w+\(\)", "", text)
            assert not re.search(r"\w+\.\w+\(|may_recruit\(", rest), policy["policyname"]


def test_columns_that_policies_read_lead_an_index(db: Database) -> None:
    unindexed = names(
        db,
        """
        select distinct d.refobjid::regclass || '.' || a.attname
        from pg_policy p
        join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
          and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0
        join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        where not exists (
          select from pg_index i
          where i.indrelid = d.refobjid and i.indkey[0] = d.refobjsubid and i.indpred is null)
        """,
    )
    # Rows are found by id, recruiter or path; these of the row found are looked at afterwards.
    assert unindexed == [
        "candidate_reviews.submitted_at",
        "interview_invites.status",
        "interview_responses.status",
        "interview_responses.submitted_at",
        "response_analyses.step",
    ]


def test_every_foreign_key_has_an_index_and_says_on_delete(db: Database) -> None:
    assert (
        names(
            db,
            f"""
            select conname from pg_constraint k
            where contype = 'f' and connamespace in {OURS} and (confdeltype = 'a' or not exists (
              select from pg_index i
              where i.indrelid = k.conrelid and i.indkey[0] = k.conkey[1]
                and coalesce(pg_get_expr(i.indpred, i.indrelid) = format(
                  '(%I IS NOT NULL)', (select attname from pg_attribute
                    where attrelid = k.conrelid and attnum = k.conkey[1])), true)))
            order by 1
            """,
        )
        # Checked at the end of the transaction: see keep_rated_criterion, keep_answered_question.
        == ["candidate_ratings_criterion_id_fkey", "interview_responses_question_id_fkey"]
    )


def test_deleting_somebody_or_something(db: Database) -> None:
    """What `on delete` says, by name, so that no change of it goes unseen."""
    rules = db.rows(
        "select conrelid::regclass::text || '.' || a.attname as key, confdeltype::text as rule"
        " from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid"
        f" and a.attnum = k.conkey[1] where contype = 'f' and connamespace in {OURS}"
    )
    words = {"c": "cascade", "r": "restrict", "n": "set null", "a": "no action"}
    assert {row["key"]: words[row["rule"]] for row in rules} == {
        "interviews.recruiter_id": "restrict",
        "interview_questions.interview_id": "cascade",
        "interview_invites.interview_id": "cascade",
        "interview_participants.interview_id": "cascade",
        "interview_participants.user_id": "cascade",
        "interview_participants.invite_id": "set null",
        "interview_responses.participant_id": "cascade",
        "interview_responses.question_id": "no action",
        "response_analyses.response_id": "cascade",
        "accommodations.participant_id": "cascade",
        "interview_criteria.interview_id": "cascade",
        "interview_templates.owner_id": "cascade",
        "interview_reviewers.interview_id": "cascade",
        "interview_reviewers.user_id": "cascade",
        "candidate_reviews.participant_id": "cascade",
        "candidate_reviews.reviewer_id": "set null",
        "candidate_ratings.review_id": "cascade",
        "candidate_ratings.criterion_id": "no action",
        "candidate_decisions.participant_id": "cascade",
        "candidate_decisions.decided_by": "set null",
        "private.consents.participant_id": "cascade",
        "private.notifications.user_id": "cascade",
        "private.consents.version": "restrict",
        "private.response_takes.participant_id": "cascade",
        "private.response_takes.question_id": "cascade",
        "private.invite_counts.user_id": "cascade",
        "private.code_requests.user_id": "cascade",
    }


def test_every_table_has_a_primary_key(db: Database) -> None:
    keyless = names(
        db,
        f"select oid::regclass from pg_class c where relnamespace in {OURS} and relkind = 'r'"
        " and not exists (select from pg_index where indrelid = c.oid and indisprimary)",
    )
    assert keyless == []


def test_every_function_pins_its_search_path(db: Database) -> None:
    assert (
        names(
            db,
            f"select oid::regprocedure::text from pg_proc where pronamespace in {OURS}"
            " and not coalesce(proconfig @> array['search_path=\"\"'], false)",
        )
        == []
    )


def test_functions_that_avoid_sequential_scans_are_without_jit(db: Database) -> None:
    """A table that can only be read so costs more in their plans than what is worth compiling."""
    found = db.rows(
        "select oid::regprocedure::text as name, 'jit=off' = any (proconfig) as without_jit"
        f" from pg_proc where pronamespace in {OURS} and 'enable_seqscan=off' = any (proconfig)"
    )
    assert found and [row["name"] for row in found if not row["without_jit"]] == []


def test_nothing_is_granted_to_public(db: Database) -> None:
    """No function, table or column; of schemas only the usage of `public`."""
    assert (
        names(
            db,
            f"""
            select oid::regprocedure::text from pg_proc
            where pronamespace in {OURS} and (proacl is null
                or array_to_string(proacl, ' ') ~ '(^| )=')
            union all
            select oid::regclass::text from pg_class
            where relnamespace in {OURS} and array_to_string(relacl, ' ') ~ '(^| )='
            union all
            select attrelid::regclass::text from pg_attribute
            where attrelid in (select oid from pg_class where relnamespace in {OURS})
              and array_to_string(attacl, ' ') ~ '(^| )='
            union all
            select nspname::text from pg_namespace
            where nspname = 'private' and array_to_string(nspacl, ' ') ~ '(^| )='
            """,
        )
        == []
    )


def test_the_list_in_functions_sql_names_every_function(db: Database) -> None:
    text = (ROOT / "policies" / "functions.sql").read_text()
    values = text.partition("with listed (signature, roles) as (")[2].partition("), known as (")[0]
    # A signature may run on over two lines, which SQL joins.
    joined = re.sub(r"'\s*\n\s*'", "", values)
    listed = re.findall(r"\('((?:public|private)\.\w+\([^']*\))'", joined)
    oids = [
        row["oid"] for row in db.rows("select unnest(%s::text[])::regprocedure::oid as oid", listed)
    ]
    assert len(oids) == len(set(oids))
    assert sorted(oids) == sorted(
        row["oid"] for row in db.rows(f"select oid from pg_proc where pronamespace in {OURS}")
    )


def test_older_signatures_go_and_grants_come_back(cluster: Cluster, database: str) -> None:
    """An argument that is added replaces the function: PostgREST could not tell two apart."""
    url = cluster.url(database)
    with committed(url) as db:
        before = catalog(db)
        db.run(
            "create function public.transfer_interviews(from_recruiter uuid, to_recruiter uuid)"
            " returns integer language sql as 'select 1'"
        )
        db.run("create function private.lock_codes() returns void language sql as 'select'")
        db.run("grant execute on function public.transfer_interviews(uuid, uuid) to service_role")
        db.run("create function public.theirs() returns integer language sql as 'select 1'")
    cluster.run_sql(schema.joined(), database, "postgres")
    with committed(url) as db:
        assert db.value("select public.theirs()") == 1, "what is not ours stays"
        db.run("drop function public.theirs()")
        assert catalog(db) == before


def test_triggers_are_numbered_in_the_order_in_which_they_run(db: Database) -> None:
    """PostgreSQL runs those of one moment by name: _NNN_what_it_does, one number a moment."""
    rows = db.rows(
        "select tgrelid::regclass::text as table, tgname::text as name, tgtype::integer as type,"
        " proname::text as function from pg_trigger join pg_proc p on p.oid = tgfoid"
        f" where not tgisinternal and p.pronamespace in {OURS} order by tgname"
    )
    assert len(rows) > 10
    for row in rows:
        assert re.fullmatch(r"_\d{3}_[a-z]+(_[a-z]+)+", row["name"]), row
        # Named after its function, and where two of them call one, with one word more.
        words = set(row["name"].split("_")[2:])
        assert set(row["function"].split("_")) <= words, row
    # Before the statement, before its rows, afterwards.
    moments = {
        table: [_moment(row["type"]) for row in rows if row["table"] == table]
        for table in {row["table"] for row in rows}
    }
    for table, found in moments.items():
        assert found == sorted(found), f"{table}: numbers grow with the moments"
    numbered = [(row["table"], row["name"][:4], row["type"]) for row in rows]
    assert len(numbered) == len(set(numbered))


def _moment(type: int) -> int:
    """When a trigger of this pg_trigger.tgtype runs: its bits are row (1) and before (2)."""
    is_row, is_before = type & 1, type & 2
    return (0 if not is_row else 1) if is_before else 2


def test_everything_is_commented(db: Database) -> None:
    assert (
        names(
            db,
            f"""
            select oid::regclass::text from pg_class
            where relnamespace in {OURS} and relkind in ('r', 'v') and obj_description(oid) is null
            union all
            select oid::regprocedure::text from pg_proc
            where pronamespace in {OURS} and obj_description(oid) is null
            union all
            select nspname::text from pg_namespace where nspname = 'private'
              and obj_description(oid) is null
            """,
        )
        == []
    )


def test_lists_come_as_one_value_or_in_pages(db: Database) -> None:
    """PostgREST would cut a set of rows at db-max-rows, by default 1,000: more than a page has."""
    assert names(
        db,
        "select proname from pg_proc where pronamespace = 'public'::regnamespace and proretset"
        " order by 1",
    ) == [
        *("candidate_timeline", "count_candidates", "get_candidate"),  # few rows by their nature
        *("list_candidates", "list_interviews"),
    ]


def test_no_name_of_a_function_is_overloaded(db: Database) -> None:
    """PostgREST could not tell which one is meant."""
    assert (
        names(
            db,
            f"select proname from pg_proc where pronamespace in {OURS}"
            " group by 1 having count(*) > 1",
        )
        == []
    )


def test_the_views_read_with_the_caller_s_rights(db: Database) -> None:
    found = db.rows(
        "select oid::regclass::text as view,"
        " coalesce(reloptions, '{}') @> '{security_invoker=true}' as by_caller"
        f" from pg_class where relnamespace in {OURS} and relkind in ('v', 'm')"
    )
    assert {row["view"]: row["by_caller"] for row in found} == {
        "interview_candidates": True,
        "interview_stats": True,
        "private.job_contents": True,
    }
    readers = names(
        db,
        "select r.rolname from pg_roles r where has_table_privilege(r.oid, 'private.job_contents',"
        " 'select') and not r.rolsuper and r.rolname <> 'postgres'"
        " and r.rolname not like 'pg\\_%'",
    )
    assert readers == [], "what is in a mail is read by the functions of its owner alone"

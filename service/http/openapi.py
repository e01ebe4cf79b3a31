"""The service's description, OpenAPI 3.1, put together from the routes and their models."""

import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, TypeVar

from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_swagger_ui import get_swaggerui_blueprint  # type: ignore[import-untyped]
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from service.http import auth
from service.http.answer_schemas import ProblemAnswer

bp = Blueprint("openapi", __name__)

PATH = "/openapi.json"
# What every route with credentials may refuse with: statuses and slugs.
REFUSALS = (
    "401 missing_credentials",
    "401 invalid_credentials",
    "401 invalid_token",
    "401 not_signed_in",
    "403 not_allowed",
    "403 email_not_confirmed",
    "403 sso_address_not_trusted",
    "403 recruiter_role_required",
    "429 too_many_requests",
    "500 internal_error",
    "503 supabase_unavailable",
    "503 took_too_long",
)
_ABOUT = """
    Invites candidates to interviews, sends their emails, and shows what they submitted. Call it
    with a service API key, or with a recruiter's Supabase access token, and then Supabase decides
    what it may do.

    Every POST may be repeated. Refusals are RFC 9457 problems; their `code` is for programs.
    """

View = TypeVar("View", bound=Callable[..., Any])
Json = dict[str, Any]
_UUID = {"type": "string", "format": "uuid"}


@dataclass(frozen=True)
class Described:
    """What a route takes and gives, beyond what its rule and docstring say.

    Refusals are "status slug"; bodies are by media type, where None stands for text.
    """

    answers: Mapping[int, type[BaseModel]]
    refusals: tuple[str, ...] = ()
    query: type[BaseModel] | None = None
    bodies: Mapping[str, type[BaseModel] | None] = field(default_factory=dict)

    def __call__(self, view: View) -> View:
        """Say this of a view, as its decorator."""
        view.__dict__["described"] = self
        return view


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
        "tags": [{"name": "invites"}, {"name": "candidates"}, {"name": "health"}],
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
        },
    }


def _operation(rule: Rule, view: Callable[..., Any], described: Described) -> Json:
    blueprint, _, name = rule.endpoint.partition(".")
    secured = auth.needs_credentials(rule.endpoint)
    responses = {
        str(status): _response(status, "application/json", _reference(model))
        for status, model in described.answers.items()
    }
    # A path with a part that is no uuid leads nowhere.
    anyway = (*(REFUSALS if secured else ()), *(["404 not_found"] if rule.arguments else []))
    slugs = defaultdict(list)
    for refusal in sorted({*anyway, *described.refusals}):
        status, _, slug = refusal.partition(" ")
        slugs[status].append(slug)
    for status, those in slugs.items():
        only = {"properties": {"status": {"const": int(status)}, "code": {"enum": those}}}
        problem = {"allOf": [_reference(ProblemAnswer), only]}
        responses[status] = _response(int(status), "application/problem+json", problem)
    operation: Json = {
        "tags": [blueprint],
        "summary": (inspect.getdoc(view) or "").rstrip("."),
        "operationId": name,
        "security": [{"bearer": []}] if secured else [],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": _UUID}
            for name in sorted(rule.arguments)
        ],
        "responses": responses,
    }
    if described.query:
        operation["parameters"] += _query_parameters(described.query)
    if described.bodies:
        content = {
            kind: {"schema": _reference(model) if model else {"type": "string"}}
            for kind, model in described.bodies.items()
        }
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _query_parameters(form: type[BaseModel]) -> Iterator[Json]:
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


def _response(status: int, kind: str, schema: Json) -> Json:
    headers = {"X-Request-ID": _header("Names this request in the logs.", "string")}
    if status == 401:
        headers["WWW-Authenticate"] = _header("Bearer.", "string")
    if kind == "application/problem+json" and status in (429, 503):
        headers["Retry-After"] = _header("Seconds after which to repeat the call.", "integer")
    phrase = HTTPStatus(status).phrase
    return {"description": phrase, "headers": headers, "content": {kind: {"schema": schema}}}


def _header(description: str, kind: str) -> Json:
    return {"description": description, "required": True, "schema": {"type": kind}}

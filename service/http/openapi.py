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
from openapi_pydantic import (
    Components,
    Header,
    Info,
    MediaType,
    OpenAPI,
    Operation,
    Parameter,
    PathItem,
    Reference,
    RequestBody,
    Response,
    Schema,
    SecurityScheme,
    Tag,
)
from openapi_pydantic.util import PydanticSchema, construct_open_api_with_schema_class
from pydantic import BaseModel
from werkzeug.routing import Rule

from service.http.answers import ProblemAnswer

bp = Blueprint("openapi", __name__)

PATH = "/openapi.json"
_KEY = "openapi"
# What every route with credentials may refuse with.
REFUSALS: Mapping[int, tuple[str, ...]] = {
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
_REQUEST_ID = Reference.model_validate({"$ref": "#/components/headers/RequestId"})
_RETRY_AFTER = Reference.model_validate({"$ref": "#/components/headers/RetryAfter"})
_CHALLENGE = Reference.model_validate({"$ref": "#/components/headers/Challenge"})

View = TypeVar("View", bound=Callable[..., Any])
Body = type[BaseModel] | Schema


@dataclass(frozen=True)
class Described:
    """What a route takes and gives, beyond what its rule and docstring say."""

    answers: Mapping[int, type[BaseModel]]
    refusals: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    query: tuple[type[BaseModel], ...] = ()
    bodies: Mapping[str, Body] = field(default_factory=dict)


def describe(
    answers: Mapping[int, type[BaseModel]],
    refusals: Mapping[int, tuple[str, ...]] | None = None,
    *,
    query: tuple[type[BaseModel], ...] = (),
    bodies: Mapping[str, Body] | None = None,
) -> Callable[[View], View]:
    """Say what a view takes and gives: bodies by media type, refusals by status as slugs."""

    def mark(view: View) -> View:
        view.__dict__["described"] = Described(answers, refusals or {}, query, bodies or {})
        return view

    return mark


def merged(
    first: Mapping[int, tuple[str, ...]], second: Mapping[int, tuple[str, ...]]
) -> dict[int, tuple[str, ...]]:
    """The refusals of both, status by status."""
    return {
        status: (*first.get(status, ()), *second.get(status, ())) for status in {*first, *second}
    }


@bp.get(PATH)
def openapi_json() -> ResponseReturnValue:
    """This description."""
    if _KEY not in current_app.extensions:
        current_app.extensions[_KEY] = document(current_app)
    return jsonify(current_app.extensions[_KEY])


def init_app(app: Flask) -> None:
    """Serve the description, and a page that shows it."""
    app.register_blueprint(bp)
    # Its blueprint serves the page at /docs/ and what the page needs below it.
    shown = {"app_name": "HireVision interviews", "validatorUrl": None}  # which is elsewhere
    app.register_blueprint(get_swaggerui_blueprint("/docs", f"..{PATH}", shown))


def document(app: Flask) -> dict[str, Any]:
    """The description of an application, as JSON takes it."""
    paths: dict[str, PathItem] = {}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if (described := view.__dict__.get("described")) is None:
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        item = paths.setdefault(path, PathItem())
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            setattr(item, method.lower(), _operation(rule, view, described))
    described_api = OpenAPI(
        openapi="3.1.0",
        info=Info(
            title="HireVision interviews",
            version=version("hirevision-interviews"),
            description=inspect.cleandoc(_ABOUT),
        ),
        tags=[Tag(name="invites"), Tag(name="health")],
        paths=paths,
        components=Components(
            securitySchemes={
                "bearer": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="A service API key, or a recruiter's Supabase access token.",
                )
            },
            headers={
                "RequestId": _header("Names this request in the logs.", "string"),
                "RetryAfter": _header("Seconds.", "integer"),
                "Challenge": _header("Bearer.", "string"),
            },
        ),
    )
    built = construct_open_api_with_schema_class(described_api)
    return built.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)


_ABOUT = """
    Invites candidates to interviews and sends their mails. Call it with a service API key, or
    with a recruiter's Supabase access token, and then Supabase decides what it may do.

    Every POST may be repeated. Refusals are RFC 9457 problems; their `code` is for programs.
    """


def _operation(rule: Rule, view: Callable[..., Any], described: Described) -> Operation:
    title, _, text = (inspect.getdoc(view) or "").partition("\n")
    secured = rule.endpoint.startswith("invites.")
    refusals = merged(REFUSALS, described.refusals) if secured else dict(described.refusals)
    if rule.arguments:  # one that is no uuid leads nowhere
        refusals = merged(refusals, {404: ("not_found",)})
    return Operation(
        tags=[rule.endpoint.partition(".")[0]],
        summary=title.rstrip("."),
        description=text.strip() or None,
        operationId=rule.endpoint.rpartition(".")[2],
        parameters=[*_path_parameters(rule), *_query_parameters(described.query)] or None,
        requestBody=_request_body(described.bodies) if described.bodies else None,
        responses={
            **{str(status): _answer(status, model) for status, model in described.answers.items()},
            **{str(status): _refusal(status, slugs) for status, slugs in sorted(refusals.items())},
        },
        security=[{"bearer": []}] if secured else [],
    )


def _path_parameters(rule: Rule) -> Iterator[Parameter]:
    for name in sorted(rule.arguments):
        schema = {"type": "string", "format": "uuid"}
        yield Parameter.model_validate(
            {"name": name, "in": "path", "required": True, "schema": schema}
        )


def _query_parameters(forms: tuple[type[BaseModel], ...]) -> Iterator[Parameter]:
    for form in forms:
        for name, schema in form.model_json_schema()["properties"].items():
            # What is absent from a query is left out; it cannot be null.
            plain = {key: value for key, value in schema.items() if key not in ("anyOf", "title")}
            some = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
            for option in some:
                plain |= option
            if plain.get("default", "") is None:
                del plain["default"]
            text = plain.pop("description", None)
            yield Parameter.model_validate(
                {"name": name, "in": "query", "description": text, "schema": plain}
            )


def _request_body(bodies: Mapping[str, Body]) -> RequestBody:
    return RequestBody(
        required=True,
        content={kind: _media(body) for kind, body in bodies.items()},
    )


def _schema(body: Body) -> Schema:
    if isinstance(body, Schema):
        return body
    return PydanticSchema[BaseModel].model_validate({"schema_class": body})


def _media(body: Body) -> MediaType:
    return MediaType(schema=_schema(body))


def _header(description: str, kind: str) -> Header:
    return Header.model_validate(
        {"description": description, "required": True, "schema": {"type": kind}}
    )


def _answer(status: int, model: type[BaseModel]) -> Response:
    return Response(
        description=_WORDS[status],
        headers={"X-Request-ID": _REQUEST_ID},
        content={"application/json": _media(model)},
    )


def _refusal(status: int, slugs: tuple[str, ...]) -> Response:
    headers: dict[str, Header | Reference] = {"X-Request-ID": _REQUEST_ID}
    if status in (429, 503):
        headers["Retry-After"] = _RETRY_AFTER
    if status == 401:
        headers["WWW-Authenticate"] = _CHALLENGE
    only = {"properties": {"status": {"const": status}, "code": {"enum": sorted(slugs)}}}
    these = Schema.model_validate({"allOf": [_schema(ProblemAnswer), only]})
    return Response(
        description=_WORDS[status],
        headers=headers,
        content={"application/problem+json": _media(these)},
    )

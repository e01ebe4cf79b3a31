"""Whether the service lives, whether it can do its work, and figures about it."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from service import metrics
from service.http import auth
from service.http.answer_schemas import Health, Readiness
from service.http.openapi import Described
from service.http.problems import Problem
from service.runtime import runtime

bp = Blueprint("health", __name__)


@bp.get("/health")
@Described({200: Health})
def health() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/ready")
@Described({200: Readiness, 503: Readiness})
def ready() -> ResponseReturnValue:
    """503 when Supabase cannot be used; 200 with `degraded` when anything else fails."""
    report = runtime().readiness.report()
    return jsonify(report), 503 if report["status"] == "unavailable" else 200


@bp.get("/metrics")
def prometheus() -> ResponseReturnValue:
    """Figures for Prometheus; never later than two seconds, whatever is down."""
    key = runtime().settings.metrics_key
    if key and not auth.has_one_of([key]):
        raise Problem(
            401,
            "metrics_key_required",
            "The metrics are only for those who have their key.",
            "Send Authorization: Bearer with METRICS_KEY.",
        )
    return Response(runtime().metrics.text(), content_type=metrics.CONTENT_TYPE)

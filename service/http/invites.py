"""Inviting candidates, and delivering an invitation now."""

from typing import Any
from uuid import UUID

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from service.http import answer_schemas, candidate_files, invite_pages, request_schemas
from service.http.auth import Caller
from service.http.openapi import Described
from service.http.problems import Problem
from service.mail.jobs import Claim
from service.runtime import runtime

bp = Blueprint("invites", __name__)

_JSON = "application/json"
_REFUSED_BODIES = (
    "400 malformed_request",
    "413 request_too_large",
    "415 unsupported_media_type",
    "422 invalid_request",
)
_REFUSED_INVITING = (
    *_REFUSED_BODIES,
    "400 no_emails",
    "400 text_not_allowed",
    "404 interview_not_found",
    "409 interview_closed",
    "413 too_many_emails",
    "422 invalid_email",
    "429 invites_per_day_reached",
    "503 codes_exhausted",
)


@bp.post("/send-interview-invite")
@Described(
    {200: answer_schemas.Done, 202: answer_schemas.Done},
    (
        *_REFUSED_BODIES,
        "400 text_not_allowed",
        "404 invite_not_found",
        "409 interview_closed",
        "409 unsubscribed",
        "422 mail_refused",
    ),
    bodies={_JSON: request_schemas.SendForm},
)
def send_interview_invite() -> ResponseReturnValue:
    """Send the queued email of a pending invite now."""
    form = request_schemas.SendForm.model_validate(_json())
    email, code = form.email.lower(), form.invite_code
    caller: Caller = g.caller
    if not caller.is_backend:
        own = caller.supabase.select("interview_invites", "id")
        if not caller.supabase.rows(own.eq("email", email).eq("invite_code", code)):
            # As the database refuses an unknown pair.
            raise Problem(
                404,
                "invite_not_found",
                "No pending invite has this address and code.",
                "Invite the address first; the response contains its code.",
            )
    return _answer(runtime().send_now.deliver(email, code))


@bp.post("/invite")
@Described(
    {201: answer_schemas.Invitations},
    (*_REFUSED_INVITING, "403 service_key_required"),
    bodies={_JSON: request_schemas.InviteForm},
)
def invite() -> ResponseReturnValue:
    """Invite candidates to an interview, or to HireVision; one outcome per address, in order."""
    form = request_schemas.InviteForm.model_validate(_json())
    caller: Caller = g.caller
    arguments: dict[str, Any] = {
        **form.people(),
        "recruiter_name": form.recruiter_name or None,
    }
    if form.interview_id is not None:
        arguments["interview_id"] = str(form.interview_id)
        rows = caller.supabase.rpc("create_invites", arguments)
    elif caller.is_backend:
        del arguments["names"]  # for the invites of an interview
        rows = caller.supabase.rpc("invite_candidates", arguments)
    else:
        raise Problem(
            403,
            "service_key_required",
            "Only the company's backend sends invitations without an interview.",
            "Send interview_id, or use a service API key.",
        )
    _refuse_nonsense(rows, rows)
    runtime().worker.wake()
    return jsonify(success=True, message=_summary(rows), invites=rows), 201


@bp.post("/interviews/<uuid:interview_id>/invites")
@Described(
    {200: answer_schemas.InvitedList, 201: answer_schemas.InvitedList},
    (*_REFUSED_INVITING, "422 unreadable_file", "422 ambiguous_column"),
    query=request_schemas.ListQuery,
    bodies={
        _JSON: request_schemas.ListForm,
        "multipart/form-data": request_schemas.FileForm,
        "text/csv": None,
        "text/tab-separated-values": None,
    },
)
def invite_list(interview_id: UUID) -> ResponseReturnValue:
    """Invite a list of candidates, or see what that would do; one outcome per row."""
    query = request_schemas.ListQuery.model_validate(request.args.to_dict())
    dry_run = query.dry_run
    table, people, recruiter_name = _list(query)
    arguments: dict[str, Any] = {"interview_id": str(interview_id), "emails": people["emails"]}
    if not dry_run:
        arguments["names"] = people["names"]
        arguments["recruiter_name"] = recruiter_name or query.recruiter_name or None
    caller: Caller = g.caller
    outcomes = caller.supabase.rpc("preview_invites" if dry_run else "create_invites", arguments)
    if table:
        rows = table.with_outcomes(outcomes)
    else:
        rows = [
            {"row": row, "name": name, **outcome}
            for row, (name, outcome) in enumerate(zip(people["names"], outcomes, strict=False), 1)
        ]
    if not dry_run:
        _refuse_nonsense(outcomes, rows)
        runtime().worker.wake()
    said = [_foreseen(outcomes) if dry_run else _summary(outcomes), table.note if table else None]
    answer = {
        "success": True,
        "message": " ".join(filter(None, said)),
        "dry_run": dry_run,
        "file": table and table.described(),
        "summary": candidate_files.summary(rows),
        "invites": rows,
    }
    return jsonify(answer), 200 if dry_run else 201


@bp.get("/interviews/<uuid:interview_id>/invites")
@Described(
    {200: answer_schemas.InvitePage},
    ("404 interview_not_found", "422 invalid_request"),
    query=request_schemas.InviteQuery,
)
def list_invites(interview_id: UUID) -> ResponseReturnValue:
    """The invites of an interview with the state of their emails, oldest first."""
    query = request_schemas.InviteQuery.model_validate(request.args.to_dict())
    return jsonify(invite_pages.page(g.caller.supabase, interview_id, query))


def _json() -> Any:
    """The JSON body; 400 or 415 when there is none."""
    try:
        return request.get_json()
    except RecursionError as error:
        raise BadRequest("The JSON is nested too deeply.") from error


def _list(
    query: request_schemas.ListQuery,
) -> tuple[candidate_files.Table | None, dict[str, list[str | None]], str | None]:
    """The file if the list came in one, whom it names, and who signs the emails, if it says so."""
    if request.mimetype == "multipart/form-data":
        files = request.files.getlist("file")
        if len(files) != 1:
            raise Problem(
                422,
                "invalid_request",
                "The form has several files." if files else "The form has no file.",
                "Send one list as the form's field `file`.",
                errors=[{"field": "file", "message": f"One file required, not {len(files)}"}],
            )
        fields = request_schemas.FileFields.model_validate(request.form.to_dict())
        table = candidate_files.read(files[0].read(), fields.column or query.column)
        return table, table.people(), fields.recruiter_name
    if request.mimetype in ("text/csv", "text/tab-separated-values"):
        table = candidate_files.read(request.get_data(), query.column)
        return table, table.people(), None
    form = request_schemas.ListForm.model_validate(_json())
    return None, request_schemas.named(form.emails), form.recruiter_name


def _refuse_nonsense(outcomes: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
    """A 422 when not one of them is an address; it carries `rows`."""
    if all(outcome["outcome"] == "invalid_email" for outcome in outcomes):
        raise Problem(
            422,
            "invalid_email",
            "The address is not valid."
            if len(outcomes) == 1
            else "None of the addresses is valid.",
            "Correct the addresses and send them again.",
            invites=rows,
        )


def _foreseen(outcomes: list[dict[str, Any]]) -> str:
    mails = sum(outcome["outcome"] in ("created", "renewed") for outcome in outcomes)
    return f"Nothing was done. It would queue {mails} invitation{'' if mails == 1 else 's'}."


def _summary(rows: list[dict[str, Any]]) -> str:
    mailed = sum(row["outcome"] in ("created", "renewed", "queued") for row in rows)
    queued = f"{mailed} invitation{'' if mailed == 1 else 's'} queued"
    others = len(rows) - mailed
    return f"{queued}, {others} not: see the outcomes." if others else f"{queued}."


def _answer(claim: Claim | None) -> ResponseReturnValue:
    match claim:
        case Claim(delivery="accepted"):
            return jsonify(success=True, message="The invitation has been sent."), 200
        case Claim(delivery="failed", error=error):
            raise Problem(
                422,
                "mail_refused",
                f"The mail server refused this email: {error or 'no reason given'}",
                "Correct the invite's address (correct_invite), or have it sent again"
                " (resend_invite).",
            )
        case Claim(delivery="cancelled"):
            raise Problem(
                409,
                "interview_closed",
                "This interview does not accept candidates, so no email is sent.",
                "Reopen it or move the deadline, then invite again.",
            )
        case Claim(delivery="unsubscribed"):
            raise Problem(
                409,
                "unsubscribed",
                "This person has unsubscribed from the recruiter's emails, so none is sent.",
                "Give them the code in another way: it is valid.",
            )
    message = "The email is queued; it will be sent once the mail server accepts it."
    return jsonify(success=True, message=message), 202

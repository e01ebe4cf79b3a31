"""Inviting candidates, and delivering an invitation now."""

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from werkzeug.exceptions import BadRequest

from service import callers, listing
from service.callers import Caller
from service.outbox import Claim
from service.problems import Problem
from service.runtime import runtime

bp = Blueprint("invites", __name__)
bp.before_request(callers.require)


def _storable(text: Any) -> Any:
    # Neither PostgreSQL nor UTF-8 can hold these. Replaced, they make an address invalid and
    # leave the others alone.
    if not isinstance(text, str):
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _cut(text: str) -> str:
    # Still too long for an address, which the database says of this one alone, and soon.
    return text[:1000]


Text = Annotated[str, BeforeValidator(_storable), Field(max_length=1000)]
EmailText = Annotated[str, BeforeValidator(_storable), AfterValidator(_cut)]


class Form(BaseModel):
    """A JSON body."""

    model_config = ConfigDict(hide_input_in_errors=True, str_strip_whitespace=True)


class SendForm(Form):
    """Which invitation to deliver. The title and the name are those stored with the invite."""

    email: Text
    invite_code: Text
    interview_title: Text | None = None
    recruiter_name: Text | None = None


class InviteForm(Form):
    """Whom to invite: one address or a list of them."""

    email: EmailText | None = None
    emails: list[EmailText | None] | None = None
    interview_id: UUID | None = None
    recruiter_name: Annotated[Text, Field(max_length=255)] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "InviteForm":
        if (self.email is None) == (self.emails is None):
            raise ValueError("either email or emails is needed")
        return self

    def addresses(self) -> list[str | None]:
        """The addresses in the order given."""
        return [self.email] if self.emails is None else list(self.emails)


@bp.post("/send-interview-invite")
def send_interview_invite() -> ResponseReturnValue:
    """Deliver the queued mail of a pending invite now."""
    form = SendForm.model_validate(_json())
    email, code = form.email.lower(), form.invite_code
    caller: Caller = g.caller
    if not caller.is_backend and not caller.supabase.exists(
        "interview_invites", email=email, invite_code=code
    ):
        raise _no_such_invite()
    return _answer(runtime().prompt.deliver(email, code))


@bp.post("/invite")
def invite() -> ResponseReturnValue:
    """Invite candidates to an interview, or to HireVision; one outcome per address, in order."""
    form = InviteForm.model_validate(_json())
    caller: Caller = g.caller
    arguments: dict[str, Any] = {
        "emails": form.addresses(),
        "recruiter_name": form.recruiter_name or None,
    }
    if form.interview_id is not None:
        arguments["interview_id"] = str(form.interview_id)
        rows = caller.supabase.rpc("create_invites", arguments)
    elif caller.is_backend:
        rows = caller.supabase.rpc("invite_candidates", arguments)
    else:
        raise Problem(
            403,
            "service_key_required",
            "Only the company's backend sends invitations without an interview.",
            "Send interview_id, or use a service API key.",
        )
    if all(row["outcome"] == "invalid_email" for row in rows):
        raise Problem(
            422,
            "invalid_email",
            "This is not an email address." if len(rows) == 1 else "None is an email address.",
            "Correct the addresses and send them again.",
            invites=rows,
        )
    runtime().mail_thread.wake()
    return jsonify(success=True, message=_summary(rows), invites=rows), 201


@bp.get("/interviews/<uuid:interview_id>/invites")
def list_invites(interview_id: UUID) -> ResponseReturnValue:
    """The invites of an interview with the state of their mails, oldest first."""
    form = listing.ListForm.model_validate(request.args.to_dict())
    return jsonify(listing.page(g.caller, interview_id, form).model_dump(mode="json"))


def _json() -> Any:
    """The JSON body; 400 or 415 when there is none."""
    try:
        return request.get_json()
    except RecursionError as error:
        raise BadRequest("The JSON is nested too deeply.") from error


def _summary(rows: list[dict[str, Any]]) -> str:
    mailed = sum(row["outcome"] in ("created", "renewed", "queued") for row in rows)
    queued = f"{mailed} invitation{'' if mailed == 1 else 's'} queued"
    others = len(rows) - mailed
    return f"{queued}, {others} not: see the outcomes." if others else f"{queued}."


def _answer(claim: Claim | None) -> ResponseReturnValue:
    if claim is not None and claim.delivery == "accepted":
        return jsonify(success=True, message="The invitation has been sent."), 200
    if claim is not None and claim.delivery == "failed":
        raise Problem(
            422,
            "mail_refused",
            f"The mail server refused this mail: {claim.error or 'no reason given'}",
            "Correct the invite's address (correct_invite), or have it sent again (resend_invite).",
        )
    if claim is not None and claim.delivery == "cancelled":
        raise Problem(
            409,
            "interview_closed",
            "The interview takes no candidates at the moment, so nobody is mailed.",
            "Open the interview or move its deadline, then invite again.",
        )
    message = "The mail is queued; the mail server has not taken it yet. It is sent when it does."
    return jsonify(success=True, message=message), 202


def _no_such_invite() -> Problem:
    # The same as the database answers for an unknown pair.
    return Problem(
        404,
        "invite_not_found",
        "There is no pending invite of this address with this code.",
        "Invite the address first; the answer carries its code.",
    )

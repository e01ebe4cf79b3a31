"""What is always true of the tables between transactions.

Each invariant is a query for the rows that break it, and a statement that breaks it, by which
test_invariants.py shows that the query would find such rows.
"""

from typing import Any, NamedTuple

from tests.kit.database import Database, Row
from tests.kit.responses import FAULTS


class Invariant(NamedTuple):
    """`broken_by` is run with triggers off, on a scene with one participant, who has recorded."""

    broken: str
    broken_by: str


A_SECOND_INVITE = """
    insert into public.interview_invites
      (interview_id, recruiter_id, recruiter_name, email, invite_code, status)
    select interview_id, recruiter_id, recruiter_name, {email}, {code}, 'pending'
    from public.interview_invites where status = 'pending'
"""

INVARIANTS = {
    "one pending invite per interview and address": Invariant(
        "select interview_id, email from public.interview_invites where status = 'pending'"
        " group by 1, 2 having count(*) > 1",
        "drop index public.interview_invites_pending_email_key;"
        + A_SECOND_INVITE.format(email="email", code="'999999'"),
    ),
    "pending codes of an interview are unique": Invariant(
        "select interview_id, invite_code from public.interview_invites where status = 'pending'"
        " group by 1, 2 having count(*) > 1",
        "drop index public.interview_invites_pending_code_key;"
        + A_SECOND_INVITE.format(email="'other@example.com'", code="invite_code"),
    ),
    "an address has a code once": Invariant(
        "select email, invite_code from public.interview_invites group by 1, 2 having count(*) > 1",
        "drop index public.interview_invites_email_code_key;"
        " update public.interview_invites set email = 'a@example.com', invite_code = '999999'",
    ),
    "stamps of invites tell their status": Invariant(
        "select * from public.interview_invites"
        " where (accepted_at is not null) <> (status in ('accepted', 'completed'))"
        " or (completed_at is not null) <> (status = 'completed')"
        " or accepted_at < created_at or completed_at < accepted_at",
        "update public.interview_invites set accepted_at = null",
    ),
    "stamps of participants tell their status": Invariant(
        "select * from public.interview_participants"
        " where (completed_at is not null) <> (status = 'completed') or completed_at < joined_at",
        "update public.interview_participants set completed_at = now()",
    ),
    "a participant's invite is marked as they stand": Invariant(
        "select i.email, i.withdrawn_at, i.reviewed_at, i.decision"
        " from public.interview_participants p"
        " join public.interview_invites i on i.id = p.invite_id"
        " left join public.candidate_decisions d on d.participant_id = p.id"
        " where (i.withdrawn_at is not null, i.reviewed_at, i.decision, i.decided_at)"
        " is distinct from (p.status = 'withdrawn',"
        " (select max(r.submitted_at) from public.candidate_reviews r"
        "  where r.participant_id = p.id), d.decision, d.decided_at)",
        "update public.interview_invites set decision = 'hold', decided_at = now()",
    ),
    "an address of an interview has one current invite at most": Invariant(
        "select interview_id, email from public.interview_invites where is_current"
        " group by 1, 2 having count(*) > 1",
        A_SECOND_INVITE.format(email="email", code="'999999'").replace("'pending'", "'expired'", 1),
    ),
    "a participant's invite has gone as far as the participant": Invariant(
        "select p.status as participant, i.status, i.email from public.interview_participants p"
        " left join public.interview_invites i on i.id = p.invite_id"
        " where i.status is distinct from"
        " case p.status when 'completed' then 'completed' else 'accepted' end",
        "update public.interview_participants set status = 'completed', completed_at = now()",
    ),
    "an account that redeemed takes part": Invariant(
        "select * from public.interview_invites i where status in ('accepted', 'completed')"
        " and not exists (select from public.interview_participants p join auth.users u"
        " on u.id = p.user_id where p.interview_id = i.interview_id"
        " and private.normalize_email(u.email) = i.email)",
        "delete from public.interview_participants",
    ),
    "everything below an interview is its recruiter's": Invariant(
        "select n.id, c.recruiter_id from public.interviews n join ("
        " select interview_id, recruiter_id from public.interview_questions union all"
        " select interview_id, recruiter_id from public.interview_invites union all"
        " select interview_id, recruiter_id from public.interview_participants union all"
        " select interview_id, recruiter_id from public.interview_reviewers union all"
        " select interview_id, recruiter_id from public.interview_criteria union all"
        " select interview_id, recruiter_id from public.candidate_reviews union all"
        " select interview_id, recruiter_id from public.candidate_ratings union all"
        " select interview_id, recruiter_id from public.candidate_decisions) c"
        " on c.interview_id = n.id where c.recruiter_id <> n.recruiter_id",
        "update public.interview_participants set recruiter_id = user_id",
    ),
    "a job stands once": Invariant(
        "select kind, subject, key from private.jobs group by 1, 2, 3 having count(*) > 1",
        "alter table private.jobs drop constraint jobs_subject_key;"
        " insert into private.jobs (kind, subject) select kind, subject from private.jobs",
    ),
    "jobs are held only while they are to be done": Invariant(
        "select * from private.jobs where attempts < 0 or lease_token is not null"
        " and (failed_at is not null or done_at is not null or attempts = 0)",
        "update private.jobs set attempts = 1, lease_token = gen_random_uuid(), done_at = now()",
    ),
    # While another transaction holds the invite, a settled job waits to be told; see traffic.py.
    "settled jobs are gone, failed ones told": Invariant(
        "select * from private.jobs where done_at is not null and kind not in"
        " ('candidate_invitation', 'candidate_completed', 'renewal_requested', 'delivery_failed')",
        "update private.jobs set done_at = now()",
    ),
    "an invite tells what becomes of its job": Invariant(
        "select i.email, i.delivery_status, j.failed_at from public.interview_invites i"
        " left join private.jobs j on j.kind = 'interview_invitation' and j.subject = i.id"
        " where case when j.id is null then i.delivery_status = 'queued'"
        " else i.delivery_status <> case when j.failed_at is null then 'queued' else 'failed' end"
        " end",
        "update public.interview_invites set delivery_status = 'accepted'",
    ),
    "a reminder's invite or participant remembers it": Invariant(
        "select subject from private.jobs where kind = 'interview_reminder' and subject in ("
        " select id from public.interview_invites where reminded_at is null union all"
        " select id from public.interview_participants where reminded_at is null)",
        "update private.jobs set kind = 'interview_reminder'",
    ),
    **{
        name: Invariant(FAULTS[name], broken_by)
        for name, broken_by in {
            "an object that is no current response, without a job that removes it": (
                "delete from public.interview_responses"
            ),
            "a current recording that is removed": (
                "insert into private.jobs (kind, subject, data) select 'response_removal', id,"
                " jsonb_build_object('path', object_path) from public.interview_responses"
            ),
            "an uploaded recording without an object": "delete from storage.objects",
            "a wrong count of answered questions": (
                "update public.interview_participants set answered = 7"
            ),
            "two current responses to a question": (
                "drop index public.interview_responses_uploaded_key;"
                " insert into public.interview_responses (interview_id, recruiter_id,"
                " participant_id, user_id, question_id, question, kind, take, status, answer,"
                " uploaded_at) select interview_id, recruiter_id, participant_id, user_id,"
                " question_id, question, 'text', 1, 'uploaded', 'x', now()"
                " from public.interview_responses"
            ),
            "a response that is submitted, or awaited, at the wrong time": (
                "update public.interview_responses set submitted_at = now()"
            ),
            "a recording without consent": (
                "update public.interview_participants set consents_to_recording = false"
            ),
            "a response that belongs to others than its participant": (
                "update public.interview_responses set recruiter_id = user_id"
            ),
            "more takes than are allowed": "update private.response_takes set uploaded = 99",
        }.items()
    },
    "who is reviewed has completed": Invariant(
        "select r.id from public.candidate_reviews r"
        " join public.interview_participants p on p.id = r.participant_id"
        " where p.status <> 'completed'",
        "insert into public.candidate_reviews (participant_id, interview_id, recruiter_id, user_id)"
        " select id, interview_id, recruiter_id, user_id from public.interview_participants",
    ),
    "nobody reviews an interview in which they are a candidate": Invariant(
        "select r.email from public.interview_reviewers r"
        " join public.interview_participants p using (interview_id, user_id)",
        "insert into public.interview_reviewers (interview_id, recruiter_id, email, user_id,"
        " joined_at) select interview_id, recruiter_id, 'a@example.com', user_id, now()"
        " from public.interview_participants",
    ),
    "no address is asked for both": Invariant(
        "select r.email from public.interview_reviewers r"
        " join public.interview_invites i using (interview_id, email)"
        " where i.status = 'pending' and i.expires_at > now()",
        "insert into public.interview_reviewers (interview_id, recruiter_id, email)"
        " select interview_id, recruiter_id, email from public.interview_invites",
    ),
    "who is asked to review is there": Invariant(
        "select * from private.jobs j where kind = 'reviewer_invitation' and not exists ("
        " select from public.interview_reviewers r where r.id = j.subject)",
        "update private.jobs set kind = 'reviewer_invitation'",
    ),
    "at most twenty review an interview": Invariant(
        "select interview_id from public.interview_reviewers group by 1 having count(*) > 20",
        "insert into public.interview_reviewers (interview_id, recruiter_id, email)"
        " select id, recruiter_id, n || '@example.com' from public.interviews,"
        " generate_series(1, 21) as n",
    ),
    "wrong guesses end at five": Invariant(
        "select * from private.code_requests where cardinality(wrong_guesses) > 5",
        "insert into private.code_requests (user_id, wrong_guesses)"
        " select id, array_fill(now(), '{6}') from auth.users limit 1",
    ),
}


def broken(db: Database) -> dict[str, list[Row]]:
    """The invariants that do not hold, each with some of the rows that break it."""
    with db.superuser():
        found = {name: db.rows(invariant.broken) for name, invariant in INVARIANTS.items()}
    return {name: rows[:3] for name, rows in found.items() if rows}


NEEDING_ATTENTION = ("archived_at", "asks_for_code", "not_delivered", "to_review")


def count_by_hand(db: Database) -> dict[Any, Row]:
    """What interview_stats must say, by interview, from the rows themselves."""
    with db.superuser():
        interviews = db.rows("select * from public.interviews")
        invites = db.rows("select *, expires_at > now() as lives from public.interview_invites")
        participants = db.rows("select * from public.interview_participants")
    numbers = {}
    for interview in interviews:
        mine = [i for i in invites if i["interview_id"] == interview["id"]]
        invited = {i["email"] for i in mine}
        pending = {i["email"] for i in mine if i["status"] == "pending" and i["lives"]}
        redeemed = {i["email"] for i in mine if i["status"] in ("accepted", "completed")}
        people = [p["status"] for p in participants if p["interview_id"] == interview["id"]]
        current = [i for i in mine if i["is_current"]]
        asking = [i for i in current if i["renewal_requested_at"]]
        others = [i for i in current if not (i["renewal_requested_at"] or i["withdrawn_at"])]
        undecided = [i for i in others if not i["decision"]]
        numbers[interview["id"]] = {
            "recruiter_id": interview["recruiter_id"],
            "invited": len(invited),
            "pending": len(pending),
            "expired": len(invited - pending - redeemed),
            "joined": len(people),
            "completed": people.count("completed"),
            "withdrawn": people.count("withdrawn"),
            "deadline": interview["deadline"],
            "archived_at": interview["archived_at"],
            "asks_for_code": len(asking),
            "not_delivered": sum(
                i["status"] == "pending"
                and i["revoked_at"] is None
                and i["delivery_status"] == "failed"
                for i in undecided
            ),
            "to_review": sum(
                i["status"] == "completed" and i["reviewed_at"] is None for i in undecided
            ),
        }
    return numbers

"""Rules for columns: which may be empty, and what they are when a row leaves them out."""

from tests.kit.catalog import OURS
from tests.kit.database import Database

# Every other column has a value, by whatever role the row is inserted.
MAY_BE_EMPTY = {
    "interviews": "description company_number deadline reminded_for privacy_notice archived_at",
    "interview_invites": "accepted_at completed_at revoked_at renewal_requested_at reminded_at"
    " reminded_for queued_at delivery_status delivery_at delivery_error candidate_name"
    " withdrawn_at reviewed_at decision decided_at state last_event_at list_name",
    "interview_participants": "invite_id completed_at reminded_at consent_version consented_at"
    " responses_deleted_at responses_expired_at candidate_name",
    "interview_responses": "mime_type object_path size_bytes duration_seconds answer uploaded_at"
    " submitted_at",
    "response_analyses": "problem seconds picture_seconds transcript words engine model version"
    " digest started_at finished_at correction",
    "candidate_reviews": "reviewer_id reviewer_name submitted_at changed_at",
    "interview_reviewers": "reviewer_name user_id joined_at",
    "candidate_decisions": "decided_by",
    "interview_templates": "owner_id interview_description privacy_notice",
    "private.access_log": "actor_id",
    "private.storage_sweep": "finished_at",
    "private.code_requests": "resent_at",
    "private.settings": "backend_invites_per_day invites_kept_for",
    "private.jobs": "lease_token failed_at done_at last_error data",
    "private.job_kinds": "paused_until paused_reason",
}


def test_columns_that_may_be_empty(db: Database) -> None:
    found = db.rows(
        "select attrelid::regclass::text as table,"
        " array_agg(attname::text order by attnum) as names"
        " from pg_attribute a join pg_class c on c.oid = attrelid"
        f" where relnamespace in {OURS} and relkind = 'r' and attnum > 0 and not attisdropped"
        " and not attnotnull group by 1"
    )
    assert {row["table"]: row["names"] for row in found} == {
        table: columns.split() for table, columns in MAY_BE_EMPTY.items()
    }


# What a column is when a row leaves it out.
DEFAULTS = {
    "gen_random_uuid()": "interviews.id interview_questions.id interview_invites.id"
    " interview_participants.id interview_responses.id interview_criteria.id"
    " candidate_reviews.id interview_reviewers.id interview_templates.id",
    "'00000000-0000-0000-0000-000000000000'": "private.jobs.lane",
    "auth.uid()": "interviews.recruiter_id interview_templates.owner_id",
    "now()": "interviews.created_at interviews.updated_at interview_questions.created_at"
    " interview_questions.updated_at interview_invites.created_at interview_invites.queued_at"
    " interview_participants.joined_at"
    " private.jobs.queued_at private.jobs.due_at private.job_workers.seen_at"
    " private.notifications.digested_until"
    " private.consent_notices.published_at interview_responses.started_at private.consents.given_at"
    " private.access_log.at private.unsubscribes.unsubscribed_at"
    " candidate_reviews.created_at candidate_decisions.decided_at interview_criteria.updated_at"
    " interview_reviewers.invited_at interview_templates.created_at"
    " response_analyses.queued_at",
    "clock_timestamp()": "interview_criteria.created_at private.changes.at",
    "(now() + '30 days'::interval)": "interview_invites.expires_at",
    "'active'": "interviews.status interview_participants.status",
    "'pending'": "interview_invites.status",
    "'queued'": "interview_invites.delivery_status response_analyses.status",
    "'transcripts'": "interviews.analysis interview_templates.analysis",
    "'en'": "interviews.language interview_templates.language",
    "3600": "private.settings.analysis_max_seconds",
    "104857600": "private.settings.analysis_max_bytes",
    "600": "private.settings.analysis_minutes_per_day",
    "'started'": "interview_responses.status",
    "'{video,audio}'": "interviews.response_kinds interview_templates.response_kinds",
    '\'{"Not shown","Partly shown",Shown,"Shown convincingly"}\'': "interview_criteria.levels",
    "0": "private.jobs.attempts private.job_kinds.accepted private.job_kinds.failed"
    " private.job_kinds.retried interviews.deadline_stage interview_questions.preparation_seconds"
    " interview_participants.answered accommodations.extra_takes"
    " private.response_takes.started private.response_takes.uploaded private.response_takes.bytes"
    " private.storage_counts.bytes private.analysis_counts.seconds",
    "'[]'": "interview_templates.questions interview_templates.criteria",
    "1": "accommodations.time_factor",
    "3": "interview_questions.max_takes",
    "180": "interview_questions.max_seconds",
    "''": "private.jobs.key private.storage_sweep.position interview_criteria.description"
    " candidate_reviews.note candidate_ratings.note interview_templates.description",
    "true": "private.settings.singleton private.storage_sweep.singleton"
    " interview_invites.is_limited interview_invites.is_current",
    "'each'": "private.notifications.candidate_completed private.notifications.renewal_requested"
    " private.notifications.delivery_failed",
    "'{}'": "private.code_requests.wrong_guesses private.settings.sso_domains"
    " interview_criteria.terms"
    " response_analyses.flags",
    "1000": "private.settings.invites_per_day",
    "300": "private.settings.invites_per_day_at_first",
    "10000": "private.settings.interviews_per_account",
    "'HireVision'": "private.settings.protected_name",
    "sha256(uuid_send(gen_random_uuid()))": "private.settings.link_secret",
    "false": "private.settings.require_recruiter_role interview_questions.required"
    " interview_participants.consents_to_recording interview_participants.consents_to_analysis",
    "'1 day'": "private.settings.mail_give_up_after private.settings.upload_grace",
    "'180 days'": "private.settings.responses_kept_for",
    "'2 years'": "private.settings.invites_kept_for",
    "'1 year'": "private.settings.access_log_kept_for",
    "1073741824": "private.settings.bytes_per_participant",
    "'21474836480'": "private.settings.bytes_per_day",
    "'30 days'": "private.settings.outbox_kept_for",
    '\'{"3 days","1 day"}\'': "private.settings.reminder_distances",
}


def test_what_a_column_is_when_it_is_left_out(db: Database) -> None:
    db.run("set local search_path = public")
    found = db.rows(
        r"""
        select adrelid::regclass::text || '.' || attname as name,
          regexp_replace(pg_get_expr(adbin, adrelid), '^(''.*'')::[a-z ]+(\[\])?$', '\1') as value
        from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
        join pg_class c on c.oid = adrelid
        """
        f" where relnamespace in {OURS} and attgenerated = ''"
    )
    assert {row["name"]: row["value"] for row in found} == {
        name: value for value, names in DEFAULTS.items() for name in names.split()
    }


# What no two rows of a table share. Written as in an index; what is not pending is null there, and
# nulls are never the same.
UNIQUE = {
    "accommodations": ["participant_id"],
    "candidate_decisions": ["participant_id"],
    "candidate_ratings": ["review_id, criterion_id"],
    "candidate_reviews": ["id", "participant_id, reviewer_id"],
    "interview_criteria": ["id", "id, interview_id"],
    "interview_invites": [
        "( CASE WHEN status::text = 'pending'::text THEN invite_code"
        " ELSE NULL::character varying END), recruiter_id, interview_id",
        "email, invite_code",
        "id",
        "interview_id, email,"
        " ( CASE WHEN status::text = 'pending'::text THEN true ELSE NULL::boolean END)",
    ],
    "interview_participants": ["id", "interview_id, user_id"],
    "interview_questions": ["id", "interview_id, order_index; deferrable"],
    "interview_responses": [
        "id",
        "object_path",
        "participant_id, question_id where status = 'started'::text",
        "participant_id, question_id where status = 'uploaded'::text",
    ],
    "interview_reviewers": ["id", "interview_id, email", "interview_id, user_id"],
    "interview_templates": ["id"],
    "interviews": ["id"],
    "response_analyses": ["response_id, step"],
    "private.access_log": ["id"],
    "private.analysis_counts": ["recruiter_id, day"],
    "private.backend_invites": ["id"],
    "private.changes": ["id"],
    "private.code_requests": ["user_id"],
    "private.consent_notices": ["version"],
    "private.consents": ["id"],
    "private.invite_counts": ["user_id, day"],
    "private.job_kinds": ["kind"],
    "private.job_workers": ["worker, kind"],
    "private.jobs": ["id", "kind, subject, key"],
    "private.notifications": ["user_id"],
    "private.recording_types": ["mime_type"],
    "private.refusals": ["key"],
    "private.reminder_counts": ["recruiter_id, day"],
    "private.response_takes": ["participant_id, question_id"],
    "private.settings": ["singleton"],
    "private.shipped": ["name"],
    "private.storage_counts": ["recruiter_id, day"],
    "private.storage_sweep": ["singleton"],
    "private.unsubscribes": ["address_key, recruiter_id"],
}


def test_what_no_two_rows_share(db: Database) -> None:
    db.run("set local search_path = public")
    found = db.rows(
        "select indrelid::regclass::text as table, array_agg(concat("
        "    (select string_agg("
        r"       regexp_replace(pg_get_indexdef(indexrelid, n, true), '\s+', ' ', 'g'), ', '"
        "        order by n)"
        "     from generate_series(1, indnkeyatts) as n),"
        "    ' where ' || pg_get_expr(indpred, indrelid, true),"
        "    case when not indimmediate then '; deferrable' end) order by indexrelid) as keys"
        " from pg_index join pg_class c on c.oid = indrelid"
        f" where relnamespace in {OURS} and indisunique and indisvalid group by 1"
    )
    assert {row["table"]: sorted(row["keys"]) for row in found} == UNIQUE

"""Mutants that may live, each with the reason. One that is killed all the same, or that is gone,
fails the run, so that the list stays true.
"""

SPEED = "for speed alone: the same rows are found without it"

FAR = "spares a look at what is due much later: no distance reaches that far"

HELD = "lock_codes, which whoever moves or deletes an interview takes first, keeps them out already"

SURVIVORS: dict[str, str] = {
    "index: interview_invites_expires_at_idx: dropped": SPEED,
    "index: interviews_deadline_idx: dropped": SPEED,
    "index: outbox_due_idx: dropped": SPEED,
    "index: outbox_email_idx: dropped": SPEED,
    "index: outbox_settled_at_idx: dropped": SPEED,
    "unique: outbox_reminder_key: over all rows": "the other rows have no distance, and nulls are"
    " never the same; the predicate keeps them out of the index",
    "trigger: copy_recruiter_id on interview_invites: whenever": "spares a look at the interview"
    " for each row of create_invites, which has set its recruiter_id",
    "trigger: miss_interview on interview_participants: whenever": "spares a second look at the"
    " interview: change_participant has set the same recruiter_id",
    "rule: is_client: anon is not": "anon can call nothing that asks: see policies/access.txt",
    "statement: create_invites: no condition, and exists (select from classified c where"
    " c.outcome = 'renewed')": "spares a look at all invites; the next condition says it too",
    "statement: create_invites: no call, perform from public.interviews n where n.id ="
    " create_invites.interview_id for key share;": HELD,
    "statement: create_invites: no lock, for key share": HELD,
    "statement: require_invite: no lock, for key share of n": HELD,
    "statement: draw_codes: no condition, and i.expires_at > now()": "the codes of overdue invites"
    " are drawn a little later: when all of them are looked at",
    "statement: draw_codes: no condition, and lpad(c.code::text, 6, '0') <> all"
    " (coalesce(draw_codes.used_codes, '{}'))": "once in a million draws, and then"
    " interview_invites_email_code_key refuses the row",
    "statement: draw_codes: no condition, and case when i.status = 'pending' then i.invite_code end"
    " = any (array(select lpad(code::text, 6, '0') from unnest(v_drawn) as code))": "more overdue"
    " invites expire than must; run_maintenance expires them all anyway",
    "rule: normalize_email: however long": "spares time: what is that long is refused anyway",
    "statement: queue_reminders: no condition, and soon.expires_at <= now() + (select max(d) from"
    " unnest(v_distances) as d)": FAR,
    "statement: queue_reminders: no condition, and n.deadline <= now() + (select max(d) from"
    " unnest(v_distances) as d)": FAR,
    "rule: queue_reminders: without a bound": "bounds how long one call takes",
}

-- Timeline: what has happened to one candidate, from what is stored.

-- For recruiters. Invoker, so that the policies hide responses that are not submitted, and the
-- reviews of others from who has not submitted their own. Of several mails and reminders, the last
-- is stored.
create or replace function public.candidate_timeline(candidate_id uuid)
  returns table (at timestamptz, event text, person text, detail text)
  language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_candidate public.interview_candidates;
begin
  select * into v_candidate from public.get_candidate(candidate_timeline.candidate_id);
  return query
    select e.*
    from (
      select happened.*
      from public.interview_invites i
      cross join lateral (values
        (i.created_at, 'invited', i.recruiter_name::text, i.email::text),
        (case when i.delivery_status = 'accepted' then i.delivery_at end, 'mailed', null, null),
        (case when i.delivery_status = 'failed' then i.delivery_at end, 'not_delivered', null,
         i.delivery_error),
        (i.reminded_at, 'reminded', null, null),
        (i.renewal_requested_at, 'asked_for_code', null, null),
        (i.revoked_at, 'revoked', null, null),
        (case when i.status = 'expired' and i.revoked_at is null then i.expires_at end, 'expired',
         null, null),
        (i.accepted_at, 'joined', null, null),
        (i.withdrawn_at, 'withdrew', null, null)
      ) as happened (at, event, person, detail)
      where i.interview_id = v_candidate.interview_id and i.email = v_candidate.email
      union all
      select happened.*
      from public.interview_participants p
      cross join lateral (values
        (case when p.invite_id is null then p.joined_at end, 'joined', null, null),
        (p.reminded_at, 'reminded', null, null),
        (p.completed_at, 'completed', null, null),
        (p.responses_deleted_at, 'responses_deleted', null, null),
        (p.responses_expired_at, 'responses_expired', null, null)
      ) as happened (at, event, person, detail)
      where p.id = v_candidate.participant_id
      union all
      select r.uploaded_at, 'response', null, r.question
      from public.interview_responses r
      where r.participant_id = v_candidate.participant_id and r.status = 'uploaded'
      union all
      select r.submitted_at, 'reviewed', r.reviewer_name, null
      from public.candidate_reviews r
      where r.participant_id = v_candidate.participant_id
      union all
      select d.decided_at, 'decided', null, d.decision
      from public.candidate_decisions d
      where d.participant_id = v_candidate.participant_id
    ) as e (at, event, person, detail)
    where e.at is not null
    order by e.at, array_position(array[
      'invited', 'mailed', 'not_delivered', 'reminded', 'expired', 'asked_for_code', 'revoked',
      'joined', 'response', 'completed'], e.event);
end
$$;
comment on function public.candidate_timeline(uuid) is
  'What has happened to a candidate of the caller''s own interview, the first first: at, event, '
  'person (who invited or reviewed) and detail (an address, an error, a question or a decision).';

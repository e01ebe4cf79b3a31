-- General invitations: emails that ask people to join HireVision, without an interview.

-- For the service. Definer: jobs are private. This email is about no row: its subject is a hash of
-- the address, and the settled job is kept for 10 minutes against duplicates.
create or replace function public.invite_candidates(
  emails text[], recruiter_name text default null
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_name text := coalesce(private.signature(invite_candidates.recruiter_name), 'HireVision');
  v_outcomes jsonb;
begin
  perform private.check_emails(invite_candidates.emails);
  with request as materialized (
    select r.position, r.sent, r.email,
      case
        when not private.is_email(r.email) then 'invalid_email'
        when row_number() over (partition by r.email collate "C" order by r.position) > 1
          then 'duplicate_in_request'
      end as refused
    from (
      select u.position, u.email as sent, private.normalize_email(u.email) as email
      from unnest(invite_candidates.emails) with ordinality as u (email, position)
    ) as r
  ), queued as (
    insert into private.jobs as j (kind, subject, data)
    select 'candidate_invitation', md5(r.email)::uuid,
           jsonb_build_object('email', r.email, 'recruiter_name', v_name)
    from request r where r.refused is null order by 2
    on conflict (kind, subject, key) do update
      set queued_at = now(), due_at = now(), attempts = 0, failed_at = null, done_at = null,
          data = excluded.data
      where j.queued_at <= now() - interval '10 minutes' and j.lease_token is null
    returning j.subject
  )
  select jsonb_agg(jsonb_build_object(
      'email', case r.refused when 'invalid_email' then r.sent else r.email end,
      'outcome', coalesce(r.refused, case
        when md5(r.email)::uuid in (select q.subject from queued q) then 'queued'
        else 'unchanged' end)) order by r.position)
    into v_outcomes
    from request r;
  perform private.count_invites((
    select count(*)::integer from jsonb_array_elements(v_outcomes) as o
    where o ->> 'outcome' = 'queued'));
  return v_outcomes;
end
$$;
comment on function public.invite_candidates(text[], text) is
  'Queues the general invitation to join HireVision; one object per address in the order given: '
  'email, outcome. Outcomes: queued, unchanged (queued in the last 10 minutes), '
  'duplicate_in_request, invalid_email.';

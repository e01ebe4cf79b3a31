-- candidate_reviews: who may do what
--
--                 anon   signed in    the interview's recruiter    the participant   reviewer   service_role
-- select           -         -        own, and submitted ones of   -                 likewise   yes
--                                     others once their own is
--                                     submitted
-- insert           -         -        -                            -                 -          -
-- update           -         -        -                            -                 -          -
-- delete           -         -        -                            -                 -          -
--
-- Recruiters and reviewers write by save_review.

alter table public.candidate_reviews enable row level security;
revoke all on public.candidate_reviews from public, anon, authenticated, service_role;
grant select on public.candidate_reviews to authenticated, service_role;

drop policy if exists candidate_reviews_select_own_or_reviewed on public.candidate_reviews;
create policy candidate_reviews_select_own_or_reviewed on public.candidate_reviews
  for select to authenticated
  using (
    (recruiter_id = (select auth.uid())
     or interview_id = any (array(select private.reviewed_interview_ids())))
    and (
      reviewer_id = (select auth.uid())
      or (submitted_at is not null
          and participant_id = any (array(select private.reviewed_participant_ids())))
    )
  );

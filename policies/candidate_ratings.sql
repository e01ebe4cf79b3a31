-- candidate_ratings: who may do what
--
--                 anon   signed in    the interview's recruiter    the participant   reviewer   service_role
-- select           -         -        those of the reviews that    -                 likewise   yes
--                                     they may read
-- insert           -         -        -                            -                 -          -
-- update           -         -        -                            -                 -          -
-- delete           -         -        -                            -                 -          -
--
-- Recruiters and reviewers write by save_review.

alter table public.candidate_ratings enable row level security;
revoke all on public.candidate_ratings from public, anon, authenticated, service_role;
grant select on public.candidate_ratings to authenticated, service_role;

-- The policy of candidate_reviews decides.
drop policy if exists candidate_ratings_select_of_reviews on public.candidate_ratings;
create policy candidate_ratings_select_of_reviews on public.candidate_ratings
  for select to authenticated
  using (
    (recruiter_id = (select auth.uid())
     or interview_id = any (array(select private.reviewed_interview_ids())))
    and exists (select from public.candidate_reviews r where r.id = review_id)
  );

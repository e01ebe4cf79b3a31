-- storage.objects, for the bucket interview-responses: who may do what
--
--                 anon   signed in    the interview's recruiter   the participant   reviewer         service_role
-- upload           -         -        -                           what is awaited   -                what is awaited
-- read             -         -        once submitted              own               once submitted   yes
-- replace, move    -         -        -                           -                 -                -
-- remove           -         -        -                           -                 -                yes
--
-- start_response says what is awaited.
-- There is no policy to update or delete: an owner could move a recording elsewhere. What has the
-- last word for every way to upload is the trigger admit_recording.

do $$
begin
  if to_regclass('storage.objects') is null then
    return;
  end if;
  drop policy if exists interview_responses_insert_awaited on storage.objects;
  create policy interview_responses_insert_awaited on storage.objects
    for insert to authenticated
    with check (
      bucket_id = 'interview-responses'
      and name = any (array(select private.awaited_paths()))
    );
  -- The policy of interview_responses says which rows the reader sees.
  drop policy if exists interview_responses_select_readable on storage.objects;
  create policy interview_responses_select_readable on storage.objects
    for select to authenticated
    using (
      bucket_id = 'interview-responses'
      and exists (
        select from public.interview_responses r
        where r.object_path = name and r.status = 'uploaded')
    );
exception when insufficient_privilege then
  raise warning 'The policies of Storage could not be set up, so candidates cannot record: %',
    sqlerrm;
end
$$;

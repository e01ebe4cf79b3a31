-- Functions that avoid sequential scans no longer compile what they read, where the server has LLVM:
-- see supabase/schemas/17_people.sql. Nothing changes for clients.
--
-- Functions only, so nobody waits for a table.

begin;

set local lock_timeout = '5s';
set local statement_timeout = '60s';

alter function private.admit_analyses(bigint[]) set jit = off;
alter function private.digest_of(uuid, timestamp with time zone, timestamp with time zone, text[])
  set jit = off;
alter function private.draw_codes(uuid, text[]) set jit = off;
alter function private.drop_analysis_job() set jit = off;
alter function private.give_up_analyses(bigint[]) set jit = off;
alter function private.invite(public.interviews, text[], text, text[]) set jit = off;
alter function private.invites_left() set jit = off;
alter function private.mail_times(text[], uuid[], text[], text[], timestamp with time zone[])
  set jit = off;
alter function private.outcomes_as_json(uuid, private.invite_outcome[]) set jit = off;
alter function private.put_off_transcripts(bigint[]) set jit = off;
alter function private.recording_seconds(uuid) set jit = off;
alter function private.recruiter_name(uuid) set jit = off;
alter function private.remind_of_expiry(interval, integer) set jit = off;
alter function private.resend_to_candidates(public.interviews, jsonb, boolean) set jit = off;
alter function private.tell_analyses(bigint[], text[], jsonb[]) set jit = off;
alter function public.accept_invite(text) set jit = off;
alter function public.claim_jobs(text[], text, integer, integer) set jit = off;
alter function public.latest_change(uuid) set jit = off;
alter function public.may_recruit() set jit = off;
alter function public.renew_jobs(uuid, bigint[], integer) set jit = off;
alter function public.retry_jobs(text[], timestamp with time zone) set jit = off;
alter function public.settle_jobs(jsonb) set jit = off;

commit;

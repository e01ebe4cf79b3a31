-- Guesses: after five wrong codes in 15 minutes, an account must wait.

create table if not exists private.code_requests (
  user_id uuid primary key references auth.users (id) on delete cascade,
  wrong_guesses timestamptz[] not null default '{}',
  resent_at timestamptz
);
comment on table private.code_requests is
  'Rate limits of a candidate''s account: its recent wrong codes, and when it last had its codes '
  'sent again.';

-- So that guesses sent in parallel are counted one by one.
create or replace function private.lock_candidate(user_id uuid)
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(lock_candidate.user_id::text, 715517));
end
$$;
comment on function private.lock_candidate(uuid) is
  'Serializes accept_invite and resend_my_codes of one account.';

create or replace function private.seconds_to_wait(user_id uuid)
  returns integer
  language plpgsql stable set search_path = ''
as $$
begin
  return (
    select ceil(extract(epoch from min(guess) + interval '15 minutes' - now()))
    from private.code_requests r
    cross join unnest(r.wrong_guesses) as guess
    where r.user_id = seconds_to_wait.user_id and guess > now() - interval '15 minutes'
    having count(*) >= 5);
end
$$;
comment on function private.seconds_to_wait(uuid) is
  'Seconds until an account with too many wrong codes may try again; null if it may now.';

create or replace function private.count_wrong_guess(user_id uuid)
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  insert into private.code_requests as r (user_id, wrong_guesses)
    values (count_wrong_guess.user_id, array[now()])
    on conflict on constraint code_requests_pkey do update
      set wrong_guesses = array(
        select guess from unnest(r.wrong_guesses) as guess
        where guess > now() - interval '15 minutes' order by guess) || now();
end
$$;
comment on function private.count_wrong_guess(uuid) is
  'Counts a wrong code of an account, and forgets those older than 15 minutes.';

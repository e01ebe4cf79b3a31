"""The lists on the screens, under row level security, against the filter written out."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from string import Template

from bench.database import (
    BIG,
    FIRST,
    RECRUITER,
    Bench,
    Connection,
    connect,
    median_of_cpu,
    person,
)
from bench.measure import Reach, Row, compare

# Each recruiter has 100 interviews, and MANY has 10,000.
INTERVIEWS = Template("""
insert into auth.users (id, aud, role, email, email_confirmed_at, is_anonymous, is_sso_user,
    raw_user_meta_data, raw_app_meta_data)
  select ('10000000-0000-4000-8000-' || lpad(r::text, 12, '0'))::uuid, 'authenticated',
    'authenticated', 'recruiter' || r || '@example.com', now(), false, false, '{}', '{}'
  from generate_series(2, $interviews / 100) as r;
set session_replication_role = replica;
insert into public.interviews (id, title, recruiter_id, created_at)
  select ('40000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Interview ' || n,
    ('10000000-0000-4000-8000-' || lpad((n % ($interviews / 100) + 1)::text, 12, '0'))::uuid,
    now() - n * interval '1 second'
  from generate_series(0, $interviews - 1) as n;
insert into public.interviews (title, recruiter_id, created_at)
  select 'Another ' || n, '$many', now() - n * interval '1 minute'
  from generate_series(1, 9900) as n;
insert into public.interview_questions (interview_id, recruiter_id, question, order_index)
  select i.id, i.recruiter_id, 'Question ' || q, q
  from public.interviews i, generate_series(1, 10) as q where i.title ~ '00$$';
set session_replication_role = origin;
""")

SOME = "10000000-0000-4000-8000-000000000003"
MANY = "10000000-0000-4000-8000-000000000002"

# Half of BIG's invites were redeemed; the first person has joined 200 interviews.
PARTICIPANTS = Template("""
set session_replication_role = replica;
insert into public.interview_participants (interview_id, recruiter_id, user_id, invite_id)
  select i.interview_id, i.recruiter_id, u.id, i.id
  from public.interview_invites i join auth.users u on u.email = i.email
  where i.interview_id = '$big' and u.id < '$person' and right(u.id::text, 1) < '5';
update public.interview_invites i set status = 'accepted', accepted_at = now()
  from public.interview_participants p where p.invite_id = i.id;
insert into public.interview_participants (interview_id, recruiter_id, user_id, joined_at)
  select i.id, i.recruiter_id, '$person',
    now() - right(i.id::text, 6)::integer * interval '1 second'
  from public.interviews i where i.title ~ '^Interview .*00$$' order by i.id limit 200;
set session_replication_role = origin;
""")


@dataclass(frozen=True)
class List:
    """A query as an account sends it, and as the owner would write it, with the filter."""

    name: str
    what: str
    user: str
    under_rls: str
    written_out: str
    reach: Reach | None = Reach("≤", 1.1)


# All columns of interview_stats.
COUNTS = """
select n.id as interview_id, n.title, n.status, n.created_at, i.invited, i.pending,
  i.invited - i.open_or_redeemed as expired, p.joined, p.completed, p.withdrawn,
  round(p.joined / nullif(i.invited, 0)::numeric, 4) as join_rate,
  round(p.completed / nullif(p.joined, 0)::numeric, 4) as completion_rate,
  n.deadline, n.archived_at, i.asks_for_code, i.not_delivered, i.to_review
from public.interviews n
cross join lateral (
  select count(distinct i.email) as invited,
    count(distinct i.email) filter (where i.status = 'pending' and i.expires_at > now()) as pending,
    count(distinct i.email) filter (where i.status in ('accepted', 'completed')
      or (i.status = 'pending' and i.expires_at > now())) as open_or_redeemed,
    count(*) filter (where i.state = 'asks_for_code') as asks_for_code,
    count(*) filter (where i.state = 'not_delivered') as not_delivered,
    count(*) filter (where i.state = 'completed') as to_review
  from public.interview_invites i where i.interview_id = n.id and i.recruiter_id = %(user)s
) as i
cross join lateral (
  select count(*) as joined, count(*) filter (where p.status = 'completed') as completed,
    count(*) filter (where p.status = 'withdrawn') as withdrawn
  from public.interview_participants p where p.interview_id = n.id and p.recruiter_id = %(user)s
) as p
where n.recruiter_id = %(user)s
order by n.created_at desc limit 100
"""

# A page leaves out the archive, and rows of the same time are in the order of their ids.
PAGE = COUNTS.replace(
    "order by n.created_at desc",
    "and n.archived_at is null {after}\norder by n.created_at desc, n.id desc",
)

JOINED = """
select p.*, row_to_json(interview.*) as interview
from public.interview_participants p
left join lateral (
  select n.* from public.interviews n where n.id = p.interview_id {interview}
) as interview on true
where p.user_id = %(user)s {participant}
order by p.joined_at desc limit 100
"""

LATE = "now() - interval '9800 minutes'"

LISTS = [
    List(
        "list_interviews_with_counts",
        "a recruiter's interviews with their counts",
        SOME,
        "select * from public.interview_stats order by created_at desc limit 100",
        COUNTS,
    ),
    List(
        "list_interviews_page",
        "the 100 last of a recruiter's 10,000 interviews, with their counts",
        MANY,
        f"select * from public.list_interviews(100, {LATE})",
        PAGE.format(after=f"and n.created_at < {LATE}"),
    ),
    List(
        "list_interviews_of_many",
        "the newest 100 of a recruiter's 10,000 interviews, with their counts",
        MANY,
        "select * from public.list_interviews(100)",
        PAGE.format(after=""),
    ),
    List(
        "list_invites",
        "the newest 100 invites of one interview",
        RECRUITER,
        f"select * from public.interview_invites where interview_id = '{BIG}'"
        " order by created_at desc, id desc limit 100",
        f"select * from public.interview_invites where interview_id = '{BIG}'"
        " and recruiter_id = %(user)s order by created_at desc, id desc limit 100",
    ),
    List(
        "list_joined",
        "a candidate's joined interviews",
        person(FIRST),
        JOINED.format(interview="", participant=""),
        JOINED.format(
            interview="and n.id in (select j.interview_id from public.interview_participants j"
            " where j.user_id = %(user)s)",
            participant="",
        ),
    ),
    List(
        "list_questions",
        "the questions of an interview that a candidate has joined",
        person(FIRST),
        "select id, question, order_index from public.interview_questions"
        " where interview_id = '40000000-0000-4000-8000-000000000100' order by order_index",
        "select id, question, order_index from public.interview_questions"
        " where interview_id = '40000000-0000-4000-8000-000000000100' and interview_id in ("
        "select p.interview_id from public.interview_participants p"
        " where p.user_id = %(user)s and p.status <> 'withdrawn') order by order_index",
        # The policy collects all interviews that the candidate joined; the baseline reads one.
        reach=None,
    ),
]


def rows(bench: Bench, large: str, rounds: int, quick: bool) -> Iterator[Row]:
    """Each list by the account under its policies, and by the owner."""
    size = "20,000" if quick else "1 M"
    for wanted in LISTS:
        with connect(bench.url(large)) as account, connect(bench.url(large, "postgres")) as owner:
            become(account, wanted.user)
            yield compare(
                wanted.name,
                f"CPU of {wanted.what}, at {size} interviews and invites",
                "as owner, the filter written out",
                subject=partial(timed, account, wanted.under_rls, wanted.user),
                baseline=partial(timed, owner, wanted.written_out, wanted.user),
                unit="ms",
                reach=wanted.reach,
                rounds=rounds,
            )


def become(connection: Connection, user: str) -> None:
    """Act as that account from now on, as PostgREST does."""
    connection.execute(
        "select set_config('role', 'authenticated', false),"
        " set_config('request.jwt.claims', %s, false)",
        (f'{{"sub":"{user}","role":"authenticated"}}',),
    )


def timed(connection: Connection, query: str, user: str) -> float:
    """Milliseconds of CPU time of one execution, after a few that warm up and fix the plan."""
    values = {"user": user} if "%(user)s" in query else None
    for _ in range(8):
        assert connection.execute(query, values).fetchall()
    return median_of_cpu(connection, lambda: connection.execute(query, values).fetchall(), 200)

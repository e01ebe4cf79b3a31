"""The most of something that there may be, where two statements add to it at the same moment."""

import pytest

from tests.kit.database import Scene, committed
from tests.kit.reviews import ADD, INVITE
from tests.sql.locks import Act, slug, waited

QUESTION = (
    "insert into public.interview_questions (interview_id, question, order_index)"
    " select %(interview)s, 'Why?', n from generate_series({}, {}) as n"
)
CRITERION = ADD.replace("values (%s, %s)", "select %(interview)s, n from generate_series(1, {}) n")
INTERVIEW = "insert into public.interviews (title, recruiter_id) values ('New', %(recruiter)s)"
TEMPLATE = (
    "insert into public.interview_templates (name) select n::text from generate_series(1, {}) as n"
)


def adding(made: Scene, sql: str) -> Act:
    return lambda db: db.as_user(made.recruiter).run(sql, vars(made))


@pytest.mark.parametrize(
    ("there", "first", "second", "expected"),
    [
        (
            QUESTION.format(1, 99),
            QUESTION.format(100, 100),
            QUESTION.format(101, 101),
            "too_many_questions",
        ),
        (CRITERION.format(19), CRITERION.format(1), CRITERION.format(1), "too_many_criteria"),
        (INTERVIEW, INTERVIEW, INTERVIEW, "too_many_interviews"),
        (TEMPLATE.format(99), TEMPLATE.format(1), TEMPLATE.format(1), "too_many_templates"),
    ],
)
def test_the_second_one_is_refused(
    url: str, made: Scene, there: str, first: str, second: str, expected: str
) -> None:
    with committed(url) as db:
        with db.superuser():
            db.run("update private.settings set interviews_per_account = 3")
        adding(made, there)(db)
    assert slug(waited(url, adding(made, first), adding(made, second))) == expected


def test_twenty_reviewers(url: str, made: Scene) -> None:
    def asking(*emails: str) -> Act:
        return lambda db: db.as_user(made.recruiter).value(INVITE, made.interview, list(emails))

    with committed(url) as db:
        asking(*(f"colleague{number}@example.com" for number in range(19)))(db)
    refusal = waited(url, asking("one@example.com"), asking("two@example.com"))
    assert slug(refusal) == "too_many_reviewers"

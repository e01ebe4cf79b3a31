"""What recruiters, the service and DBAs do, with which arguments: rules for hypothesis."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.model.people import (
    UNKNOWN,
    People,
    deadlines,
    few_questions,
    kinds,
    many_questions,
    names,
    nth,
    people,
    recruiters,
    statuses,
    texts,
    titles,
    written,
)
from tests.model.rows import Caller


class Recruiters(People):
    """Interviews, questions and invites."""

    # ---- interviews and questions ------------------------------------------------------------

    @rule(
        who=people,
        title=titles,
        questions=st.one_of(*[few_questions] * 9, many_questions),
        emails=st.lists(written, max_size=3),
        deadline=deadlines,
        name=names,
    )
    def create_interview(
        self,
        who: str,
        title: str,
        questions: list[str],
        emails: list[str | None],
        deadline: timedelta | None,
        name: str | None,
    ) -> None:
        self.call(
            self.caller(who),
            "create_interview",
            title=title,
            description="About",
            company_number=None,
            questions=questions,
            emails=emails,
            deadline=self.moment(deadline),
            recruiter_name=name,
        )

    @rule(who=people, owner=people, title=titles, status=statuses, deadline=deadlines)
    def insert_interview(
        self, who: str, owner: str, title: str, status: str, deadline: timedelta | None
    ) -> None:
        user = self.caller(owner).user
        assert user
        self.write(
            self.caller(who),
            "insert_interview",
            "insert into public.interviews (title, recruiter_id, status, deadline, created_at)"
            " values (%(title)s, %(recruiter_id)s, %(status)s, %(deadline)s, '2020-01-01')",
            title=title,
            recruiter_id=user.id,
            status=status,
            deadline=self.moment(deadline),
        )

    @rule(
        who=people,
        n=nth,
        change=st.tuples(st.just("status"), statuses | st.just("open"))
        | st.tuples(st.just("deadline"), deadlines)
        | st.tuples(st.just("title"), titles)
        | st.tuples(st.just("response_kinds"), kinds)
        | st.tuples(st.just("privacy_notice"), st.sampled_from([None, "We keep it for a year."])),
    )
    def update_interview(self, who: str, n: int, change: tuple[str, Any]) -> None:
        column, value = change
        self.write(
            self.caller(who),
            "update_interview",
            f"update public.interviews set {column} = %(value)s where id = %(id)s",
            id=self.id(self.world.interviews, n),
            column=column,
            value=self.moment(value) if column == "deadline" else value,
        )

    @rule(who=people, n=nth)
    def delete_interview(self, who: str, n: int) -> None:
        self.write(
            self.caller(who),
            "delete_interview",
            "delete from public.interviews where id = %(id)s",
            id=self.id(self.world.interviews, n),
        )

    @rule(
        source=people,
        heir=people,
        unknown=st.booleans(),
        at_most=st.sampled_from([None, None, 1, 2]),
    )
    def transfer_interviews(
        self, source: str, heir: str, unknown: bool, at_most: int | None
    ) -> None:
        from_user, to_user = self.caller(source).user, self.caller(heir).user
        assert from_user and to_user
        self.call(
            Caller("service"),
            "transfer_interviews",
            from_recruiter=from_user.id,
            to_recruiter=UNKNOWN if unknown else to_user.id,
            at_most=at_most,
        )

    @rule(who=people, n=nth, question=texts, index=st.integers(-1, 4))
    def insert_question(self, who: str, n: int, question: str, index: int) -> None:
        self.write(
            self.caller(who),
            "insert_question",
            "insert into public.interview_questions (interview_id, question, order_index)"
            " values (%(interview_id)s, %(question)s, %(order_index)s)",
            interview_id=self.id(self.world.interviews, n),
            question=question,
            order_index=index,
        )

    @rule(who=people, n=nth, index=st.integers(-1, 4))
    def update_question(self, who: str, n: int, index: int) -> None:
        self.write(
            self.caller(who),
            "update_question",
            "update public.interview_questions set order_index = %(order_index)s where id = %(id)s",
            id=self.id(self.world.questions, n),
            order_index=index,
        )

    @rule(who=people, n=nth)
    def delete_question(self, who: str, n: int) -> None:
        self.write(
            self.caller(who),
            "delete_question",
            "delete from public.interview_questions where id = %(id)s",
            id=self.id(self.world.questions, n),
        )

    @rule(who=people, n=nth, order=st.permutations(range(4)), twice=st.booleans())
    def reorder_questions(self, who: str, n: int, order: list[int], twice: bool) -> None:
        interview = self.id(self.world.interviews, n)
        mine = [q.id for q in self.world.questions if q.interview.id == interview]
        ids = [mine[place] for place in order if place < len(mine)]
        self.call(
            self.caller(who),
            "reorder_questions",
            interview_id=interview,
            question_ids=ids + ids[:1] * twice,
        )

    # ---- inviting ----------------------------------------------------------------------------

    @rule(
        who=recruiters,
        n=nth,
        emails=st.lists(written, max_size=4),
        name=names,
        called=st.none() | st.lists(st.sampled_from([None, "Ada", "see https://x.example"])),
    )
    def create_invites(
        self,
        who: str,
        n: int,
        emails: list[str | None],
        name: str | None,
        called: list[str | None] | None,
    ) -> None:
        self.call(
            self.caller(who),
            "create_invites",
            interview_id=self.id(self.world.interviews, n),
            emails=emails,
            recruiter_name=name,
            names=called,
        )

    @rule(who=recruiters, n=nth, emails=st.lists(written, max_size=4))
    def preview_invites(self, who: str, n: int, emails: list[str | None]) -> None:
        self.call(
            self.caller(who),
            "preview_invites",
            interview_id=self.id(self.world.interviews, n),
            emails=emails,
        )

    @rule(
        who=recruiters,
        n=nth,
        email=written.filter(lambda email: email is None or len(email) < 255),
        status=st.sampled_from(["pending", "pending", "pending", "accepted"]),
        code=st.sampled_from([None, None, None, "123456"]),
    )
    def insert_invite(self, who: str, n: int, email: str, status: str, code: str | None) -> None:
        self.write(
            self.caller(who),
            "insert_invite",
            "insert into public.interview_invites"
            " (interview_id, email, status, invite_code, created_at)"
            " values (%(interview_id)s, %(email)s, %(status)s, %(invite_code)s, '2020-01-01')",
            interview_id=self.id(self.world.interviews, n),
            email=email,
            status=status,
            invite_code=code,
        )

    @rule(who=people | st.just("dba"), n=nth)
    def delete_invite(self, who: str, n: int) -> None:
        self.write(
            self.caller(who),
            "delete_invite",
            "delete from public.interview_invites where id = %(id)s",
            id=self.id(self.world.invites, n),
        )

    @rule(who=recruiters, n=nth)
    def resend_invite(self, who: str, n: int) -> None:
        self.call(self.caller(who), "resend_invite", invite_id=self.id(self.world.invites, n))

    @rule(who=recruiters, n=nth)
    def revoke_invite(self, who: str, n: int) -> None:
        self.call(self.caller(who), "revoke_invite", invite_id=self.id(self.world.invites, n))

    @rule(who=recruiters, n=nth, email=written)
    def correct_invite(self, who: str, n: int, email: str | None) -> None:
        self.call(
            self.caller(who),
            "correct_invite",
            invite_id=self.id(self.world.invites, n),
            email=email,
        )

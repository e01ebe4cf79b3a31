"""Who is asked to review, and what they write: rules for hypothesis."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.model.people import nth, people, recruiters, written
from tests.model.subscribing import Subscribing

reviewers = st.sampled_from(["bob", "bob", "rob", "zoe", "ada", "una", "rita"])


class Reviews(Subscribing):
    """The owner's side and the reviewers'."""

    @rule(who=people | st.just("dba"), n=nth, emails=st.lists(written, max_size=3))
    def invite_reviewers(self, who: str, n: int, emails: list[str | None]) -> None:
        self.call(
            self.caller(who),
            "invite_reviewers",
            interview_id=self.id(self.world.interviews, n),
            emails=emails,
        )

    @rule(who=reviewers, account=st.integers(0, 1))
    def join_reviews(self, who: str, account: int) -> None:
        self.call(self.caller(who, account), "join_reviews")

    @rule(who=recruiters, n=nth)
    def remove_reviewer(self, who: str, n: int) -> None:
        """The service may not."""
        if who != "service":
            self.write(
                self.caller(who),
                "remove_reviewer",
                "delete from public.interview_reviewers where id = %(id)s",
                id=self.id(self.world.reviewers, n),
            )

    @rule(
        who=reviewers,
        n=nth,
        note=st.sampled_from(["Good", " Good\t", "Better", "", " \u200b"]),
        submit=st.booleans(),
    )
    def save_note(self, who: str, n: int, note: str, submit: bool) -> None:
        """Of somebody in an interview that they review or own, or in another one."""
        caller = self.caller(who)
        mine = [
            person
            for person in self.world.participants
            if self.world.may_review(caller, person.interview)
        ]
        self.write(
            caller,
            "save_note",
            "select public.save_review(%(participant_id)s, '[]', %(note)s, %(submit)s)",
            participant_id=self.id(mine or self.world.participants, n),
            note=note,
            submit=submit,
        )

"""Who wants no more mails, and who wants them again: rules for hypothesis."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model.answers import SERVICE, Answers
from tests.model.people import candidates, nth


class Subscribing(Answers):
    """The link of a mail, and the candidate's own switch."""

    @precondition(lambda self: self.links())
    @rule(n=nth, subscribed=st.sampled_from([False, False, True]))
    def set_email_subscription(self, n: int, subscribed: bool) -> None:
        """By a link that was sent, also long ago; 9 picks one that was not."""
        token = self.pick(self.links(), n) or "x" * 86
        self.call(SERVICE, "set_email_subscription", token=token, subscribed=subscribed)

    @rule(who=candidates, account=st.integers(0, 1))
    def resubscribe(self, who: str, account: int) -> None:
        self.call(self.caller(who, account), "resubscribe")

    def links(self) -> list[str]:
        """Of all mails so far."""
        tokens = [mail["unsubscribe_token"] for mail in self.claimed]
        return [token for token in tokens if token]

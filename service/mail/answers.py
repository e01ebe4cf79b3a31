"""Whose fault a refusal is: judged by what it says, and by what other recipients got."""

import re
import threading
from collections import defaultdict
from dataclasses import replace

from service.jobs import Verdict
from service.mail.smtp import PAUSE_QUOTA, PAUSE_SENDER

# Recipients in a row who get the same permanent answer, after which it is about us: so many when it
# names our account, and so many whatever it says.
SAME_OF_ACCOUNT, SAME = 2, 3

# Enhanced codes (RFC 3463) that say that this one mailbox or domain takes no mail.
_OF_RECIPIENT = re.compile(r"\d{3} 5\.(1\.(1|2|3|6|10)|2\.\d+)")
_MISSING = re.compile(r"\bno such\b|\bunknown\b|not exist|not found|\bfull\b", re.IGNORECASE)
# What no recipient is to blame for: relaying, and how much we may send in a time.
_OF_ACCOUNT = re.compile(
    r"\brelay"
    r"|\b(daily|hourly|per[ -](minute|hour|day)|(sending|messages?|mails|emails) (rate|limit))\b"
    r"|\btoo many (messages|mails|emails)\b|\bthreshold\b",
    re.IGNORECASE,
)
# Words that differ between the answers to two recipients: addresses, hosts, ids of the server's.
_OWN_WORD = re.compile(r"\S*[\d@.:/]\S*")
# Answers that are remembered; a server that never gives one twice must not fill the memory.
_MOST = 1000


class Answers:
    """What the mail server answered since it last accepted a message; for any number of threads.

    A permanent refusal that does not plainly speak of the recipient is tried again. It fails only
    if it comes once more after somebody else's message was accepted. The same one to different
    recipients in a row, none accepted in between, is about us: it pauses, and nobody has failed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._refused: defaultdict[str, set[str]] = defaultdict(set)
        self._has_accepted = False

    def judge(self, verdict: Verdict, recipient: str, attempts: int) -> Verdict:
        """The verdict on this mail, at its so many-th attempt, in the light of the others."""
        with self._lock:
            if verdict.outcome == "accepted":
                self._has_accepted = True
                self._refused.clear()
            elif verdict.outcome == "failed" and (verdict.code or "").startswith("5"):
                return self._refusal(verdict, recipient, attempts)
        return verdict

    def _refusal(self, verdict: Verdict, recipient: str, attempts: int) -> Verdict:
        words, code = verdict.error or "", verdict.code or ""
        of_account = _OF_ACCOUNT.search(words) is not None
        if _OF_RECIPIENT.fullmatch(code) or (_MISSING.search(words) and not of_account):
            return verdict
        if len(self._refused) >= _MOST:
            self._refused.clear()
        refused = self._refused[f"{code} {_OWN_WORD.sub('', words)}"]
        again = recipient in refused
        if len(refused) < _MOST:
            refused.add(recipient)
        if len(refused) + (again and of_account) >= (SAME_OF_ACCOUNT if of_account else SAME):
            pause = PAUSE_QUOTA if of_account else PAUSE_SENDER
            return replace(verdict, outcome="released", stop=True, pause=pause)
        if attempts > 1 and self._has_accepted and not again and not of_account:
            return verdict
        return replace(verdict, outcome="retry")

"""Colleagues who review the candidates of an interview, and candidates to be reviewed."""

import re

from local import demo
from tests.browser.answers import QUESTIONS, Answering, join
from tests.browser.site import Site
from tests.kit.waiting import eventually


def compared(site: Site, *texts: str, names: list[str] | None = None) -> list[Answering]:
    """Candidates of one interview who have answered its first question, one after the other."""
    recruiter = site.person("recruiter")
    emails = [site.person() for _ in texts]
    interview = site.interview(
        *emails,
        recruiter=recruiter,
        questions=QUESTIONS,
        response_kinds=["video", "text"],
        names=names,
    )
    candidates = [join(site, recruiter, email, interview) for email in emails]
    for candidate, text in zip(candidates, texts, strict=True):
        if text:
            candidate.write(1, text)
        candidate.end()
    return candidates


def ask(site: Site, candidate: Answering, *emails: str) -> list[str]:
    """Their recruiter asks these to review, too; returns what became of each."""
    recruiter = site.api(candidate.recruiter)
    asked = demo.value(
        recruiter.call("invite_reviewers", interview_id=candidate.interview.id, emails=list(emails))
    )
    return [row["status"] for row in asked]


def reviewer(site: Site, candidate: Answering, name: str = "reviewer") -> str:
    """Somebody who has joined those who review the candidate; their address."""
    email = site.person(name)
    assert ask(site, candidate, email) == ["invited"]
    demo.value(site.api(email).call("join_reviews"))
    return email


def remove(site: Site, candidate: Answering, email: str) -> None:
    """Their recruiter does."""
    site.sql(
        f"delete from interview_reviewers where interview_id = '{candidate.interview.id}' "
        f"and email = '{email}'"
    )


def mailed_link(site: Site, email: str) -> str:
    """Where the email leads that asks to review, once it has come."""
    links: list[str] = []

    def come() -> bool:
        texts = [mail["plain"] for mail in site.mails(email) if "to review" in mail["subject"]]
        links.extend(link for text in texts for link in re.findall(r"http\S+/reviews\b", text))
        return links != []

    eventually(come)
    return links[-1]

"""The search of candidates, with what somebody types."""

from tests.http.api import Api, value


def test_what_is_typed_is_found_and_no_wildcard(api: Api) -> None:
    scene = api.scene()
    odd = [f"a{mark}b@example.com" for mark in "*%_.+?^$|{}'"]
    emails = [*odd, "axb@example.com", "axxb@example.com"]
    value(scene.recruiter.rpc("create_invites", interview_id=scene.interview_id, emails=emails))
    never = ["\\", '"', ",", ")", "(", "[", "]", "\\d", "(?i)", "***=", "é", "a.*b", "a,b"]
    for text in [*odd, *(email[1:3] for email in odd), *never, "A*B@EXAMPLE"]:
        found = value(
            scene.recruiter.rpc("list_candidates", interview_id=scene.interview_id, search=text)
        )
        assert sorted(row["email"] for row in found) == sorted(
            email for email in [*emails, scene.candidate.email] if text.lower() in email
        ), text

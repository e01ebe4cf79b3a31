"""flask --app service export-person and erase-person."""

import json

from click.testing import Result

from tests.service.conftest import Seed, Service, address


def run(service: Service, *arguments: str, typed: str = "") -> Result:
    """The command's outcome."""
    return service.app().test_cli_runner().invoke(args=arguments, input=typed)


def test_a_person_is_exported_and_erased(service: Service, seed: Seed) -> None:
    """The service's log never has the address: the fixture looks at every line."""
    (invited,) = seed.invite()
    account = seed.db.account(invited.email)
    seed.connection.commit()
    found = json.loads(run(service, "export-person", invited.email.upper()).output)
    assert [row["id"] for row in found["invites"]] == [invited.id]
    assert [row["id"] for row in found["accounts"]] == [str(account)]
    kept = run(service, "erase-person", invited.email, typed="n\n")
    assert kept.exit_code == 1 and len(seed.jobs()) == 1
    erased = run(service, "erase-person", invited.email, typed="y\n")
    assert erased.exit_code == 0
    lines = {line.strip() for line in erased.output.splitlines()}
    assert {"1  invites", "1  mails", "1  accounts", "0  removals open"} <= lines
    assert seed.jobs() == []
    again = run(service, "erase-person", invited.email, "--yes")
    assert again.exit_code == 0
    assert {line.split(maxsplit=1)[0] for line in again.output.splitlines()} == {"0"}


def test_who_owns_interviews_is_told_the_way_out(service: Service, seed: Seed) -> None:
    email = address()
    recruiter = seed.db.account(email)
    seed.interview(recruiter=recruiter)
    said = run(service, "erase-person", email, "--yes")
    assert said.exit_code == 1
    assert "owns interviews" in said.output and "transfer_interviews" in said.output


def test_an_account_that_is_left_is_no_success(service: Service, seed: Seed) -> None:
    email = address()
    account = seed.db.account(email)
    seed.connection.commit()
    seed.run("create table public.orders (buyer uuid references auth.users (id))")
    try:
        seed.run("insert into public.orders values (%s)", account)
        said = run(service, "erase-person", email, "--yes")
    finally:
        seed.run("drop table public.orders")
    assert said.exit_code == 1
    assert "1  accounts left" in said.output and "Tables of other programs" in said.output

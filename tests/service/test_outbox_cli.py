"""flask --app service outbox."""

from datetime import UTC, datetime, timedelta

import pytest
from click import BadParameter
from click.testing import Result

from service.commands.outbox import since
from service.jobs import Verdict
from tests.kit.gateway import Gateway
from tests.kit.mailserver import MailServer
from tests.service.conftest import Seed, Service, parts
from tests.service.sending import deliver


def run(service: Service, *arguments: str) -> Result:
    """The command's outcome."""
    return service.app().test_cli_runner().invoke(args=["outbox", *arguments])


def test_status(service: Service, seed: Seed) -> None:
    seed.run("delete from private.job_workers")
    seed.invite()
    nobody = run(service, "status")
    assert nobody.exit_code == 1
    assert "queued    1" in nobody.output
    assert "last seen never" in nobody.output
    assert "NOBODY SENDS" in nobody.output
    parts(service.app()).jobs.beat()
    assert run(service, "status").exit_code == 0


def test_pause_and_resume(service: Service, seed: Seed) -> None:
    seed.invite()
    queue = parts(service.app()).jobs
    assert run(service, "pause", "--for", "60", "--reason", "new password").exit_code == 0
    assert queue.claim() == []
    paused = run(service, "status")
    assert paused.exit_code == 1
    assert "new password" in paused.output
    assert run(service, "resume").output == "Resumed.\n"
    assert len(queue.claim()) == 1


def test_retry(service: Service, seed: Seed, mailbox: MailServer) -> None:
    mailbox.on_recipient = lambda _: "550 5.1.1 nobody"
    (invited,) = seed.invite()
    runtime = parts(service.app())
    (job,) = runtime.jobs.claim()
    deliver(runtime, job)
    assert seed.delivery(invited.id)[0] == "failed"
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert run(service, "retry", "--failed-since", tomorrow).output == "0 emails queued again.\n"
    assert run(service, "retry", "--failed-since", "2h").output == "1 email queued again.\n"
    assert seed.delivery(invited.id) == ("queued", None)


def test_removals(service: Service, seed: Seed) -> None:
    """The same for the files of deleted responses; mails are not touched."""
    seed.run("delete from private.job_workers")
    seed.invite()
    seed.run("select private.queue_removals(array[gen_random_uuid()], '{a/b.webm}')")
    nobody = run(service, "status", "--removals")
    assert nobody.exit_code == 1
    assert "queued    1" in nobody.output and "NOBODY REMOVES" in nobody.output
    runtime = parts(service.app())
    assert run(service, "pause", "--removals", "--reason", "moving").exit_code == 0
    assert runtime.removals.claim() == [] and len(runtime.jobs.claim()) == 1
    assert "moving" in run(service, "status", "--removals").output
    assert "moving" not in run(service, "status").output
    assert run(service, "resume", "--removals").output == "Resumed.\n"
    (job,) = runtime.removals.claim()
    runtime.removals.settle([(job, Verdict("failed", "no"))])
    again = run(service, "retry", "--removals", "--failed-since", "2h")
    assert again.output == "1 removal queued again.\n"
    assert run(service, "retry", "--failed-since", "2h").output == "0 emails queued again.\n"
    assert len(runtime.removals.claim()) == 1


def test_a_time_is_asked_for(service: Service, seed: Seed) -> None:
    assert run(service, "retry").exit_code == 2
    wrong = run(service, "retry", "--failed-since", "yesterday")
    assert wrong.exit_code == 2
    assert "2h" in wrong.output


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-01-31T14:00+01:00", datetime(2026, 1, 31, 13, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
    ],
)
def test_times(given: str, expected: datetime) -> None:
    assert since(given) == expected


@pytest.mark.parametrize("given", ["", "h", "-2h", "2w", "2026-13-01"])
def test_no_times(given: str) -> None:
    with pytest.raises(BadParameter):
        since(given)


def test_without_a_database(service: Service, supabase: Gateway) -> None:
    supabase.down = True
    for arguments in (["status"], ["pause"], ["resume"], ["retry", "--failed-since", "1d"]):
        result = run(service, *arguments)
        assert result.exit_code == 1
        assert result.output == "Error: Supabase cannot be reached.\n"

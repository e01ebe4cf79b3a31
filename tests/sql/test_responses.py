"""start_response and write_response: what a candidate may record and write, and when."""

import uuid

import pytest

from tests.kit import responses
from tests.kit.database import Database, Scene
from tests.kit.responses import COMPLETE, DELETE, START, WITHDRAW, WRITE, Asked, record, write

pytestmark = pytest.mark.usefixtures("nothing_is_left")


def take_up(db: Database, asked: Asked, times: int) -> None:
    """So many takes of the first question that are begun and not uploaded."""
    for _ in range(times):
        responses.start(db, asked.candidate, asked.questions[0])


# ---- a recording -----------------------------------------------------------------------------


def test_a_recording_from_beginning_to_end(db: Database, asked: Asked) -> None:
    take = responses.start(db, asked.candidate, asked.questions[0], "video/webm;codecs=vp8,opus")
    assert take == {
        "response_id": take["response_id"],
        "take": 1,
        "bucket": "interview-responses",
        "path": f"{asked.interview}/{take['response_id']}.webm",
        "max_seconds": 180,
        "max_bytes": 50 * 1024 * 1024,
        "bits_per_second": 648_000,
        "takes_left": 2,
    }
    begun = responses.response_row(db, take["response_id"])
    assert (begun["status"], begun["uploaded_at"]) == ("started", None)
    responses.probe(db, take["path"])
    assert responses.response_row(db, take["response_id"]) == begun, "a probe changes nothing"
    responses.store(db, take["path"], size=4711, duration_seconds="12.5")
    row = responses.response_row(db, take["response_id"])
    assert {
        "interview_id": asked.interview,
        "recruiter_id": asked.recruiter,
        "participant_id": asked.participant,
        "user_id": asked.candidate,
        "question_id": asked.questions[0],
        "question": "Question 1",
        "kind": "video",
        "take": 1,
        "status": "uploaded",
        "mime_type": "video/webm",
        "size_bytes": 4711,
        "submitted_at": None,
    }.items() <= row.items()
    assert float(row["duration_seconds"]) == 12.5
    assert db.participant_row(asked.interview, asked.candidate)["answered"] == 1


@pytest.mark.parametrize(
    ("mime_type", "extension", "kind"),
    [
        ("video/webm", "webm", "video"),
        ("video/mp4", "mp4", "video"),
        ("audio/webm", "webm", "audio"),
        ("audio/mp4", "m4a", "audio"),
        ("audio/ogg", "ogg", "audio"),
        (" Audio/OGG ; codecs=opus", "ogg", "audio"),
    ],
)
def test_every_type_that_browsers_record(
    db: Database, asked: Asked, mime_type: str, extension: str, kind: str
) -> None:
    take = record(db, asked.candidate, asked.questions[0], mime_type)
    assert take["path"].endswith(f"{take['response_id']}.{extension}")
    assert responses.response_row(db, take["response_id"])["kind"] == kind


@pytest.mark.parametrize(
    "mime_type",
    [
        None,
        "",
        ";",
        "text/html",
        "image/svg+xml",
        "video/x-matroska",
        "video/webm,text/html",
        "video/webm\n",
        "video/webm\u00a0",
        "v\u0456deo/webm",
        "\uff56ideo/webm",
        "video/webm" + "x" * 1_000_000,
        "\U0001f3a5" * 100_000,
    ],
)
def test_no_other_type(db: Database, asked: Asked, mime_type: str | None) -> None:
    refusal = db.refused(START, asked.questions[0], mime_type)
    assert (refusal.code, refusal.slug) == ("PT400", "kind_not_allowed")
    assert len(refusal.message or "") < 1000


# ---- takes -----------------------------------------------------------------------------------


def test_uploaded_takes_count(db: Database, asked: Asked) -> None:
    takes = [record(db, asked.candidate, asked.questions[0]) for _ in range(3)]
    assert [(take["take"], take["takes_left"]) for take in takes] == [(1, 2), (2, 1), (3, 0)]
    assert responses.states(db, asked.participant) == [
        "video discarded",
        "video discarded",
        "video uploaded",
    ]
    assert responses.removals(db) == [take["path"] for take in takes[:2]]
    refusal = db.as_user(asked.candidate).refused(START, asked.questions[0], "video/webm")
    assert (refusal.code, refusal.slug) == ("PT409", "no_takes_left")
    assert db.participant_row(asked.interview, asked.candidate)["answered"] == 1
    record(db, asked.candidate, asked.questions[1])
    assert db.participant_row(asked.interview, asked.candidate)["answered"] == 2


def test_takes_that_were_never_uploaded_do_not_count(db: Database, asked: Asked) -> None:
    take_up(db, asked, 3)
    assert responses.states(db, asked.participant) == ["video discarded"] * 2 + ["video started"]
    assert responses.removals(db) == [], "nothing was stored"
    assert record(db, asked.candidate, asked.questions[0])["takes_left"] == 2


def test_twenty_that_are_not_uploaded_are_enough(db: Database, asked: Asked) -> None:
    take_up(db, asked, 20)
    for _ in range(2):
        refusal = db.refused(START, asked.questions[0], "video/webm")
        assert (refusal.code, refusal.slug) == ("PT409", "no_takes_left")
    path = db.value("select object_path from public.interview_responses where status = 'started'")
    responses.store(db, path)
    assert responses.start(db, asked.candidate, asked.questions[0])["take"] == 2
    db.as_user(asked.recruiter).value(
        "select public.adjust_participant(%s, 1)",
        db.participant_row(asked.interview, asked.candidate)["id"],
    )
    db.as_user(asked.candidate)
    take_up(db, asked, 1)  # the way out that the refusal names


@pytest.mark.parametrize("how", ["deletes", "withdraws consent", "withdraws and returns"])
def test_deleting_gives_no_take_back(db: Database, asked: Asked, how: str) -> None:
    for _ in range(2):
        record(db, asked.candidate, asked.questions[0])
    if how == "deletes":
        db.value(DELETE, asked.interview)
    elif how == "withdraws consent":
        db.value(responses.CONSENT, asked.interview, False)
    else:
        db.value(WITHDRAW, asked.interview)
        again = db.invite(asked.recruiter, asked.interview, asked.email)
        db.accept(asked.candidate, again["invite_code"])
    assert responses.states(db, asked.participant) == []
    refusal = db.refused(START, asked.questions[0], "video/webm")
    assert refusal.slug == "consent_required", "it was given for what was deleted"
    db.value(responses.CONSENT, asked.interview, True)
    assert record(db, asked.candidate, asked.questions[0])["takes_left"] == 0
    assert db.refused(START, asked.questions[0], "video/webm").slug == "no_takes_left"


def test_fewer_takes_in_the_middle(db: Database, asked: Asked) -> None:
    record(db, asked.candidate, asked.questions[0])
    take = responses.start(db, asked.candidate, asked.questions[0])
    db.as_user(asked.recruiter).run("update public.interview_questions set max_takes = 2")
    responses.store(db, take["path"])
    refusal = db.as_user(asked.candidate).refused(START, asked.questions[0], "video/webm")
    assert refusal.slug == "no_takes_left"


# ---- who may answer what, and when -----------------------------------------------------------


@pytest.mark.parametrize("call", [START, WRITE])
def test_a_question_of_others_does_not_exist(db: Database, asked: Asked, call: str) -> None:
    text = "video/webm"
    for caller in [asked.recruiter, db.account("elsewhere@example.com")]:
        refusal = db.as_user(caller).refused(call, asked.questions[0], text)
        assert (refusal.code, refusal.slug) == ("PT404", "question_not_found")
    db.as_user(asked.candidate)
    for question in [None, uuid.uuid4(), asked.interview]:
        assert db.refused(call, question, text).slug == "question_not_found"
    db.value(WITHDRAW, asked.interview)
    assert db.refused(call, asked.questions[0], text).slug == "question_not_found"
    assert db.as_anon().refused(call, asked.questions[0], text).code == "42501"


@pytest.mark.parametrize("call", [START, WRITE])
def test_nothing_new_after_submitting(db: Database, asked: Asked, call: str) -> None:
    db.value(COMPLETE, asked.interview)
    refusal = db.refused(call, asked.questions[0], "video/webm")
    assert (refusal.code, refusal.slug) == ("PT409", "already_submitted")


@pytest.mark.parametrize("call", [START, WRITE])
@pytest.mark.parametrize("how", ["completed", "deadline"])
def test_nothing_new_once_it_is_closed(db: Database, asked: Asked, call: str, how: str) -> None:
    if how == "completed":
        responses.change_interview(db, asked, "status", "completed")
    else:
        responses.change_interview(db, asked, "deadline", db.value("select now()"))
    refusal = db.as_user(asked.candidate).refused(call, asked.questions[0], "video/webm")
    assert (refusal.code, refusal.slug) == ("PT409", "interview_closed")


def test_another_code_leaves_what_is_being_recorded(db: Database, asked: Asked) -> None:
    """Redeemed by the same person, who was invited by a second address."""
    begun = responses.start(db, asked.candidate, asked.questions[0])
    second = db.invite(asked.recruiter, asked.interview, "second@example.com")
    with db.superuser():
        db.run("update auth.users set email = 'second@example.com' where id = %s", asked.candidate)
    assert db.accept(asked.candidate, second["invite_code"])["invite_id"] == second["invite_id"]
    responses.store(db, begun["path"])
    assert responses.response_row(db, begun["response_id"])["status"] == "uploaded"


def test_an_inactive_interview_goes_on_for_those_who_joined(db: Database, asked: Asked) -> None:
    responses.change_interview(db, asked, "status", "inactive")
    record(db, asked.candidate, asked.questions[0])
    write(db, asked.candidate, asked.questions[1], "Because.")
    assert db.participant_row(asked.interview, asked.candidate)["answered"] == 2


def test_what_was_started_in_time_may_be_uploaded_for_a_day(db: Database, asked: Asked) -> None:
    responses.change_interview(db, asked, "deadline", db.value("select now() + interval '1 hour'"))
    first, second = (responses.start(db, asked.candidate, q) for q in asked.questions)
    db.pass_time("1 day 59 minutes")
    responses.store(db, first["path"])
    db.pass_time("2 minutes")
    db.as_user(asked.candidate)
    for refusal in [
        responses.refused_probe(db, second["path"]),
        responses.refused_store(db, second["path"]),
    ]:
        assert refusal.code == "42501"
        assert "deadline is over" in (refusal.message or "")
    responses.change_settings(db, "upload_grace", "2 days")
    responses.store(db, second["path"])


@pytest.mark.parametrize("kinds", [["video"], ["audio"], ["text"], ["audio", "text"]])
def test_only_the_kinds_that_the_recruiter_allows(
    db: Database, scene: Scene, kinds: list[str]
) -> None:
    asked = responses.ask(db, scene, {}, {}, {}, response_kinds=kinds)
    for question, kind in zip(asked.questions, ["video", "audio", "text"], strict=True):
        call, what = (WRITE, "Because.") if kind == "text" else (START, f"{kind}/webm")
        if kind in kinds:
            db.value(call, question, what)
        else:
            assert db.refused(call, question, what).slug == "kind_not_allowed"


def test_a_response_of_a_kind_that_is_no_longer_allowed_stays(db: Database, asked: Asked) -> None:
    take = responses.start(db, asked.candidate, asked.questions[0])
    write(db, asked.candidate, asked.questions[1], "Because.")
    responses.change_interview(db, asked, "response_kinds", ["audio"])
    responses.store(db, take["path"])
    assert responses.states(db, asked.participant) == ["video uploaded", "text uploaded"]


# ---- Storage ---------------------------------------------------------------------------------


def test_a_participant_uploads_only_so_many_bytes(db: Database, asked: Asked) -> None:
    """All takes count, or one candidate could use up what their recruiter's others need."""
    responses.change_settings(db, "bytes_per_participant", 1500)
    record(db, asked.candidate, asked.questions[0])
    record(db, asked.candidate, asked.questions[0])
    refusal = db.refused(START, asked.questions[1], "video/webm")
    assert (refusal.code, refusal.slug) == ("PT429", "storage_limit")
    db.value(DELETE, asked.interview)
    db.value(responses.CONSENT, asked.interview, True)
    refusal = db.refused(START, asked.questions[1], "video/webm")
    assert (refusal.code, refusal.slug) == ("PT429", "storage_limit")


def test_a_recruiter_gets_only_so_many_bytes_a_day(db: Database, asked: Asked) -> None:
    responses.change_settings(db, "bytes_per_day", 1500)
    record(db, asked.candidate, asked.questions[0])
    record(db, asked.candidate, asked.questions[0])
    for _ in range(2):
        refusal = db.refused(START, asked.questions[1], "video/webm")
        assert (refusal.code, refusal.slug) == ("PT429", "storage_limit")
        db.value(DELETE, asked.interview)
        db.value(responses.CONSENT, asked.interview, True)
    assert db.as_user(asked.recruiter).value("select public.storage_used()") == {
        "held_bytes": 0,
        "uploaded_bytes_today": 2000,
        "bytes_per_day": 1500,
    }
    other = responses.ask(db, db.scene("other@example.com"), {})
    record(db, other.candidate, other.questions[0])
    db.pass_time("1 day")
    record(db, asked.candidate, asked.questions[1])


MISSING = [
    ["drop trigger _100_admit_recording on storage.objects"],
    ["alter table storage.objects disable trigger _100_admit_recording"],
    ["drop policy interview_responses_insert_awaited on storage.objects"],
    ["drop schema storage cascade"],
]


@pytest.mark.parametrize("statements", MISSING, ids=lambda given: given[0])
def test_nobody_records_without_storage_and_its_trigger(
    db: Database, asked: Asked, statements: list[str]
) -> None:
    with responses.without_storage(db, *statements):
        db.as_user(asked.candidate)
        refusal = db.refused(START, asked.questions[0], "video/webm")
        assert (refusal.code, refusal.slug) == ("PT503", "storage_unavailable")
        write(db, asked.candidate, asked.questions[0], "Without Storage.")
        assert db.value("select public.response_settings() -> 'storage_ready'") is False
        assert db.value("select public.delete_my_responses(%s) -> 'deleted'", asked.interview) == 1


def test_the_settings_that_screens_show(db: Database, asked: Asked) -> None:
    settings = db.value("select public.response_settings()")
    notice = settings.pop("consent")
    assert notice["version"] == 1 and notice["recording"] and notice["analysis"]
    assert settings == {
        "bucket": "interview-responses",
        "max_bytes": 50 * 1024 * 1024,
        "mime_types": ["audio/mp4", "audio/ogg", "audio/webm", "video/mp4", "video/webm"],
        "kept_for_days": 180,
        "upload_grace_hours": 24,
        "storage_ready": True,
    }


@pytest.mark.parametrize(
    ("megabytes", "seconds", "factor", "bits"),
    [
        (50, 180, 1, 648_000),
        (50, 600, 1, 648_000),
        (50, 600, 2, 332_049),
        (20, 600, 1, 265_639),
        (20, 600, 2, None),
        (1, 10, 1, 648_000),
        (1, 180, 1, None),
    ],
)
def test_the_longest_answer_fits_into_the_bucket(
    db: Database, asked: Asked, megabytes: int, seconds: int, factor: int, bits: int | None
) -> None:
    with db.superuser():
        db.run("update storage.buckets set file_size_limit = %s", megabytes * 1024 * 1024)
    db.as_user(asked.recruiter).run("update public.interview_questions set max_seconds=%s", seconds)
    db.run("select public.adjust_participant(%s, 0, %s)", asked.participant, factor)
    db.as_user(asked.candidate)
    if bits is None:
        refusal = db.refused(START, asked.questions[0], "video/webm")
        assert (refusal.slug, "sound alone" in (refusal.hint or "")) == ("kind_not_allowed", True)
    kind = "audio" if bits is None else "video"
    take = responses.start(db, asked.candidate, asked.questions[0], f"{kind}/webm")
    assert take["max_bytes"] == megabytes * 1024 * 1024
    assert take["max_seconds"] == seconds * factor
    assert take["bits_per_second"] * take["max_seconds"] / 8 < take["max_bytes"]
    assert bits is None or take["bits_per_second"] == bits

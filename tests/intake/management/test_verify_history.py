"""What someone does to a history who can write to the database, and what the command says of it."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from intake.models import Anchor, AnchoredEvent, ContactRequest, Event, PracticeHistory
from intake.models.practice_history import PRACTICE
from intake.receipts import in_blocks
from tests.intake.forging import forge, undone

NOW = datetime(2026, 11, 27, 20, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
EVENT = "DELETE FROM intake_event WHERE stream = %s AND seq = %s"
STREAM = "DELETE FROM intake_event WHERE stream = %s"
COLUMNS = (
    "stream, request_id, kind, at, actor_id, actor_kind, verb, facts, row_digest, sealed_digest, "
    "prev, mac"
)
ROW = ("status", "due_at", "due_kind", "activity_seq", "version", "first_opened_at", "owner_id")


@pytest.fixture
def request_(make_request, staff_user):
    """With a history of six: sent, opened, taken, noted, wrote, status set; beside others."""
    for _ in range(2):
        make_request().open_words(staff_user)
        PracticeHistory.objects.record(Event.Verb.LOOKED, staff_user)
    request = make_request()
    request.open_words(staff_user)
    request.take(staff_user)
    request.add_note(staff_user, "one")
    request.write(staff_user, "two")
    request.set_status(staff_user, "talking")
    return request


def verify(*arguments):
    """Exit status and lines."""
    out = StringIO()
    try:
        call_command("verify_history", *arguments, stdout=out, stderr=StringIO())
    except SystemExit as left:
        return left.code, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def raw(pk):
    """As the database takes it in SQL by hand."""
    return pk if connection.vendor == "postgresql" else pk.hex


def named(request, *lines):
    return [f"{in_blocks(request.reference, '-')}: {line}" for line in lines]


def delete(number):
    return lambda request: forge(EVENT, raw(request.pk), number)


def edit(request):
    forge("UPDATE intake_event SET verb = 'closed' WHERE stream = %s AND seq = 3", raw(request.pk))


def insert(request):
    forge(
        f"INSERT INTO intake_event (seq, {COLUMNS}) SELECT 7, {COLUMNS} "  # noqa: S608
        "FROM intake_event WHERE stream = %s AND seq = 6",
        raw(request.pk),
    )


def swap(request):
    for new, old in ((99, 2), (2, 3), (3, 99)):
        forge(
            "UPDATE intake_event SET seq = %s WHERE stream = %s AND seq = %s",
            new, raw(request.pk), old,
        )  # fmt: skip


def recompute(request):
    """All of it written anew, and well linked: under a key that is not ours."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("django.conf.settings.INTAKE_EVENT_KEY", b"n" * 32)
        before = bytes(32)
        for event in Event.objects.of_stream(request.pk):
            event.prev = before
            before = event.computed_mac()
            forge(
                "UPDATE intake_event SET prev = %s, mac = %s WHERE id = %s",
                event.prev, before, event.pk,
            )  # fmt: skip


def delete_all(request):
    forge(STREAM, raw(request.pk))


def delete_row(request):
    forge("DELETE FROM intake_contactrequest WHERE id = %s", raw(request.pk))


def change_row(request):
    forge("UPDATE intake_contactrequest SET voicemail = 'full' WHERE id = %s", raw(request.pk))


def delete_note(request):
    forge("DELETE FROM intake_note")


def delete_message(request):
    forge("DELETE FROM intake_message")


STATUS = "The request's status is 'talking', its history says 'new'."
ROW_CHANGED = "The request's columns are not as its history left them."
FORGERIES = {
    "edited": (edit, ["Event 3 is not as it was written."]),
    "inserted": (
        insert,
        [
            "Event 7 is not as it was written.",
            "Event 7 does not follow event 6.",
            "The history ends at 7, the request counts 6.",
        ],
    ),
    "swapped": (
        swap,
        [
            "Event 2 is not as it was written.",
            "Event 3 is not as it was written.",
            "Event 2 does not follow event 1.",
            "Event 3 does not follow event 2.",
            "Event 4 does not follow event 3.",
        ],
    ),
    "first deleted": (delete(1), ["The history begins at event 2."]),
    "one in the middle deleted": (
        delete(3),
        ["Between event 2 and event 4 something is missing."],
    ),
    "last deleted": (
        delete(6),
        ["The history ends at 5, the request counts 6.", STATUS, ROW_CHANGED],
    ),
    "recomputed without the key": (
        recompute,
        [f"Event {number} is not as it was written." for number in range(1, 7)],
    ),
    "all deleted": (delete_all, ["There is no history."]),
    "row changed": (change_row, [ROW_CHANGED]),
    "note deleted": (delete_note, ["The notes are not as the history left them."]),
    "message deleted": (delete_message, ["The messages are not as the history left them."]),
}


def test_nothing_is_found_where_nothing_was_done(request_):
    assert verify() == (0, ["As it was written: 12 events (no anchor yet)."])
    anchor = Anchor.objects.drop(NOW)
    assert verify() == (0, [f"As it was written: 12 events (newest anchor: {anchor.short})."])


@pytest.mark.parametrize(("do", "said"), FORGERIES.values(), ids=FORGERIES)
def test_what_was_done_to_a_history_is_found(request_, do, said):
    do(request_)
    assert verify() == (1, named(request_, *said))
    assert verify("--stream", request_.reference) == (1, named(request_, *said))


def test_a_row_that_is_gone_is_found(request_):
    with undone():
        delete_row(request_)
        said = f"A request that is gone ({request_.pk}): The request itself is gone."
        assert verify() == (1, [said])


def test_a_line_cut_from_the_practices_history_is_found(request_):
    forge(EVENT, raw(PRACTICE), 2)
    said = "The practice: The history ends at 1, the practice counts 2."
    assert verify() == (1, [said])
    assert verify("--stream", "practice") == (1, [said])
    forge(STREAM, raw(PRACTICE))
    assert verify() == (1, ["The practice: There is no history."])


def test_lines_of_another_history_do_not_fit(request_, make_request):
    other = make_request()
    forge(EVENT, raw(other.pk), 1)
    forge(
        "UPDATE intake_event SET stream = %s, request_id = %s WHERE stream = %s AND seq = 1",
        raw(other.pk), raw(other.pk), raw(request_.pk),
    )  # fmt: skip
    assert "Event 1 is not as it was written." in "\n".join(verify()[1])


# What only an anchor shows: the end is cut off, and the row put back to what it was.


@pytest.fixture
def put_back(request_, staff_user):
    """A function that undoes the last thing that was done, without a trace."""
    before = ContactRequest.objects.filter(pk=request_.pk).values(*ROW).get()
    request_.set_status(staff_user, "booked")

    def undo():
        forge(EVENT, raw(request_.pk), 7)
        ContactRequest.objects.filter(pk=request_.pk).update(**before)

    return undo


def test_an_end_cut_off_without_a_trace_is_found_by_the_anchor(request_, put_back):
    Anchor.objects.drop(NOW)
    put_back()
    said = "The history ends at 6; on 2026-11-27 it went to 7. Its end was cut off."
    assert verify() == (1, named(request_, said))
    assert verify("--stream", request_.reference) == (1, named(request_, said))


def test_without_an_anchor_it_is_not(request_, put_back):
    put_back()
    assert verify()[0] == 0


def test_a_request_deleted_as_a_whole_is_found_by_the_anchor(request_):
    Anchor.objects.drop(NOW)
    for table in ("note", "message", "receipt", "sentpage", "notice", "reading", "attempt"):
        forge(f"DELETE FROM intake_{table} WHERE request_id = %s", raw(request_.pk))  # noqa: S608
    delete_all(request_)
    delete_row(request_)
    said = "The whole history is gone; on 2026-11-27 it had 6 events."
    assert verify() == (1, [f"A request that is gone ({request_.pk}): {said}"])


def test_a_history_rewritten_by_one_with_the_key_is_found_by_the_anchor(request_, settings):
    Anchor.objects.drop(NOW)
    right = settings.INTAKE_EVENT_KEY
    forge(EVENT, raw(request_.pk), 2)
    before = bytes(32)
    for number, event in enumerate(Event.objects.of_stream(request_.pk), 1):
        event.seq, event.prev = number, before
        before = event.computed_mac()
        forge(
            "UPDATE intake_event SET seq = %s, prev = %s, mac = %s WHERE id = %s",
            number, event.prev, before, event.pk,
        )  # fmt: skip
    ContactRequest.objects.filter(pk=request_.pk).update(activity_seq=5)
    assert right == settings.INTAKE_EVENT_KEY
    said = "The history ends at 5; on 2026-11-27 it went to 6. Its end was cut off."
    assert verify() == (1, named(request_, said))


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "UPDATE intake_anchor SET heads = 3 WHERE number = 1",
            [
                "Anchor 1 of 2026-11-27 is not as it was written.",
                "What anchor 1 of 2026-11-27 holds is not as it was written.",
            ],
        ),
        (
            "UPDATE intake_anchor SET prev = mac WHERE number = 2",
            [
                "Anchor 2 of 2026-11-28 does not follow the one before.",
                "Anchor 2 of 2026-11-28 is not as it was written.",
            ],
        ),
        (
            "DELETE FROM intake_anchor WHERE number = 1",
            ["Before anchor 2 of 2026-11-28 anchors are missing."],
        ),
        (
            "DELETE FROM intake_anchoredevent WHERE anchor_id = 2",
            ["What anchor 2 of 2026-11-28 holds is not as it was written."],
        ),
    ],
)
def test_an_anchor_that_was_changed_is_found(request_, staff_user, sql, said):
    Anchor.objects.drop(NOW)
    request_.open_words(staff_user)
    Anchor.objects.drop(LATER)
    assert verify()[0] == 0
    with undone():
        forge(sql)
        assert verify() == (1, said)


# What was mailed proves a copy from outside.


def test_the_short_form_from_the_mail_fits(request_):
    mailed = Anchor.objects.drop(NOW).short
    assert verify("--anchor", mailed)[0] == 0


def test_an_end_cut_off_with_its_anchors_does_not_fit_the_mail(request_, put_back):
    mailed = Anchor.objects.drop(NOW).short
    put_back()
    forge("DELETE FROM intake_anchoredevent")
    forge("DELETE FROM intake_anchor")
    assert verify()[0] == 0
    said = (
        "Anchor 1 of 2026-11-27 is not here: what happened up to that day was cut off, "
        "or this copy is older."
    )
    assert verify("--anchor", mailed) == (1, [said])


def test_an_anchor_made_anew_does_not_fit_the_mail(request_, put_back):
    mailed = Anchor.objects.drop(NOW).short
    put_back()
    forge("DELETE FROM intake_anchoredevent")
    forge("DELETE FROM intake_anchor")
    Anchor.objects.drop(NOW)
    assert verify()[0] == 0
    said = "Anchor 1 is not the one that was mailed on 2026-11-27."
    assert verify("--anchor", mailed) == (1, [said])


# What is asked of the command


def test_since_reads_only_what_went_on(request_, make_request, staff_user):
    anchor = Anchor.objects.drop(NOW)
    assert verify("--since", anchor.short)[1][0].startswith("As it was written: 0 events")
    other = make_request()
    assert verify("--since", anchor.short)[1][0].startswith("As it was written: 1 events")
    edit(request_)  # in a history that did not move
    assert verify("--since", "1")[0] == 0
    request_.open_words(staff_user)
    assert verify("--since", "1") == (1, named(request_, "Event 3 is not as it was written."))
    assert other.events.count() == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--stream", "0000-0000"], "No request has the reference 0000-0000."),
        (["--anchor", "yesterday"], "An anchor reads like"),
        (["--since", "yesterday"], "An anchor reads like"),
    ],
)
def test_wrong_use_is_said(request_, arguments, said):
    with pytest.raises(CommandError, match=said) as refused:
        verify(*arguments)
    assert refused.value.returncode == 2


def test_another_event_key_is_said_once(request_, settings):
    settings.INTAKE_EVENT_KEY = b"n" * 32
    with pytest.raises(CommandError, match="INTAKE_EVENT_KEY is not the key") as refused:
        verify()
    assert refused.value.returncode == 3


def test_reads_few_rows_more_for_more_requests(request_, make_request, django_assert_num_queries):
    """Two hundred histories at a time, whatever they are."""
    verify()
    with django_assert_num_queries(13):
        verify()
    for _ in range(5):
        make_request()
    with django_assert_num_queries(13):
        verify()


def test_anchors_hold_no_event_of_samples(request_, make_request):
    sample = make_request()
    forge("UPDATE intake_event SET kind = 'sample' WHERE stream = %s", raw(sample.pk))
    Anchor.objects.drop(NOW)
    assert not AnchoredEvent.objects.of_stream(sample.pk).exists()
    assert AnchoredEvent.objects.count() == 4

"""Accepted clients as a file: off unless granted, for a reason, recorded, harmless."""

import csv
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from zeal import zeal_ignore

from intake.admin.exporting import COLUMNS, UNOPENED
from intake.models import ContactRequest, Event
from intake.models.practice_history import PRACTICE
from tests.intake.conftest import CANARY, reader
from tests.intake.reading import Reading
from tests.signing_in import sign_in

EXPORT = reverse("admin:intake_contactrequest_export")
CLOSED = reverse("admin:intake_contactrequest_changelist") + "?view=closed"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "export.md"
REASON = {"reason": "records"}
CLOCK = ZoneInfo("America/Los_Angeles")


@pytest.fixture
def keeper(staff_user):
    staff_user.user_permissions.add(Permission.objects.get(codename="export_clients"))
    return User.objects.get(pk=staff_user.pk)


@pytest.fixture
def granted(client, keeper):
    return sign_in(client, keeper)


@pytest.fixture
def accept(make_request, staff_user):
    def accept(outcome="became_client", **answers):
        request = make_request(**answers)
        request.close(staff_user, outcome)
        return request

    return accept


def table(answer):
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def exported(request):
    return [event.facts["reason"] for event in request.events.filter(verb="exported")]


def test_a_line_holds_what_is_known_of_a_client(granted, accept):
    client = accept(preferred_name="Renée", times_ok=["morning"], payment="self")
    [line] = table(granted.post(EXPORT, REASON))
    assert tuple(line) == COLUMNS
    assert {name: text for name, text in line.items() if text} == {
        "reference": client.blocks.replace(" ", "-"),
        "received_on": f"{timezone.localtime(client.received_at, CLOCK):%Y-%m-%d}",
        "accepted_on": f"{timezone.localtime(client.closed_at, CLOCK):%Y-%m-%d}",
        "preferred_name": "Renée",
        "phone": "(503) 555-0187",
        "contact_method": "Call me",
        "good_times": "Mornings",
        "help_for": "Me",
        "adult": "Yes",
        "payment": "I would pay myself",
    }


def test_only_accepted_clients_who_are_still_here_are_in_it(granted, accept, make_request):
    here, erased, refused = accept(), accept(), accept("changed_mind")
    waiting = make_request()
    erased.erase()
    lines = table(granted.post(EXPORT, REASON))
    assert [line["reference"] for line in lines] == [here.blocks.replace(" ", "-")]
    assert [exported(each) for each in (here, erased, refused, waiting)] == [
        ["records"],
        [],
        [],
        [],
    ]


def test_words_are_not_in_it(granted, accept):
    accept()
    assert CANARY not in repr(table(granted.post(EXPORT, REASON)))


def test_nothing_in_it_runs(granted, accept):
    accept(preferred_name="=HYPERLINK(0)", phone="+15035550187", contact_note="@SUM(A1)")
    [line] = table(granted.post(EXPORT, REASON))
    assert (line["preferred_name"], line["phone"], line["contact_note"]) == (
        "'=HYPERLINK(0)", "'+15035550187", "'@SUM(A1)",
    )  # fmt: skip


def test_it_is_recorded_on_each_and_for_the_practice(granted, accept, keeper):
    made = [accept(), accept()]
    granted.post(EXPORT, {"reason": "billing"})
    assert [exported(each) for each in made] == [["billing"], ["billing"]]
    event = Event.objects.of_stream(PRACTICE).get(verb="exported")
    assert (event.actor, event.facts) == (keeper, {"reason": "billing", "count": 2})
    assert [Event.verify(each.pk) for each in made] == [[], []]


def test_it_is_recorded_before_the_first_line_leaves(granted, accept):
    client = accept()
    granted.post(EXPORT, REASON)  # whose content nobody reads
    assert exported(client) == ["records"]


def test_without_a_reason_nothing_leaves(granted, accept):
    client = accept()
    page = Reading(granted.post(EXPORT, {"reason": ""}))
    assert (page.title, page.inline) == (
        "Error: Export accepted clients – Staff", ["Choose a reason"],
    )  # fmt: skip
    assert exported(client) == []


def test_a_client_whose_key_is_absent_says_so_and_the_rest_is_whole(granted, accept):
    lost, here = accept(), accept()
    ContactRequest.objects.filter(pk=lost.pk).update(sealed_identity_key=here.sealed_identity_key)
    lines = table(granted.post(EXPORT, REASON))
    assert sorted(line["preferred_name"] for line in lines) == sorted([UNOPENED, "Robin"])


def test_it_is_off_unless_granted(client, accept):
    accepted = accept()
    Group.objects.create(name="Everything").permissions.set(
        Permission.objects.exclude(codename="export_clients")
    )
    keeper = reader("ana")
    keeper.groups.add(Group.objects.get())
    for user in (keeper, User.objects.create_superuser("boss")):
        sign_in(client, user)
        assert client.get(EXPORT).status_code == 403, user
        assert client.post(EXPORT, REASON).status_code == 403, user
        assert EXPORT not in client.get(CLOSED).content.decode(), user
    assert exported(accepted) == []


def test_it_can_be_granted_to_a_person_or_a_group(client, accept):
    accept()
    by_group = reader("ana")
    by_group.groups.add(group := Group.objects.create(name="Records"))
    group.permissions.add(Permission.objects.get(codename="export_clients"))
    sign_in(client, by_group)
    assert EXPORT in client.get(CLOSED).content.decode()
    assert len(table(client.post(EXPORT, REASON))) == 1


def test_who_may_not_read_requests_exports_none(client, accept):
    accept()
    ed = User.objects.create_user("ed", is_staff=True)
    ed.user_permissions.add(Permission.objects.get(codename="export_clients"))
    sign_in(client, ed)
    assert client.post(EXPORT, REASON).status_code == 403


def test_the_page_says_how_many_and_records_nothing(granted, accept):
    accept()
    text = granted.get(EXPORT).content.decode()
    assert "<strong>1 client.</strong>" in text
    assert Event.objects.filter(verb="exported").count() == 0


def test_nobody_to_export_is_said(granted):
    assert "Nobody who became a client is here" in granted.get(EXPORT).content.decode()


def test_every_column_is_documented():
    documented = re.findall(r"^\| `(\w+)` \|", DOCS.read_text(), re.MULTILINE)
    assert tuple(documented) == COLUMNS


def test_lines_take_one_query_for_many(granted, accept):
    for _ in range(5):
        accept()
    with zeal_ignore():  # each is locked for its own line of history
        answer = granted.post(EXPORT, REASON)
    with CaptureQueriesContext(connection) as captured:
        table(answer)
    assert len(captured) == 1

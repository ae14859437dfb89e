"""Who may do what with a request: each role, each action, by real requests to real addresses."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from intake.models import ContactRequest
from tests.intake.staff import team
from tests.signing_in import sign_in

EVERYONE = ("owner", "intake", "own", "asked", "other", "editor", "inactive", "anonymous")
DESK = {"owner", "intake"}
WORKERS = DESK | {"own"}
SEERS = WORKERS | {"asked"}
ENTERERS = SEERS | {"other"}
QUEUE = reverse("admin:intake_contactrequest_changelist")
FROM = {"answer": "from", "from_on": "2099-01-05"}
NEXT = {"next_kind": "snooze", "next_on": (timezone.now() + timedelta(days=1)).date()}


@dataclass(frozen=True)
class Action:
    """One row of the table: `does` it and says whether it was done. `ready` comes before."""

    name: str
    does: Callable[[Client, ContactRequest, dict[str, User]], bool]
    may: set[str]
    ready: Callable[[ContactRequest, dict[str, User]], object] = lambda request, people: None


def address(request, name="change"):
    return reverse(f"admin:intake_contactrequest_{name}", args=[request.pk])


def verbs(request):
    return list(request.events.order_by("seq").values_list("verb", flat=True))


def row(client, request, people):
    return f"{request.reference[:4]}-{request.reference[4:]}" in client.get(QUEUE).content.decode()


def page(client, request, people):
    return client.get(address(request)).status_code == 200


def opens(client, request, people):
    client.post(address(request, "open"))
    return verbs(request)[-1] == "opened"


def step(name, verb, **typed):
    def press(client, request, people):
        stands = ContactRequest.objects.get(pk=request.pk)
        hidden = {"version": stands.version, "seen": stands.activity_seq}
        client.post(address(request, "open"))
        client.post(address(request, "do"), {**hidden, "step": name, **typed})
        return verb in verbs(request)

    return press


def posts(name, verb, **typed):
    def post(client, request, people):
        typed_ = {key: people[value].pk if key == "to" else value for key, value in typed.items()}
        version = ContactRequest.objects.get(pk=request.pk).version
        client.post(address(request, name), {"version": version, **typed_})
        return verbs(request)[-1] == verb

    return post


def sees(name, *args):
    def get(client, request, people):
        return client.get(reverse(name, args=args)).status_code == 200

    return get


def adds(client, request, people):
    typed = {"key": uuid4(), "preferred_name": "Robin", "contact_method": "own", "origin": "phone"}
    client.post(reverse("admin:intake_contactrequest_call"), typed)
    return ContactRequest.objects.filter(origin="phone").exists()


def seconds(client, request, people):
    typed = {"key": uuid4(), "preferred_name": "Sam", "contact_method": "own", "origin": "phone"}
    client.post(address(request, "second"), typed)
    return "coupled" in verbs(request)


def user_page(client, request, people):
    return client.get(reverse("admin:auth_user_change", args=[people["own"].pk])).status_code == 200


def leaves(client, request, people):
    client.post(reverse("admin:auth_user_leave", args=[people["other"].pk]))
    return not User.objects.get(pk=people["other"].pk).is_active


def deletes_user(client, request, people):
    url = reverse("admin:auth_user_delete", args=[people["other"].pk])
    client.post(url, {"post": "yes"})
    return not User.objects.filter(pk=people["other"].pk).exists()


def takes_back(client, request, people):
    step("no_answer", "tried")(client, request, people)
    return step("undo", "try_undone")(client, request, people)


def closes(client, request, people):
    version = ContactRequest.objects.get(pk=request.pk).version
    client.post(address(request, "close"), {"ending": "spam", "version": version})
    return verbs(request)[-1] == "closed"


def undoes(client, request, people):
    version = ContactRequest.objects.get(pk=request.pk).version
    client.post(address(request, "undo_close"), {"version": version})
    return verbs(request)[-1] == "close_undone"


def found(client, sought):
    answer = client.post(reverse("admin:intake_contactrequest_search"), {"sought": sought})
    return 'class="row-name"' in answer.content.decode()


def finds(client, request, people):
    return found(client, request.reference)


def copies(client, request, people):
    client.post(address(request, "copy"), {"asked_by": "person", "checked": "code"})
    return verbs(request)[-1] == "copied"


def holds(client, request, people):
    version = ContactRequest.objects.get(pk=request.pk).version
    client.post(address(request, "hold"), {"hold-kind": "legal", "hold-version": version})
    return verbs(request)[-1] == "held"


def erases(client, request, people):
    version = ContactRequest.objects.get(pk=request.pk).version
    typed = {"erase-reference": request.reference, "erase-version": version}
    client.post(address(request, "erase"), typed)
    return verbs(request)[-1] == "erased"


def links(client, request, people):
    return client.get(reverse("staff_link", args=[people["own"].pk])).status_code == 200


def close(request, people):
    request.close(people["intake"], "changed_mind")


def hold_for_review(request, people):
    ContactRequest.objects.filter(pk=request.pk).update(held_reason="fast")


def forget_reading(request, people):
    request.asks.update(may_read=False)


def settle(request, people):
    request.take_back_ask(people["intake"])


def couple(request, people):
    request.set_status(people["intake"], "talking")
    ContactRequest.objects.filter(pk=request.pk).update(seeking_for="couple")


ACTIONS = [
    Action("enter the inbox", sees("admin:intake_contactrequest_changelist"), ENTERERS),
    Action("see the row", row, SEERS),
    Action("see the page", page, SEERS),
    Action("open, asker allowed it", opens, SEERS),
    Action("open, asker did not", opens, WORKERS, forget_reading),
    Action("try", step("no_answer", "tried"), WORKERS),
    Action("take a try back", takes_back, WORKERS),
    Action("set the next step", step("plan", "next_set", **NEXT), WORKERS),
    Action("note", step("note", "noted", note="Call after noon"), WORKERS),
    Action("write", step("write", "wrote", message="Tuesday?"), WORKERS),
    Action("take", step("take", "taken"), WORKERS),
    Action("release", step("release", "released"), WORKERS, hold_for_review),
    Action("close", closes, WORKERS),
    Action("undo a close", undoes, WORKERS, close),
    Action("close as spam", step("spam", "closed"), WORKERS),
    Action("reopen", step("reopen", "reopened"), WORKERS, close),
    Action("add a call", adds, ENTERERS),
    Action("make a second record", seconds, WORKERS, couple),
    Action("ask a colleague", posts("ask", "offered", to="other", do="ask"), DESK, settle),
    Action("give it away", posts("ask", "given", to="other", do="give"), DESK),
    Action("take the question back", posts("unask", "offer_over"), DESK),
    Action("answer the question", posts("answer", "offer_answered", answer="yes"), {"asked"}),
    Action("say from when", posts("answer", "offer_answered", **FROM), {"asked"}),
    Action("plan an absence", sees("admin:intake_absence_changelist"), ENTERERS),
    Action("find it, asker allowed reading", finds, SEERS),
    Action("find it, asker did not", finds, WORKERS, forget_reading),
    Action("print", posts("print", "printed"), SEERS - {"asked"}),
    Action("copy for the person", copies, WORKERS),
    Action("hold", holds, {"owner"}),
    Action("erase", erases, {"owner"}),
    Action("export", sees("admin:intake_contactrequest_export"), set()),
    Action("reports", sees("admin:reports"), {"owner"}),
    Action("who read what", sees("admin:who_read_what"), {"owner"}),
    Action("referrals", sees("admin:intake_referral_changelist"), DESK),
    Action("words at the end", sees("admin:intake_outcometext_changelist"), DESK),
    Action("one-time link for a colleague", links, {"owner"}),
    Action("phrases", sees("admin:intake_phrase_changelist"), DESK),
    Action("pages", sees("admin:pages_page_changelist"), {"owner", "editor"}),
    Action("practice", sees("admin:pages_practice_change", 1), {"owner", "editor"}),
    Action("readiness", sees("admin:readiness"), {"owner", "editor"}),
    Action("openings", sees("admin:pages_opening_changelist"), {"owner", "editor"}),
    Action("users", sees("admin:auth_user_changelist"), {"owner"}),
    Action("change a user", user_page, {"owner"}),
    Action("close an account", leaves, {"owner"}),
    Action("delete an account", deletes_user, set()),
    Action("groups", sees("admin:auth_group_changelist"), set()),
]  # fmt: skip


@pytest.fixture
def people(practice):
    return team()


@pytest.fixture
def request_(people, make_request):
    """With one therapist, and another one is asked who may read it."""
    request = make_request()
    request.give(people["intake"], people["own"])
    request.ask(people["intake"], people["asked"], may_read=True)
    return request


@pytest.mark.parametrize("who", EVERYONE)
@pytest.mark.parametrize("action", ACTIONS, ids=[action.name for action in ACTIONS])
def test_role_and_action(request_, people, action, who):
    action.ready(request_, people)
    user = people.get(who)
    client = Client()
    if user:
        sign_in(client, user)
    assert action.does(client, request_, people) == (who in action.may)


def test_who_may_not_see_it_is_told_that_it_is_not_there(request_, people):
    codes = {}
    for who in ("other", "editor"):
        client = sign_in(Client(), people[who])
        codes[who] = client.get(address(request_)).status_code
    assert codes == {"other": 404, "editor": 403}


def test_asked_sees_choices_and_words_and_nothing_else(people, make_request):
    request = make_request(
        preferred_name="Quizzaciously", phone="(503) 555-0186", message="Absquatulate",
        contact_note="Ultracrepidarian", payment="insurance", insurer="Honorific Mutual",
        times_ok=["morning"], format="online",
    )  # fmt: skip
    request.ask(people["intake"], people["asked"], may_read=True)
    client = sign_in(Client(), people["asked"])
    text = client.post(address(request, "open"), follow=True).content.decode()
    said = dict(re.findall(r"<dt>([^<]+)</dt>\s*<dd>\s*([^<]+?)\s*</dd>", text))
    assert said == {
        "Kind of help": "Not said",
        "In person or online": "Online",
        "Good times": "mornings only",
        "Payment": "Insurance",
    }
    secrets = ("Quizzaciously", "0186", "Ultracrepidarian", "Honorific", "Absquatulate")
    assert [secret for secret in secrets if secret in text] == ["Absquatulate"]
    assert request.events.get(verb="opened").actor == people["asked"]


def test_who_was_asked_sees_it_no_more_once_they_said_no(request_, people):
    client = sign_in(Client(), people["asked"])
    assert client.get(address(request_)).status_code == 200
    client.post(address(request_, "answer"), {"answer": "no"})
    assert client.get(address(request_)).status_code == 404

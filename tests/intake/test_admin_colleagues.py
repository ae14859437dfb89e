"""Asking a colleague, covering one, and closing an account, on their pages."""

import html
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from intake.models import Absence, Ask, ContactRequest, Notice
from pages.models import Opening, Service, Therapist
from tests.intake.staff import listed, team
from tests.signing_in import sign_in

QUEUE = reverse("admin:intake_contactrequest_changelist")
ABSENCE = reverse("admin:intake_absence_changelist")


@pytest.fixture
def people(practice):
    return team()


@pytest.fixture
def intake(people):
    return sign_in(Client(), people["intake"])


def url(request, name="change"):
    return reverse(f"admin:intake_contactrequest_{name}", args=[request.pk])


def words(page):
    return html.unescape(page.content.decode())


def test_whoever_has_an_opening_stands_first_then_who_offers_it(
    people, intake, make_request, practice
):
    help_ = Service.objects.create(slug="one", name="One to one")
    request = make_request(service="one", format="online")
    for name in ("asked", "other", "own"):
        listed(people[name])
    places = {"own": "online", "other": "in_person"}
    for name, format_ in places.items():
        Opening.objects.create(
            therapist=Therapist.objects.get(slug=name),
            format=format_,
            day_part="morning",
            confirmed_on=practice.today(),
        )
    Therapist.objects.get(slug="other").services.add(help_)
    page = words(intake.get(url(request, "ask")))
    found = re.findall(r'id="to-\d+">\s+(\w+)\s+<span class="quiet">([^<]*)</span>', page)
    assert found == [
        ("Own", "free: mornings"),
        ("Other", "offers this, no opening confirmed"),
        ("Asked", ""),
        ("owner", ""),
    ]


def test_ask_says_nothing_of_the_person_in_its_mail(people, intake, make_request):
    from intake.letters import letter
    from pages.models import Practice

    request = make_request(preferred_name="Quizzaciously")
    typed = {"to": people["own"].pk, "do": "ask", "version": request.version}
    assert intake.post(url(request, "ask"), typed).status_code == 302
    notice = Notice.objects.get(kind="ask")
    subject, body = letter(notice, Practice.current())
    shown = f"{request.reference[:4]}-{request.reference[4:]}"
    assert (notice.to_user, subject) == (people["own"], f"Request {shown}: can you take it?")
    assert body == (
        "A colleague asks whether you can take a request. Answer within a working day: "
        f"http://localhost:8000{url(request)}\n"
    )
    assert "own is asked, until" in words(intake.get(url(request)))


@pytest.mark.parametrize(
    ("typed", "said"),
    [({}, "Choose a colleague"), ({"to": "99999"}, "Choose a colleague")],
)
def test_nobody_chosen_is_said(people, intake, make_request, typed, said):
    request = make_request()
    page = intake.post(url(request, "ask"), {"do": "ask", "version": 1, **typed})
    assert said in words(page)
    assert Ask.objects.count() == 0


def test_what_someone_did_meanwhile_is_not_overwritten(people, intake, make_request):
    request = make_request()
    typed = {"to": people["own"].pk, "do": "ask", "version": request.version}
    request.take(people["owner"])
    page = intake.post(url(request, "ask"), typed)
    assert (page.status_code, Ask.objects.count()) == (409, 0)
    assert "Someone else changed this request meanwhile. Nothing was saved." in words(page)


def test_from_needs_its_day(people, make_request):
    request = make_request()
    request.ask(people["intake"], people["own"])
    client = sign_in(Client(), people["own"])
    page = client.post(url(request, "answer"), {"answer": "from", "from_on": ""})
    assert "Enter the day from which you can take them" in words(page)
    assert Ask.objects.get().settled_at is None


def test_asked_of_you_is_a_filter(people, make_request):
    request, _ = make_request(), make_request()
    request.ask(people["intake"], people["owner"])
    client = sign_in(Client(), people["owner"])
    page = words(client.get(QUEUE, {"only": "asked"}))
    assert page.count('class="row-name"') == 1
    assert 'Asked of you <span class="count">1</span>' in page


# Outside a transaction, as a running site is: what is kept in memory is kept.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("who", "queries"), [("intake", 9), ("own", 11)])
def test_queue_takes_twelve_queries_or_fewer_for_both_kinds_of_readers(
    people, make_request, django_assert_num_queries, who, queries, rows
):
    for _ in range(rows):
        make_request().give(people["intake"], people["own"])
    client = sign_in(Client(), people[who])
    client.get(QUEUE)
    with django_assert_num_queries(queries):
        page = client.get(QUEUE)
    assert words(page).count('class="row-name"') == rows


# Away


def test_absence_is_planned_shown_and_ended(people, practice, make_request):
    request = make_request()
    request.give(people["intake"], people["own"])
    client = sign_in(Client(), people["own"])
    today = practice.today()
    typed = {
        "first_day": today,
        "last_day": today + timedelta(days=2),
        "cover": people["other"].pk,
    }
    assert client.post(ABSENCE, typed).status_code == 302
    assert "You are away from" in words(client.get(ABSENCE))
    queue = words(sign_in(Client(), people["intake"]).get(QUEUE))
    assert "own (away: other)" in queue
    client.post(ABSENCE, {"here": Absence.objects.get().pk})
    assert Absence.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"first_day": ""}, "Enter a day"),
        ({"last": -1}, "The last day must not be before the first"),
        ({"first": -3, "last": -2}, "The last day is over already"),
        ({"cover": ""}, "Choose who covers"),
        ({"cover": "own"}, "Someone else must cover"),
        ({"cover": "editor"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_with_an_absence_is_said(people, practice, typed, said):
    client, today = sign_in(Client(), people["own"]), practice.today()
    cover = typed.get("cover", "other")
    page = client.post(
        ABSENCE,
        {
            "first_day": typed.get("first_day", today + timedelta(days=typed.get("first", 0))),
            "last_day": today + timedelta(days=typed.get("last", 1)),
            "cover": people[cover].pk if cover else "",
        },
    )
    assert said in words(page)
    assert Absence.objects.count() == 0


def test_owners_set_it_for_who_is_ill_and_nobody_else_does(people, practice):
    today = practice.today()
    typed = {
        "user": people["own"].pk, "first_day": today, "last_day": today,
        "cover": people["other"].pk,
    }  # fmt: skip
    sign_in(Client(), people["intake"]).post(ABSENCE, typed)
    assert Absence.objects.get().user == people["intake"]
    Absence.objects.all().delete()
    sign_in(Client(), people["owner"]).post(ABSENCE, typed)
    absence = Absence.objects.get()
    assert absence.user == people["own"]
    sign_in(Client(), people["intake"]).post(ABSENCE, {"here": absence.pk})
    assert Absence.objects.count() == 1
    sign_in(Client(), people["owner"]).post(ABSENCE, {"here": absence.pk})
    assert Absence.objects.count() == 0


# Leaving


@pytest.mark.parametrize("way", ["button", "tick"])
def test_what_a_leaver_had_is_listed_to_the_owner(people, make_request, way):
    request = make_request()
    request.give(people["intake"], people["own"])
    client, user = sign_in(Client(), people["owner"]), people["own"]
    change = reverse("admin:auth_user_change", args=[user.pk])
    if way == "button":
        page = client.post(reverse("admin:auth_user_leave", args=[user.pk]), follow=True)
    else:
        typed = {
            "username": user.username, "email": user.email, "is_staff": "on",
            "groups": [user.groups.get().pk], "date_joined_0": "2026-01-01",
            "date_joined_1": "12:00:00",
        }  # fmt: skip
        client.post(change, typed)
        page = client.get(reverse("admin:index"))
    shown = f"{request.reference[:4]}-{request.reference[4:]}"
    assert f'Back at the desk: <a href="{url(request)}">{shown}</a>.' in words(page)
    user.refresh_from_db()
    assert (user.is_active, user.has_usable_password()) == (False, False)
    assert ContactRequest.objects.get().owner is None


def test_nobody_closes_their_own_account_or_a_superusers(people):
    client = sign_in(Client(), people["owner"])
    boss = User.objects.create_superuser("boss")
    codes = [
        client.post(reverse("admin:auth_user_leave", args=[each.pk])).status_code
        for each in (people["owner"], boss)
    ]
    assert codes == [302, 403]
    assert set(User.objects.filter(is_active=False)) == {people["inactive"]}


def test_an_owner_makes_no_superuser(people):
    client = sign_in(Client(), people["owner"])
    page = client.get(reverse("admin:auth_user_change", args=[people["own"].pk]))
    assert 'name="is_superuser"' not in words(page)
    assert 'name="user_permissions"' in words(page)

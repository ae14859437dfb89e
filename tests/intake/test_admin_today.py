"""The front page: four figures that agree with what they link to, and what mail does."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from intake.models import ContactRequest, Notice
from tests.intake.conftest import CANARY, reader
from tests.signing_in import sign_in

TODAY = reverse("admin:index")


@pytest.fixture
def at_desk(client, staff_user):
    sign_in(client, staff_user)
    return client


def figures(page):
    text = page.content.decode()
    found = re.findall(r'<span class="figure-count">(\d+)</span> ([\w ]+)', text)
    return {label.strip(): int(count) for count, label in found}


def test_four_figures(at_desk, staff_user, make_request):
    late, mine, _ = (make_request() for _ in range(3))
    now = timezone.now()
    ContactRequest.objects.filter(pk=late.pk).update(due_at=now - timedelta(hours=1))
    mine.take(staff_user)
    Notice.objects.filter(request=late).update(sent_at=now)
    assert figures(at_desk.get(TODAY)) == {
        "late": 1,
        "due today": 0,
        "without an owner": 2,
        "notices not sent yet": 2,
    }


def test_each_figure_leads_to_as_many_rows(at_desk, make_request):
    for hours in (-1, -2, 100):
        ContactRequest.objects.filter(pk=make_request().pk).update(
            due_at=timezone.now() + timedelta(hours=hours)
        )
    page = at_desk.get(TODAY).content.decode()
    links = re.findall(r'<a href="([^"]+)"><span class="figure-count">(\d+)<', page)
    assert [int(count) for _, count in links] == [2, 0, 3]
    rows = [at_desk.get(url).content.decode().count('class="row-name"') for url, _ in links]
    assert rows == [2, 0, 3]


def test_front_page_names_nobody(at_desk, make_request):
    request = make_request(preferred_name="Quizzaciously")
    page = at_desk.get(TODAY).content.decode()
    for secret in ("Quizzaciously", CANARY, request.reference):
        assert secret not in page


def test_mail_to_files_is_said(at_desk, settings):
    settings.EMAIL_CONFIGURED = False
    assert "No mail leaves this machine" in at_desk.get(TODAY).content.decode()


def test_mail_to_nobody_is_said(client, practice, settings):
    settings.EMAIL_CONFIGURED = True
    boss = User.objects.create_superuser("boss")
    sign_in(client, boss)
    assert "Nobody is told about new requests" in client.get(TODAY).content.decode()
    reader("ana")
    assert "Nobody is told about new requests" not in client.get(TODAY).content.decode()


def test_who_may_not_read_sees_no_figures(client, practice):
    sign_in(client, User.objects.create_user("eve", "eve@practice.example", is_staff=True))
    page = client.get(TODAY)
    assert figures(page) == {}
    assert "No mail leaves" not in page.content.decode()


def test_no_page_of_staff_offers_the_theme_switch(at_desk, client):
    page = at_desk.get(TODAY).content.decode()
    assert "theme" not in re.sub(r'<meta name="theme-color"[^>]*>', "", page)
    assert not re.search(r"<style|style=|<script(?! type=\"module\" src=)", page)
    client.logout()
    login = client.get("/staff/login/").content.decode()
    assert "theme" not in login
    assert not re.search(r"<style|style=|<script(?! type=\"module\" src=)", login)

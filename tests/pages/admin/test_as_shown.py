"""An edition as it stood, for staff: what was public once, and nothing else."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.signing_in import sign_in


@pytest.fixture
def published(draft, source, editor):
    draft.publish(by=editor)
    return draft


@pytest.fixture
def member(published):
    """Staff without any right on pages."""
    client = Client()
    sign_in(client, User.objects.create_user("ira", "ira@practice.example", is_staff=True))
    return client


def url(page, number, on=""):
    return reverse("admin:pages_page_as_shown", args=[page.pk, number]) + on


def heading(answer):
    (found,) = re.findall(r"<h1[^>]*>(.*?)</h1>", answer.content.decode(), re.DOTALL)
    return found.strip()


def test_it_stays_as_it_was_while_the_page_moves_on(member, published, editor):
    then = heading(member.get(url(published, 1)))
    published.heading = "Another heading altogether"
    published.save()
    published.publish(by=editor)
    assert heading(member.get(url(published, 1))) == then
    assert heading(member.get(url(published, 2))) == "Another heading altogether"


def test_it_says_when_it_was_shown(member, published):
    page = member.get(url(published, 1, "?on=2026-11-24")).content.decode()
    assert "As shown on November 24, 2026: edition 1, public since" in page
    for wrong in ("", "?on=soon", "?on=2026-13-45"):
        page = member.get(url(published, 1, wrong))
        assert page.status_code == 200
        assert "As shown on" in page.content.decode()


def test_no_draft_and_nothing_planned_taken_back_or_withdrawn(member, published, editor):
    published.publish(by=editor, at=timezone.now() + timedelta(days=1))
    assert member.get(url(published, 2)).status_code == 404
    published.editions.get(number=2).cancel(by=editor)
    assert member.get(url(published, 2)).status_code == 404
    published.unpublish(by=editor)
    assert member.get(url(published, 3)).status_code == 404
    assert member.get(url(published, 4)).status_code == 404
    assert member.get(url(published, 1)).status_code == 200


def test_nobody_but_staff_sees_it(published, client):
    answer = client.get(url(published, 1))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/staff/login/")
    assert url(published, 1).startswith("/staff/")


def test_it_is_not_kept_and_runs_no_scripts(member, published):
    answer = member.get(url(published, 1))
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    assert "<script" not in answer.content.decode()

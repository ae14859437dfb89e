"""Who is told when a key has served its time, and how often."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone

from intake import notices
from intake.encryption import keyring
from intake.key_life import before_destroying, key_life, remind_when_over
from intake.management.commands.work import tasks
from intake.models import Key, Notice
from pages.models import Practice
from practice_site.roles import make_roles
from tests.intake.conftest import reader
from tests.signing_in import sign_in

LIFE_DAYS = Practice().backups_kept_days
OVER = timedelta(days=LIFE_DAYS)


@pytest.fixture
def age(practice):
    """`age(days)` makes the primary so old."""

    def made(days: float) -> Key:
        at = timezone.now() - timedelta(days=days)
        Key.objects.filter(is_primary=True).update(created_at=at)
        return Key.objects.get(is_primary=True)

    return made


@pytest.fixture
def owner(practice) -> User:
    make_roles()
    user = User.objects.create_user("ona", "ona@practice.example", is_staff=True)
    user.groups.add(Group.objects.get(name="Owner"))
    return user


def test_a_young_key_is_left_in_peace(age, owner):
    age(LIFE_DAYS - 1)
    assert (key_life().is_over, remind_when_over()) == (False, 0)
    assert Notice.objects.count() == 0


def test_owners_are_told_once_and_then_once_a_week(age, owner, staff_user):
    """And nobody else is."""
    told = []
    for days in (0, 0.1, 6.9, 7, 7.5, 13.9, 14):
        age(LIFE_DAYS + days)
        told.append(remind_when_over())
    assert told == [1, 0, 0, 1, 0, 0, 1]
    assert set(Notice.objects.values_list("to_user", "kind")) == {(owner.pk, "key")}


def test_a_new_key_ends_it(age, owner, settings):
    age(LIFE_DAYS + 3)
    remind_when_over()
    ring = keyring().with_new_primary()
    Key.objects.announce(ring)
    Key.objects.promote(ring)
    assert remind_when_over() == 0
    age(LIFE_DAYS)
    assert remind_when_over() == 1


def test_the_worker_does_it(age, owner):
    age(LIFE_DAYS)
    (task,) = (task for task in tasks() if task.name == "Reminders of a new key")
    assert task.run() == 1


def test_the_mail_says_nothing_of_anyone(age, owner, make_request, mailoutbox):
    request = make_request(preferred_name="Quizzaciously")
    key = age(LIFE_DAYS)
    Notice.objects.all().delete()
    remind_when_over()
    notices.send_due()
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["ona@practice.example"], "Time for a new key")
    assert "manage.py keys rotate" in mail.body
    assert f"/staff{reverse('admin:readiness').removeprefix('/staff')}" in mail.body
    for secret in ("Quizzaciously", request.reference, key.pk, "Juniper House"):
        assert secret not in mail.body


def test_without_an_owner_nobody_is_told(age, staff_user):
    age(LIFE_DAYS)
    assert remind_when_over() == 0


# On the front page


def front_page(client, user) -> str:
    sign_in(client, user)
    text = client.get(reverse("admin:index")).content.decode()
    return " ".join(re.sub(r"<[^>]+>", "", text).split())


def test_owners_see_it_on_the_front_page(age, owner, client):
    age(LIFE_DAYS)
    page = front_page(client, owner)
    assert f"Time for a new key. The one that seals requests is {LIFE_DAYS} days old" in page
    age(LIFE_DAYS - 1)
    assert "Time for a new key" not in front_page(client, owner)


def test_others_do_not(age, client):
    age(LIFE_DAYS)
    assert "Time for a new key" not in front_page(client, reader("ana"))


# Destroying


def test_a_retired_key_that_opens_here_is_to_be_destroyed_when_no_backup_needs_it(age, settings):
    key = age(90)
    ring = keyring().with_new_primary()
    settings.INTAKE_PUBLIC_KEYS = list(ring.public.values())
    settings.INTAKE_PRIVATE_KEYS = list(ring.private.values())
    Key.objects.announce(ring)
    Key.objects.promote(ring)
    key.refresh_from_db()
    key.retire()
    assert key_life().to_destroy == ()
    Key.objects.filter(pk=key.pk).update(retired_at=timezone.now() - OVER)
    assert key_life().to_destroy == (key.pk,)
    key.refresh_from_db()
    assert "none should be left" in before_destroying(key, 0)
    settings.INTAKE_PRIVATE_KEYS = settings.INTAKE_PRIVATE_KEYS[:1]
    assert key_life().to_destroy == ()


def test_a_site_without_a_key_has_none_to_remind_of(db):
    assert (key_life().primary, key_life().is_over, remind_when_over()) == ("", False, 0)

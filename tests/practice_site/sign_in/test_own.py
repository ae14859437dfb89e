from threading import Barrier, Thread

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection

from intake.models import Event
from practice_site.roles import hide_factors
from practice_site.sign_in import factors
from practice_site.staff_site import FACTORS
from tests.practice_site.sign_in.conftest import give_code, give_password, secret_in
from tests.signing_in import app_of
from tests.walking_in import code_of

OWN = "/staff/your-sign-in/"
ADD = "/staff/your-sign-in/add/"


def add_another(client, name="Work phone"):
    secret = secret_in(client.get(ADD).text)
    return client.post(ADD, {"code": code_of(secret), "name": name}, follow=True)


def test_page_lists_what_signs_in(at_work, dana):
    page = add_another(at_work)
    assert "Added: Work phone." in page.text
    names = [device.name for device, _ in page.context["devices"]]
    assert names == ["Authenticator app", "Work phone"]
    event = Event.objects.get(verb="factor_added")
    assert (event.actor, event.facts) == (dana, {"factor": "app"})


def test_a_factor_is_removed_and_the_visit_goes_on(at_work, dana, client_class):
    add_another(at_work)
    old = app_of(dana)
    page = at_work.post(f"{OWN}remove/", {"factor": old.persistent_id}, follow=True)
    assert "Removed: Authenticator app." in page.text
    assert [device.name for device, _ in page.context["devices"]] == ["Work phone"]
    other = client_class()
    give_password(other)
    assert give_code(other, code_of(old.bin_key)).status_code == 200
    event = Event.objects.get(verb="factor_removed")
    assert (event.actor, event.facts) == (dana, {"factor": "app", "account": dana.pk})


def test_the_last_one_stays(at_work, dana):
    name = app_of(dana).persistent_id
    assert "Remove</button>" not in at_work.get(OWN).text
    page = at_work.post(f"{OWN}remove/", {"factor": name}, follow=True)
    assert "This is the last one" in page.text
    assert len(factors.of(dana)) == 1


def test_nobody_removes_what_is_someone_elses(at_work, dana, owner):
    add_another(at_work)
    theirs = app_of(owner).persistent_id
    assert at_work.post(f"{OWN}remove/", {"factor": theirs}).status_code == 404
    assert len(factors.of(owner)) == 1


def test_new_recovery_codes_end_the_old_ones(at_work, dana, client_class):
    old = factors.new_recovery_codes(dana)
    shown = at_work.post(f"{OWN}new-codes/", follow=True)
    new = shown.context["codes"]
    assert len(set(new)) == 10
    assert at_work.post(f"{OWN}codes/").url == OWN
    other = client_class()
    give_password(other)
    assert give_code(other, old[0]).status_code == 200
    assert give_code(other, new[0]).status_code == 302


def test_nobody_sees_recovery_codes_of_another(at_work, dana, owner):
    at_work.post(f"{OWN}new-codes/")
    session = at_work.session
    session["recovery_codes"] = {**session["recovery_codes"], "user": owner.pk}
    session.save()
    assert at_work.get(f"{OWN}codes/").url == OWN


@pytest.mark.django_db(transaction=True)
def test_two_removals_at_once_leave_one(dana):
    second = factors.TOTPDevice.objects.create(user=dana, name="Second")
    barrier, told = Barrier(2), []

    def remove(device):
        barrier.wait()
        try:
            factors.remove(dana, device, by=dana)
            told.append("removed")
        except factors.LastFactor:
            told.append("stays")
        finally:
            connection.close()

    threads = [Thread(target=remove, args=[device]) for device in (app_of(dana), second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["removed", "stays"]
    assert len(factors.of(dana)) == 1


def test_device_tables_are_nowhere_in_the_staff_site():
    shown = {model._meta.app_label for model in admin.site._registry}
    assert "auth" in shown
    assert shown.isdisjoint(FACTORS)


def test_no_right_on_them_is_offered(db):
    rights = Permission.objects.filter(content_type__app_label__in=FACTORS)
    assert rights.exists()
    hide_factors()
    assert not rights.exists()

"""A note typed across a log-off comes back, to nobody else, and never lies anywhere in clear."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from practice_site.sign_in import kept, session
from tests.practice_site.sign_in.conftest import give_code, give_password, new_code
from tests.practice_site.sign_in.test_session import IN_PLACE, MINUTE, move
from tests.signing_in import app_of, sign_in
from tests.visitor import HiddenFields
from tests.walking_in import PASSWORD

NOTE = "canary-4c2e called back,\nspoke softly & will write."
KEPT = "/staff/kept/"
PHRASES = "/staff/intake/phrase/add/"


@pytest.fixture
def editing(at_work, dana):
    dana.user_permissions.add(
        *Permission.objects.filter(codename__in=["add_phrase", "view_phrase"])
    )
    return at_work


def send_note(client, path="/staff/intake/phrase/add/", **more):
    typed = {"text": NOTE, "_save": "Save", **more}
    return client.post(path, typed, headers={"Referer": "http://testserver/staff/intake/phrase/"})


def sign_in_again(client, user):
    give_password(client, user.get_username())
    app_of(user)
    type(app_of(user)).objects.update(last_t=-1)
    return give_code(client, new_code(user))


def out(client):
    move(client, seen=15 * MINUTE)
    return client


def everything_in_the_database():
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            found += [str(row) for row in cursor.fetchall()]
    sessions = [str(each.get_decoded()) for each in Session.objects.all()]
    return "\n".join([*found, *sessions])


def test_note_comes_back_after_sign_in(editing, dana):
    assert send_note(out(editing)).url.startswith("/staff/login/")
    assert sign_in_again(editing, dana).url == KEPT
    shown = editing.get(KEPT)
    (form,) = shown.context["kept"].values()
    assert form.fields == [("text", NOTE), ("_save", "Save")]
    assert "spoke softly &amp; will write." in shown.text


def test_note_sent_in_place_of_a_page_load_comes_back(editing, dana):
    out(editing).post(PHRASES, {"text": NOTE}, headers=IN_PLACE)
    assert sign_in_again(editing, dana).url == KEPT


def test_note_lies_sealed_meanwhile(editing):
    send_note(out(editing))
    assert kept.KEPT in editing.session
    assert "canary-4c2e" not in everything_in_the_database()
    in_clear = editing.session
    in_clear["note"] = NOTE
    in_clear.save()
    assert "canary-4c2e" in everything_in_the_database()


def test_note_is_saved_by_one_button(editing, dana):
    send_note(out(editing))
    sign_in_again(editing, dana)
    (row,) = editing.get(KEPT).context["kept"]
    again = editing.post(f"{KEPT}?form={row}", {"text": NOTE, "_save": "Save"})
    assert (again.status_code, again.url) == (307, PHRASES)
    assert editing.get(KEPT).url == "/staff/"


def test_note_is_let_go_by_the_other(editing, dana):
    send_note(out(editing))
    sign_in_again(editing, dana)
    (row,) = editing.get(KEPT).context["kept"]
    assert editing.post(f"{KEPT}?let-go&form={row}").url.endswith("/staff/intake/phrase/")
    assert editing.get(KEPT).url == "/staff/"


def test_two_notes_both_come_back(editing, dana):
    """The second one is sent while nobody is signed in any more."""
    send_note(out(editing))
    send_note(editing, text="another one of mine")
    sign_in_again(editing, dana)
    forms = editing.get(KEPT).context["kept"].values()
    assert [dict(form.fields)["text"] for form in forms] == [NOTE, "another one of mine"]


def test_note_is_nobody_elses(editing, dana, owner):
    send_note(out(editing))
    app_of(owner)
    assert sign_in_again(editing, owner).url == "/staff/"
    assert editing.get(KEPT).url == "/staff/"
    assert kept.KEPT not in editing.session


def test_note_survives_an_absent_key_as_far_as_the_sign_in_goes(editing, dana, settings):
    send_note(out(editing))
    settings.INTAKE_PRIVATE_KEYS = []
    assert sign_in_again(editing, dana).url == "/staff/"


def test_passwords_codes_and_background_requests_are_never_kept(editing, dana):
    out(editing)
    editing.get("/staff/")
    editing.post("/staff/password_change/", {"old_password": PASSWORD, "new_password1": "x"})
    editing.post("/staff/login/second/", {"code": "123456"})
    editing.post("/staff/intake/phrase/add/", {"text": NOTE}, headers={"Sec-Fetch-Dest": "empty"})
    assert kept.KEPT not in editing.session


def test_stranger_leaves_nothing(client, practice):
    send_note(client)
    assert dict(client.session) == {}


def test_form_from_before_the_sign_in_is_given_back(editing, dana):
    """No script told its page the new token."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = sign_in(editing, dana).cookies
    own = {"Origin": "http://testserver", "Referer": "http://testserver" + PHRASES}
    old = {"text": NOTE, "csrfmiddlewaretoken": "x" * 64}
    assert strict.post(PHRASES, old, headers=own).url == KEPT
    assert NOTE.split("\n")[1].split("&")[0] in strict.get(KEPT).text


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
def test_form_of_another_site_is_refused(editing, dana, origin):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = sign_in(editing, dana).cookies
    answer = strict.post(PHRASES, {"text": NOTE}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert kept.KEPT not in strict.session


def test_note_on_a_request_is_saved_in_the_end(client, make_request, dana):
    dana.user_permissions.add(Permission.objects.get(codename="change_contactrequest"))
    sign_in(client, dana)
    request = make_request()
    does = reverse("admin:intake_contactrequest_do", args=[request.pk])
    client.post(reverse("admin:intake_contactrequest_open", args=[request.pk]))
    page = client.get(reverse("admin:intake_contactrequest_change", args=[request.pk])).text
    typed = {**hidden_fields(page, does), "note": NOTE, "step": "note"}
    send_note(out(client), does, **typed)
    assert sign_in_again(client, dana).url == KEPT
    ((row, form),) = client.get(KEPT).context["kept"].items()
    client.post(f"{KEPT}?form={row}", dict(form.fields), follow=True)
    assert request.notes.count() == 1
    assert session.SIGNED_IN_AT in client.session


def hidden_fields(page, action):
    form = page[page.index(f'action="{action}"') :]
    return HiddenFields(form[: form.index("</form>")]).fields

import pytest
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import RequestFactory, override_settings

from intake.models import Notice
from practice_site.health import client_is_this_machine, pending_migrations
from tests.signing_in import sign_in

ALL_WELL = {
    "ok": True,
    "database": "ok",
    "pending_migrations": 0,
    "oldest_unsent_notice_seconds": None,
}


@pytest.mark.django_db
def test_this_machine_sees_what_was_found(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, ALL_WELL)


@pytest.mark.django_db
def test_stranger_sees_only_that_it_is_well(client):
    response = client.get("/healthz", REMOTE_ADDR="203.0.113.9")
    assert (response.status_code, response.json()) == (200, {"ok": True})


@pytest.mark.django_db
def test_staff_see_what_was_found_under_their_own_path(client):
    sign_in(client, User.objects.create_user("dana", is_staff=True))
    response = client.get("/staff/healthz", REMOTE_ADDR="203.0.113.9")
    assert response.json() == ALL_WELL


@pytest.mark.django_db
def test_account_that_is_not_staff_sees_no_more_than_a_stranger(client):
    sign_in(client, User.objects.create_user("kim"))
    response = client.get("/staff/healthz", REMOTE_ADDR="203.0.113.9")
    assert response.json() == {"ok": True}


@pytest.mark.django_db
def test_pending_migration_is_not_well(client):
    (newest,) = MigrationLoader(connection).graph.leaf_nodes("intake")
    MigrationRecorder(connection).record_unapplied(*newest)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["pending_migrations"] > 0


@pytest.mark.django_db
def test_migrations_are_loaded_only_where_one_is_not_recorded(monkeypatch):
    monkeypatch.setattr("practice_site.health.MigrationExecutor", lambda connection: 1 / 0)
    assert pending_migrations() == 0
    (newest,) = MigrationLoader(connection).graph.leaf_nodes("pages")
    MigrationRecorder(connection).record_unapplied(*newest)
    with pytest.raises(ZeroDivisionError):
        pending_migrations()


@pytest.mark.django_db
def test_age_of_the_oldest_unsent_notice(client, django_user_model):
    user = django_user_model.objects.create_user("dana")
    for dedupe in ("one", "two"):
        Notice.objects.create(kind=Notice.Kind.HELD, to_user=user, dedupe=dedupe)
    Notice.objects.filter(dedupe="one").update(made_at="2026-11-01T00:00:00Z")
    assert client.get("/healthz").json()["oldest_unsent_notice_seconds"] > 86_400


@pytest.mark.django_db
def test_answer_is_never_kept(client):
    assert "no-store" in client.get("/healthz").headers["Cache-Control"]
    assert client.post("/healthz").status_code == 405


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "here"),
    [
        (0, "127.0.0.1", "", True),
        (0, "::1", "", True),
        (0, "203.0.113.9", "", False),
        (0, "127.0.0.1", "203.0.113.9", False),  # a proxy that nobody told us of
        (1, "127.0.0.1", "203.0.113.9", False),
        (1, "127.0.0.1", "127.0.0.1, 203.0.113.9", False),  # the visitor made up the first one
        (1, "127.0.0.1", "127.0.0.1", True),
        (1, "127.0.0.1", "nonsense", False),
    ],
)
def test_client_is_this_machine(proxies, remote, forwarded, here):
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    request = RequestFactory().get("/healthz", REMOTE_ADDR=remote, **headers)
    with override_settings(TRUSTED_PROXIES=proxies):
        assert client_is_this_machine(request) is here


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_database_that_does_not_answer_is_not_well(client, monkeypatch, error):
    def away() -> int:
        raise error("gone")

    monkeypatch.setattr("practice_site.health.pending_migrations", away)
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (
        503,
        {"ok": False, "database": error.__name__, "pending_migrations": None},
    )

"""docs/public-side.sql: a machine that takes requests does all it needs as that user, no more."""

from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import ProgrammingError, connection, transaction

from intake import throttle
from intake.models import Bucket, ContactRequest, Notice
from tests.intake.test_request_views import coming_back, post  # noqa: F401  # a fixture
from tests.intake.test_views import carried
from tests.intake.test_views import post as send

SQL = Path(site.BASE_DIR) / "docs" / "public-side.sql"
FORBIDDEN = (
    "UPDATE auth_user SET is_superuser = true",
    "INSERT INTO auth_group (name) VALUES ('mine')",
    "SELECT session_key FROM django_session",
    "DELETE FROM django_session",
    "SELECT key FROM otp_totp_totpdevice",
    "SELECT public_key FROM django_otp_webauthn_webauthncredential",
    "UPDATE intake_key SET public = ''",
    "UPDATE pages_practice SET phone = '1'",
    "DROP TABLE intake_event",
)

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own users")


@pytest.fixture
def as_public(db, settings):
    """This connection, as that user, in a process without the keys of staff."""
    settings.SURFACE, settings.INTAKE_PRIVATE_KEYS, settings.INTAKE_INDEX_KEY = "public", [], None
    with connection.cursor() as cursor:
        for _ in range(2):  # after each upgrade
            cursor.execute(SQL.read_text())
        cursor.execute("SET LOCAL ROLE site_public")
        yield cursor
        cursor.execute("RESET ROLE")


def test_a_request_is_taken(staff_user, as_public, client):
    checked = send(client)
    sent = send(client, step="send", **carried(checked))
    assert (checked.status_code, sent.status_code) == (200, 303)
    assert client.get(sent.headers["Location"]).status_code == 200
    assert ContactRequest.objects.count() == 1
    assert Notice.objects.count() == 1


def test_whoever_comes_back_may_do_all_they_can(staff_user, coming_back, as_public, client):  # noqa: F811
    changed, code = coming_back()
    gone, other = coming_back()
    assert post(client, code).status_code == 200
    for step in ("narrow", "withdraw"):
        assert post(client, code, step, stop="yes").status_code == 200
    assert post(client, other, "erase_all").status_code == 200
    assert ContactRequest.objects.get(pk=changed.pk).outcome == "withdrew"
    assert ContactRequest.objects.get(pk=gone.pk).identity_purged_at is not None
    assert Notice.objects.filter(kind="theirs").exists()


def test_who_comes_too_often_is_counted(practice, as_public, rf):
    request = rf.post("/request/", REMOTE_ADDR="192.0.2.7")
    assert throttle.receipts(request)
    assert Bucket.objects.exists()


@pytest.mark.parametrize("path", ["/", "/fees/", "/therapists/", "/fit/", "/contact/", "/healthz"])
def test_pages_are_shown(starter, as_public, client, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_what_lets_someone_in_is_neither_seen_nor_changed(as_public, statement):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        tried(as_public, statement)
    as_public.execute("RESET ROLE")
    tried(as_public, statement)  # whoever owns the tables could


def tried(cursor, statement: str) -> None:
    with transaction.atomic():
        cursor.execute(statement)
        transaction.set_rollback(True)


def test_every_table_of_the_intake_but_one_may_be_written(as_public):
    """A table that comes later is met by running the file again."""
    tables = {name for name in connection.introspection.table_names() if name.startswith("intake_")}
    as_public.execute(
        "SELECT table_name FROM information_schema.role_table_grants "
        "WHERE grantee = 'site_public' AND privilege_type = 'INSERT'"
    )
    assert {row[0] for row in as_public.fetchall()} == tables - {"intake_key"}

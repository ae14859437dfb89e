"""Each rule of the machine, by what breaks just that on a completed site."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from pages.readiness import findings
from pages.readiness.registry import RULES
from practice_site.env import KEY_FILE_NAME


def serve_without_https(settings, tmp_path):
    settings.SITE_URL = "http://harrowbridge.net"


def trust_no_proxy(settings, tmp_path):
    settings.TRUSTED_PROXIES = 0


def leave_the_keys_beside_the_data(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / KEY_FILE_NAME).write_text("")


def forget_a_migration(settings, tmp_path):
    made = MigrationRecorder(connection).migration_qs.filter(app="intake")
    made.filter(pk=made.latest("pk").pk).delete()


def invite_someone_who_never_came(settings, tmp_path):
    User.objects.create_user("new", is_staff=True)


BREAKS = {
    "https": serve_without_https,
    "proxies": trust_no_proxy,
    "keys": leave_the_keys_beside_the_data,
    "second-factor": invite_someone_who_never_came,
    "migrations": forget_a_migration,
}


@pytest.mark.parametrize("key", BREAKS)
def test_breaking_one_thing_is_found_as_just_that(completed, settings, tmp_path, key):
    assert findings() == []
    BREAKS[key](settings, tmp_path)
    assert [each.rule.key for each in findings()] == [key]


def test_every_rule_of_the_machine_is_broken_here():
    ours = {key for key, each in RULES.items() if each.judge.__module__.startswith("practice_site")}
    assert ours == set(BREAKS)

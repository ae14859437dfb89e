"""A whole site: it tests itself, its keys are rotated, and what is erased stays in its log."""

import json
import re

import pytest

from tests.end_to_end.search import found
from tests.visitor import Visitor

pytestmark = pytest.mark.own_database

READ = (
    "from intake.models import ContactRequest;"
    "print(sorted(each.message for each in ContactRequest.objects.real() if not each.gone_by))"
)
CLOSE_LONG_AGO = (
    "from django.contrib.auth.models import User;"
    "from django.utils import timezone; from datetime import timedelta;"
    "from intake.models import ContactRequest, Event; from pages.models import Practice;"
    "r = ContactRequest.objects.first(); r.close(User.objects.get(), 'became_client');"
    "ago = timezone.now().astimezone(Practice.objects.get().tz) - timedelta(days=90)\n"
    "with r.recorded(Event.Verb.DATED, None):\n"
    "    r.closed_at = ago; r._keep_until(ago)\n"
)


@pytest.fixture
def site(make_site):
    return make_site().start()


def ask(site, program: str) -> str:
    return site.manage("shell", "-v", "0", "-c", program).stdout.strip()


def test_site_tests_itself(site):
    assert site.manage("heartbeat").stdout == "Stored.\nAccepted by the mail server.\n"
    assert ask(site, READ) == "[]"
    (mail,) = (site.data_dir / "mail").iterdir()
    assert "Subject: Nightly test" in mail.read_text()


def test_keys_are_rotated_and_the_old_one_destroyed(site):
    visitor = Visitor(site.url)
    visitor.send(message="Written before")
    rotated = site.manage("keys", "rotate").stdout
    old = re.search(r"keys retire (\w{16})", rotated)[1]
    visitor.send(message="Written meanwhile")
    assert site.stop() == 0
    site.start()
    visitor.send(message="Written after")
    assert site.manage("keys", "retire", old, "--yes", check=False).returncode == 1
    assert site.manage("keys", "reseal").stdout == "Sealed anew: 2 row keys.\n"
    assert f"Key {old} is retired." in site.manage("keys", "retire", old, "--yes").stdout
    assert site.stop() == 0
    site.start()
    expected = ["Written after", "Written before", "Written meanwhile"]
    assert ask(site, READ) == str(expected)
    assert Visitor(site.url).send(message="Written at last").status == 200


def test_what_is_purged_lies_in_no_file_but_its_number_in_the_log(site):
    Visitor(site.url).send(message="Absquatulate")
    ask(site, CLOSE_LONG_AGO)
    assert site.manage("purge").stdout == "Erased: words of 1, name and number of 1.\n"
    lines = (site.data_dir / "erasures.log").read_text().splitlines()
    assert [sorted(json.loads(line)) for line in lines] == [["at", "request", "stage"]] * 2
    assert [json.loads(line)["stage"] for line in lines] == ["words", "identity"]
    assert found("Absquatulate", site.data_dir, site.log) == []

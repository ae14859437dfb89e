"""A machine that takes requests and cannot read them, beside one that reads. One database."""

import json
import re

import pytest

from practice_site.env import SECRET_NAMES
from tests.postgres import cluster
from tests.site import RunningSite, eventually
from tests.visitor import ANSWERS, Visitor

pytestmark = pytest.mark.own_database

PUBLIC_NAMES = ("SECRET_KEY", "INTAKE_PUBLIC_KEYS", "INTAKE_EVENT_KEY", "INTAKE_THROTTLE_KEY")
CHANGED = (
    "from pages.models import Practice, SiteRevision;"
    "Practice.objects.update(phone='(503) 555-0199'); SiteRevision.raise_()"
)
OPENED = (
    "from django.contrib.auth.models import User; from intake.models import ContactRequest;"
    "r = ContactRequest.objects.get(); o = r.open_words(User.objects.get());"
    "print(repr((o.preferred_name, o.phone, o.message, o.contact_note)))"
)
INDEXED = (
    "from intake.models import ContactRequest;"
    "print(ContactRequest.objects.get().indexed_at is not None)"
)


def two_sites(tmp_path, **database: str):
    """The staff's, prepared; and the public one with its own folder and the four keys it needs."""
    for name in ("staff", "public"):
        (tmp_path / name).mkdir()
    staff = RunningSite(tmp_path / "staff", INTAKE_MIN_FILL_SECONDS="0", **database).prepare()
    lines = (staff.data_dir / "keys.env").read_text().splitlines()[1:]
    keys = dict(line.split("=", 1) for line in lines)
    assert tuple(keys) == SECRET_NAMES
    database = database or {"DATABASE_URL": f"sqlite:///{staff.data_dir / 'site.sqlite3'}"}
    kept = {name: keys[name] for name in PUBLIC_NAMES}
    public = RunningSite(
        tmp_path / "public", SURFACE="public", INTAKE_MIN_FILL_SECONDS="0", **kept, **database
    )
    return staff, public


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def sites(request, tmp_path):
    if request.param == "sqlite":
        staff, public = two_sites(tmp_path)
        yield staff, public
        staff.__exit__(), public.__exit__()
        return
    with cluster() as server:
        staff, public = two_sites(tmp_path, DATABASE_URL=server.url)
        yield staff, public
        staff.__exit__(), public.__exit__()


def test_public_takes_what_only_staff_can_open(sites):
    staff, public = sites
    said = public.manage("prepare")
    assert said.stdout == ""  # no link: an account is made where staff sign in
    visitor = Visitor(public.start().url)
    assert public.processes("manage.py work") == []

    sent = visitor.send()
    assert (sent.status, len(sent.code)) == (200, 24)
    assert [visitor.get(path).status for path in ("/staff/", "/staff/healthz")] == [404, 404]
    assert re.search(r"INTAKE_(PRIVATE|INDEX)", public.log.read_text()) is None
    refused = public.manage("shell", "-v", "0", "-c", OPENED, check=False)
    assert "WrongKey: INTAKE_PRIVATE_KEYS" in refused.stderr

    assert not (public.data_dir / "mail").exists()
    staff.start()
    assert eventually(lambda: len(list((staff.data_dir / "mail").glob("*"))) == 1)
    assert eventually(lambda: ask(staff, INDEXED) == "True", within=10)
    opened = ("Kim", "+15035550177", ANSWERS["message"], ANSWERS["contact_note"])
    assert ask(staff, OPENED) == repr(opened)


def ask(site, program: str) -> str:
    return site.manage("shell", "-v", "0", "-c", program).stdout.strip()


@pytest.mark.parametrize("sites", ["sqlite"], indirect=True)
def test_public_knows_the_phone_that_staff_changed(sites):
    """Its error pages say it too, once the database they share is away."""
    staff, public = sites
    public.prepare()
    copy = public.data_dir / "practice.json"
    assert json.loads(copy.read_text())["practice"]["phone"] == "(503) 555-0142"
    visitor = Visitor(public.start().url)
    staff.manage("shell", "-v", "0", "-c", CHANGED)
    assert eventually(lambda: "(503) 555-0199" in visitor.get("/fees/").text, within=2)
    assert json.loads(copy.read_text())["practice"]["phone"] == "(503) 555-0199"

"""A machine that takes requests and cannot read them, beside one that reads. One database."""

import base64
import json
import re

import pytest

from intake.encryption import generate_secrets
from practice_site.env import SECRET_NAMES
from tests.end_to_end.memory import held
from tests.postgres import cluster
from tests.site import RunningSite, eventually
from tests.visitor import ANSWERS, Visitor

pytestmark = pytest.mark.own_database

STAFF_NAMES = ("INTAKE_PRIVATE_KEYS", "INTAKE_INDEX_KEY")
PUBLIC_NAMES = ("INTAKE_PUBLIC_KEYS", "INTAKE_EVENT_KEY", "INTAKE_THROTTLE_KEY")
CHANGED = (
    "from pages.models import Practice, SiteRevision;"
    "Practice.objects.update(phone='(503) 555-0199'); SiteRevision.raise_()"
)
OPENED = (
    "from django.contrib.auth.models import User; from intake.models import ContactRequest;"
    "r = ContactRequest.objects.get(); o = r.open_words(User.objects.get());"
    "print(repr((o.preferred_name, o.phone, o.message, o.contact_note)))"
)
# Every way to open something, for a machine that was taken over.
OPENS = """
from intake.encryption import WrongKey, keyring, opens_row_keys
from intake.models import ContactRequest
r = ContactRequest.objects.get()
place = (r._meta.db_table, str(r.pk))
ways = [lambda name=name: getattr(r, name) for name in r.sealed_columns()]
for p in ("identity", "words"):
    sealed = getattr(r, f"{p}_key_id"), getattr(r, f"sealed_{p}_key")
    ways.append(lambda p=p: r.row_key(p))
    ways.append(lambda p=p, s=sealed: keyring().open_row_key(*s, *place, p))
    ways.append(lambda p=p, s=sealed: opens_row_keys()(*s, *place, p))
ways += [r.opened, r.fill_indexes]
raised = 0
for way in ways:
    try:
        way()
    except WrongKey:
        raised += 1
print(raised, 'of', len(ways))
"""
WITHDRAWN = (
    "from intake.models import ContactRequest;"
    "print(ContactRequest.objects.get().outcome == 'withdrew')"
)
INDEXED = (
    "from intake.models import ContactRequest;"
    "print(ContactRequest.objects.get().indexed_at is not None)"
)


def keys_of(site) -> dict[str, str]:
    lines = (site.data_dir / "keys.env").read_text().splitlines()[1:]
    return dict(line.split("=", 1) for line in lines)


def two_sites(tmp_path, **database: str):
    """The staff's, prepared; and the public one with its own folder and the keys it needs."""
    for name in ("staff", "public"):
        (tmp_path / name).mkdir()
    usual = {"INTAKE_MIN_FILL_SECONDS": "0", **database}
    staff = RunningSite(tmp_path / "staff", SURFACE="staff", **usual).prepare()
    keys = keys_of(staff)
    assert tuple(keys) == SECRET_NAMES
    database = database or {"DATABASE_URL": f"sqlite:///{staff.data_dir / 'site.sqlite3'}"}
    kept = {name: keys[name] for name in PUBLIC_NAMES}
    kept["SECRET_KEY"] = generate_secrets()["SECRET_KEY"]
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
    assert ask(public, OPENS) == "15 of 15"

    assert not (public.data_dir / "mail").exists()
    staff.start()
    assert len(staff.processes("manage.py work")) == 1
    assert eventually(lambda: len(list((staff.data_dir / "mail").glob("*"))) == 1)
    assert eventually(lambda: ask(staff, INDEXED) == "True", within=10)
    opened = ("Kim", "+15035550177", ANSWERS["message"], ANSWERS["contact_note"])
    assert ask(staff, OPENED) == repr(opened)
    assert ask(staff, OPENS) == "0 of 15"


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


# What its processes hold in memory


def bytes_of(site) -> dict[str, bytes]:
    """The two keys that the public side must not have."""
    return {
        name: base64.urlsafe_b64decode(text + "=")
        for name, text in keys_of(site).items()
        if name in STAFF_NAMES
    }


def held_by(site, keys: dict[str, bytes]) -> set[tuple[str, str]]:
    """By any of its processes."""
    found = (held(pid, keys, site.folder) for pid in site.processes())
    return set().union(*found)


def use(site) -> None:
    """A request, its receipt, and that it is taken back."""
    visitor = Visitor(site.url)
    sent = visitor.send()
    page = visitor.post("/request/", {"code": sent.code})
    assert (sent.status, page.status) == (200, 200)
    taken = visitor.post("/request/", {"code": sent.code, "step": "withdraw"})
    assert taken.status == 200


def test_public_processes_never_hold_what_opens(make_site):
    """Not even where someone copied all settings and files: each of the three ways at once."""
    staff = make_site()
    database = f"sqlite:///{staff.data_dir / 'site.sqlite3'}"
    public = make_site(SURFACE="public", DATABASE_URL=database)
    index = public.folder / "index"
    index.write_text(keys_of(staff)["INTAKE_INDEX_KEY"])
    private = {"INTAKE_PRIVATE_KEYS": keys_of(staff)["INTAKE_PRIVATE_KEYS"]}
    public.variables |= {**private, "INTAKE_INDEX_KEY_FILE": str(index)}
    assert keys_of(public) == keys_of(staff)

    use(public.start())
    assert ask(staff, WITHDRAWN) == "True"
    said = (
        "INTAKE_PRIVATE_KEYS, INTAKE_INDEX_KEY_FILE, keys.env must not be where SURFACE is public"
    )
    assert public.log.read_text().count(said) == 1
    assert len(public.processes("gunicorn")) == 2
    assert held_by(public, bytes_of(staff)) == set()


def test_the_same_search_finds_them_where_both_sides_are_one(make_site):
    site = make_site()
    use(site.start())
    found = {(name, form) for name in STAFF_NAMES for form in ("raw", "base64 for addresses")}
    keys = bytes_of(site)
    for pid in site.processes("gunicorn"):
        assert held(pid, keys, site.folder) >= found

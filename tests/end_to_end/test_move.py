"""From SQLite to PostgreSQL, with everything: counted, verified, opened, shown, and written on."""

import json
import shutil

import pytest

from tests.end_to_end.test_restore import ANCHOR, READ
from tests.postgres import cluster
from tests.site import RunningSite
from tests.visitor import Visitor

pytestmark = [pytest.mark.own_database, pytest.mark.postgres]

# A portrait, a session, a note, an edition of someone's and a line of reversion's.
FILL = """
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from intake.models import ContactRequest
from pages.models import Page, Rendition, Therapist
ana = User.objects.create_superuser("ana")
row = ContactRequest.objects.order_by("received_at").first()
row.add_note(ana, "Called back at noon")
row.write(ana, "We have a place for you")
session = SessionStore()
session["who"] = "ana"
session.save()
Page.objects.get(slug="fees").publish(by=ana)
Rendition.objects.create(
    therapist=Therapist.objects.first(), sha256="f" * 64, width=77, height=77, format="jpeg",
    bytes=bytes(range(256)),
)
"""
COUNT = """
import json
from django.apps import apps
from django.db.models import QuerySet
tables = apps.get_models(include_auto_created=True)
print(json.dumps({t._meta.db_table: QuerySet(t).count() for t in tables}))
"""
KEPT = """
import json
from django.contrib.sessions.models import Session
from intake.models import Note
from pages.models import Rendition
print(json.dumps([
    Note.objects.get().text, Session.objects.get().get_decoded()["who"],
    bytes(Rendition.objects.get(width=77).bytes).hex(),
]))
"""
KILL = """
import os, signal
from practice_site import moving
copy_table, seen = moving.copy_table, []
def copied(table):
    if table._meta.db_table == "intake_event":
        os.kill(os.getpid(), signal.SIGKILL)
    return copy_table(table)
moving.copy_table = copied
from django.core.management import call_command
call_command("move_data", "--to", %r)
"""


@pytest.fixture
def server():
    with cluster() as found:
        yield found


@pytest.fixture
def site(tmp_path, prepared):
    with_all = RunningSite(tmp_path, INTAKE_MIN_FILL_SECONDS="0")
    shutil.copytree(prepared, with_all.data_dir)
    yield with_all
    with_all.__exit__()


def ask(site, program):
    return json.loads(site.manage("shell", "-v", "0", "-c", program).stdout)


def test_all_of_it_moves_and_goes_on(site, server):
    visitor = Visitor(site.start().url)
    code = visitor.send(message="Letter 1").code
    visitor.send(message="Letter 2")
    site.manage("shell", "-c", FILL)
    site.manage("shell", "-c", ANCHOR)
    pages = {path: visitor.get(path).text for path in ("/", "/fees/", "/therapists/")}
    running = site.manage("move_data", "--to", server.url, check=False)
    assert running.returncode == 1
    assert running.stderr == (
        "CommandError: The site is running. Stop it on every machine, and move then.\n"
    )
    site.stop()
    before, kept, letters = ask(site, COUNT), ask(site, KEPT), ask(site, READ)

    killed = site.manage("shell", "-v", "0", "-c", KILL % server.url, check=False)
    assert killed.returncode == -9
    moved = site.manage("move_data", "--to", server.url).stdout
    assert moved.startswith(f"Moved: {sum(before.values()):,} rows of {len(before)} tables")
    again = site.manage("move_data", "--to", server.url, check=False)
    assert "The new database holds accounts or requests already." in again.stderr

    site.variables["DATABASE_URL"] = server.url
    assert (ask(site, COUNT), ask(site, KEPT), ask(site, READ)) == (before, kept, letters)
    site.manage("prepare")
    assert "Requests that open: 2." in site.manage("verify_data").stdout
    assert site.manage("verify_history").stdout.startswith("As it was written")
    site.start()
    assert {path: visitor.get(path).text for path in pages} == pages
    assert "<title>My request" in visitor.post("/request/", {"code": code}).text
    assert visitor.send(message="Letter 3").status == 200
    assert [text for text, _ in ask(site, READ)] == ["Letter 1", "Letter 2", "Letter 3"]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("sqlite:////tmp/other.sqlite3", "--to must be a PostgreSQL database: postgres://"),
        ("mysql://here", "--to must be sqlite:////path/to/file or postgres://"),
        ("postgres://nobody@/none?host=/nowhere", "The new database does not answer ("),
    ],
)
def test_what_is_no_place_to_move_to_is_said(site, to, said):
    refused = site.manage("move_data", "--to", to, check=False)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert refused.stderr.startswith(f"CommandError: {said}")

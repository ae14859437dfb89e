"""A bad day: back up, erase one request, lose the machine, restore. On both databases."""

import json
import re
import shutil
import subprocess
import time

import pyrage
import pytest

from tests.end_to_end.search import forms_of, found
from tests.postgres import cluster
from tests.site import RunningSite, eventually
from tests.visitor import Visitor

pytestmark = pytest.mark.own_database

WORDS = {
    "preferred_name": "Quizzaciously",
    "message": "Absquatulate thrice over the tmesis",
    "contact_note": "Ultracrepidarian on weekdays",
}
CHOSEN = "Sialoquent"  # a choice stands in the database in clear, in a backup nowhere
CHOOSE = f"from pages.models import Practice; Practice.objects.update(fee='{CHOSEN}')"
READ = (
    "import json; from intake.models import ContactRequest as R;"
    "rows = R.objects.real().order_by('received_at');"
    "print(json.dumps([[r.message, r.gone_by] for r in rows]))"
)
ANCHOR = (
    "from django.utils import timezone; from intake.models import Anchor;"
    "Anchor.objects.drop(timezone.now())"
)
PAGES = ("/", "/fees/", "/privacy/", "/therapists/")
REFUSED = (
    "Not started: A backup is being restored into this database, and what was erased since is not "
    "erased again yet. Run the same `manage.py restore` again: it goes on where it was stopped.\n"
)


class Machine:
    """A site with backups, whose identity is kept elsewhere; and what a bad day does to it."""

    def __init__(self, folder, server=None, url=""):
        self.server = server
        self.away = folder / "away"
        self.away.mkdir()
        identity = pyrage.x25519.Identity.generate()
        self.identity = self.away / "identity.txt"
        self.identity.write_text(f"# kept in the safe\n{identity}\n")
        self.backups = folder / "backups"
        database = {"DATABASE_URL": url} if url else {}
        self.site = RunningSite(
            folder, BACKUP_RECIPIENT=str(identity.to_public()), BACKUP_DIR=str(self.backups),
            INTAKE_MIN_FILL_SECONDS="0", **database,
        )  # fmt: skip

    def run(self, *arguments, **how):
        return self.site.manage(*arguments, **how)

    def newest(self):
        return sorted(self.backups.glob("*.age"))[-1]

    def lose(self):
        """The disk is gone. The keys were kept on paper, backups and their log elsewhere."""
        shutil.copy(self.site.data_dir / "keys.env", self.away)
        shutil.rmtree(self.site.data_dir)
        self.site.data_dir.mkdir(mode=0o700)
        shutil.copy(self.away / "keys.env", self.site.data_dir)
        if self.server:
            self.site.variables["DATABASE_URL"] = self.server.another(f"anew_{time.time_ns()}")

    def restore(self, **how):
        return self.run("restore", str(self.newest()), "--identity", str(self.identity), **how)

    def opened(self):
        """With Debian's `age` where it is there, which is what a practice would have at hand."""
        if shutil.which("age"):
            command = ["age", "--decrypt", "--identity", self.identity, self.newest()]
            return subprocess.run(command, capture_output=True, check=True).stdout
        identity = pyrage.x25519.Identity.from_str(self.identity.read_text().splitlines()[1])
        return pyrage.decrypt(self.newest().read_bytes(), [identity])

    def read(self):
        return json.loads(self.run("shell", "-v", "0", "-c", READ).stdout)


@pytest.fixture(scope="module")
def prepared_on_postgresql(tmp_path_factory):
    """A server, and a DATA_DIR with the keys of its first database. That one is to be copied."""
    with cluster() as server:
        folder = tmp_path_factory.mktemp("prepared")
        yield server, RunningSite(folder, DATABASE_URL=server.url).prepare().data_dir


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def machine(request, tmp_path):
    if request.param == "sqlite":
        found, data = Machine(tmp_path), request.getfixturevalue("prepared")
    else:
        server, data = request.getfixturevalue("prepared_on_postgresql")
        found = Machine(tmp_path, server, server.another(tmp_path.name[-40:], "postgres"))
    shutil.copytree(data, found.site.data_dir)
    yield found
    found.site.__exit__()


def test_after_a_bad_day_all_is_there_but_what_was_erased(machine):
    site = machine.site.start()
    visitor = Visitor(site.url)
    machine.run("shell", "-c", CHOOSE)
    first = visitor.send(**WORDS)
    visitor.send(message="The one that goes")
    code = visitor.send(message="Erased after the backup").code
    pages = {path: visitor.get(path).text for path in PAGES}
    assert [text for text, _ in machine.read()] == [
        WORDS["message"], "The one that goes", "Erased after the backup",
    ]  # fmt: skip
    machine.run("shell", "-c", ANCHOR)
    said = machine.run("backup").stdout
    assert str(machine.newest()) in said
    assert re.search(r"Newest anchor: 20\d\d-\d\d-\d\d 1 \w{16}\.", said)

    assert visitor.post("/request/", {"code": code, "step": "erase_all"}).status == 200
    assert eventually(lambda: (machine.backups / "erasures.log").read_text().count("\n") == 1, 90)
    assert site.stop() == 0
    machine.lose()

    said = machine.restore().stdout
    assert "Erased again: 1 requests." in said
    machine.run("prepare")
    whole = machine.run("verify_data").stdout
    assert "Requests that open: 2. Erased, and not one opens: 1." in whole
    assert machine.run("verify_history").stdout.startswith("As it was written")
    assert machine.read() == [
        [WORDS["message"], ""], ["The one that goes", ""], ["", "retention"],
    ]  # fmt: skip
    site.start()
    assert {path: visitor.get(path).text for path in PAGES} == pages
    assert "<title>My request" in visitor.post("/request/", {"code": first.code}).text
    assert visitor.send(message="Written after").status == 200
    refused = machine.restore(check=False)
    assert refused.returncode == 1
    assert "not empty" in refused.stderr or "Other programs are connected" in refused.stderr


def test_machine_that_writes_backups_reads_none(machine):
    """Nor does whoever finds them."""
    site = machine.site.start()
    # The worker makes the one of last night at once, where there is none.
    assert eventually(lambda: list(machine.backups.glob("*.age")), within=90)
    Visitor(site.url).send(**WORDS)
    machine.run("shell", "-c", CHOOSE)
    machine.run("backup")
    in_clear = (*WORDS.values(), CHOSEN, "SQLite format", "PGDMP", "intake_contactrequest")
    assert [word for word in in_clear if found(word, machine.backups, site.log)] == []
    opened = machine.opened()
    manifest, _, body = opened.partition(b"\n")
    assert json.loads(manifest)["database"] == ("postgresql" if machine.server else "sqlite")
    assert body[:6] == (b"PGDMP\x01" if machine.server else b"SQLite")
    if not machine.server:  # pg_dump has it compressed
        assert CHOSEN.encode() in body
    for word in WORDS.values():
        assert [name for name, form in forms_of(word).items() if form in opened] == []
    stranger = machine.away / "stranger.txt"
    stranger.write_text(str(pyrage.x25519.Identity.generate()))
    for identity in (site.data_dir / "keys.env", stranger):
        arguments = ("restore", str(machine.newest()), "--identity", str(identity))
        refused = machine.run(*arguments, check=False)
        assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)


def test_restore_that_is_cut_serves_nothing_and_goes_on(machine):
    """Killed where the data stands already and the erasures do not."""
    visitor = Visitor(machine.site.start().url)
    code = visitor.send(message="Erased after the backup").code
    machine.run("backup")
    assert visitor.post("/request/", {"code": code, "step": "erase_all"}).status == 200
    assert eventually(lambda: (machine.backups / "erasures.log").read_text().count("\n") == 1, 90)
    machine.site.stop()
    machine.lose()
    kill_before_the_replay(machine)
    assert machine.read() == [["Erased after the backup", ""]]  # it was brought back indeed
    for command in ("serve", "prepare", "work"):
        refused = machine.run(command, check=False)
        assert refused.returncode in (1, 3)
        assert REFUSED.partition(": ")[2] in refused.stderr
    assert machine.site.processes() == []
    assert "Erased again: 1 requests." in machine.restore().stdout
    assert machine.read() == [["", "retention"]]
    machine.site.start()


def kill_before_the_replay(machine):
    """With SIGKILL, as the power would."""
    program = (
        "import os, signal; from intake import retention;"
        "retention.replay = lambda lines: os.kill(os.getpid(), signal.SIGKILL);"
        "from django.core.management import call_command;"
        f"call_command('restore', {str(machine.newest())!r},"
        f"'--identity', {str(machine.identity)!r})"
    )
    killed = machine.run("shell", "-v", "0", "-c", program, check=False)
    assert killed.returncode == -9


def test_drill_leaves_the_site_as_it_was(machine):
    site = machine.site.start()
    visitor = Visitor(site.url)
    sent = [visitor.send(message=f"Letter {n}") for n in range(3)]
    before, files = machine.read(), sorted(site.data_dir.iterdir())
    said = machine.run("backup_drill", "--identity", str(machine.identity)).stdout
    assert "As if erased since: " in said
    assert "Erased again: 1 requests." in said
    assert "Requests that open: 2. Erased, and not one opens: 1." in said
    assert said.endswith("The drill held. Vouch for it in the staff site, under Readiness.\n")
    assert (machine.read(), sorted(site.data_dir.iterdir())) == (before, files)
    assert "<title>My request" in visitor.post("/request/", {"code": sent[0].code}).text
    assert len(list(machine.backups.glob("*.age"))) >= 1
    damage(machine.newest())
    said = machine.run("backup_drill", "--newest", "--identity", str(machine.identity), check=False)
    assert (said.returncode, "held" in said.stdout) == (1, False)
    assert "This file is damaged, cut off or no backup." in said.stderr


def damage(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))

"""What a person chose on /fit/ lies nowhere: no log, no table, no file, no address, no cookie."""

import re
import sqlite3
import subprocess

from tests import postgres
from tests.end_to_end.search import found, found_in

LANGUAGE = "Quizzacious Tmesic"
INSURER = "Honorificabilitudinitatibus Mutual"
SERVICE = "brobdingnag-hours"
PREPARE = f"""
from pages.models import Service, SiteRevision, Therapist
service = Service.objects.create(slug={SERVICE!r}, name='Brobdingnag hours', position=90)
for therapist in Therapist.objects.all():
    therapist.languages.append({LANGUAGE!r})
    therapist.insurers.append({INSURER!r})
    therapist.save()
    therapist.services.add(service)
SiteRevision.raise_()
"""
# Valid choices, and what only a person with a tool of their own would send along.
CHOSEN = {
    "service": SERVICE,
    "language": LANGUAGE,
    "payment": f"plan {INSURER}",
    "time": "evening",
    "note": "Absquatulate",
}


def tables(site):
    """Every row of every table, as text."""
    if url := site.variables.get("DATABASE_URL", ""):
        url = url.replace("postgres://postgres@/postgres?", "postgresql:///postgres?user=postgres&")
        program = postgres.binaries() / "pg_dump"
        dump = subprocess.run([program, "--data-only", url], capture_output=True, check=True)
        # Newer ones frame a dump with a key of their own.
        return re.sub(rb"\\(un)?restrict \S+", b"", dump.stdout).decode()
    with sqlite3.connect(f"file:{site.data_dir / 'site.sqlite3'}?mode=ro", uri=True) as database:
        return "\n".join(database.iterdump())


def files(site):
    """Every file beside the database, with its bytes, and the log."""
    paths = [path for path in site.data_dir.rglob("*") if "site.sqlite3" not in path.name]
    return {path: path.read_bytes() for path in [*paths, site.log] if path.is_file()}


def places(site):
    """Where the choices lie outside of the database, in whatever form."""
    return [
        (path.name, word, name)
        for path, content in files(site).items()
        for word in (LANGUAGE, INSURER, SERVICE, "Absquatulate")
        for name in found_in(word, content)
    ]


def test_choices_lie_nowhere(site, visitor):
    site.manage("shell", "-v", "0", "-c", PREPARE)
    page = visitor.get("/fit/")
    before = tables(site)

    # The search would find them: what staff wrote lies in the tables, what is written in a file.
    assert all(word in before for word in (LANGUAGE, INSURER, SERVICE))
    assert found(LANGUAGE, site.data_dir, site.log, site.variables.get("DATABASE_URL", "")) != []
    (site.data_dir / "left-behind").write_text(f"language={SERVICE}")
    assert places(site) == [("left-behind", SERVICE, form) for form in ("text", "json")]
    (site.data_dir / "left-behind").unlink()
    assert "Absquatulate" not in before

    answer = visitor.post("/fit/", CHOSEN)
    refused = visitor.post("/fit/", CHOSEN, Origin="https://evil.example")
    odd = visitor.ask("POST", "/fit/", b"language=Absquatulate%ff", {"Content-Type": "text/plain"})
    assert (answer.status, refused.status, odd.status) == (200, 403, 200)
    assert f"Speaks {LANGUAGE}" in answer.text
    assert f"Takes {INSURER}" in answer.text

    assert [("set-cookie" in each.headers, "location" in each.headers)
            for each in (page, answer, refused, odd)] == [(False, False)] * 4  # fmt: skip
    assert answer.headers["cache-control"] == "no-store"
    addresses = re.findall(r'(?:href|action|src)="([^"]*)"', answer.text)
    chosen = re.compile("quizz|honorific|brobd|absquat|evening", re.IGNORECASE)
    assert [address for address in addresses if chosen.search(address)] == []

    assert tables(site) == before
    assert places(site) == []
    assert len(files(site)[site.log]) > 0


def test_answer_is_not_what_the_next_visitor_gets(site, visitor):
    visitor.get("/fit/")
    visitor.post("/fit/", {"language": "Spanish"})
    assert "You chose" not in visitor.get("/fit/").text
    assert "checked" not in visitor.get("/fit/").text

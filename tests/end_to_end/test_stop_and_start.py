"""`serve` starts web and worker together, ends them together, and says what is in its way."""

import os
import re
import signal
import socket
import time

import pytest

from tests.postgres import cluster
from tests.site import READY, RunningSite, children, eventually
from tests.visitor import Visitor

pytestmark = pytest.mark.own_database

STOPS_WITHIN_SECONDS = 5
WEB, WORKER = "-m gunicorn", "manage.py work"


def mails(site) -> int:
    return len(list((site.data_dir / "mail").glob("*")))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop_ends_web_and_worker(make_site, number):
    site = make_site(WEB_WORKERS="2").start()
    assert (len(site.processes(WEB)), len(site.processes(WORKER))) == (3, 1)
    asked_at = time.monotonic()
    assert site.stop(number) == 0
    assert time.monotonic() - asked_at < STOPS_WITHIN_SECONDS
    assert site.processes() == []
    assert site.log.read_text() == f"Ready: {site.url}\n"


def test_stop_while_starting_leaves_no_one(make_site):
    site = make_site().launch()
    assert eventually(lambda: site.processes(WEB))
    assert site.stop() == 0
    assert (site.processes(), READY.search(site.log.read_text())) == ([], None)


def test_killed_worker_is_started_again_and_sends_what_waits(make_site):
    site = make_site().start()
    (worker,) = site.processes(WORKER)
    os.kill(worker, signal.SIGKILL)
    assert eventually(lambda: worker not in site.processes(WORKER))
    assert Visitor(site.url).send().status == 200
    assert (site.processes(WORKER), mails(site)) == ([], 0)
    assert eventually(lambda: mails(site) == 1)
    assert len(site.processes(WORKER)) == 1
    assert site.stop() == 0


def test_killed_web_ends_all(make_site):
    site = make_site().start()
    (web,) = set(site.processes(WEB)) & set(children(site.process.pid))
    os.kill(web, signal.SIGKILL)
    assert site.process.wait(30) == 1
    assert "The web server ended with status -9." in site.log.read_text()
    assert eventually(lambda: site.processes() == [])


def test_port_of_another_site_is_refused(make_site):
    first = make_site().start()
    second = make_site(PORT=str(first.port), SITE_URL=first.url)
    said = second.manage("serve", check=False)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == (
        f"CommandError: Port {first.port} cannot be used (Address already in use). "
        "Stop what has it, or set PORT to another one.\n"
    )
    assert (second.processes(), Visitor(first.url).get("/").status) == ([], 200)


def test_port_of_a_silent_program_is_refused_at_once(make_site):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        asked_at = time.monotonic()
        said = make_site(PORT=str(silent.getsockname()[1])).manage("serve", check=False)
    assert (said.returncode, said.stdout) == (1, "")
    assert time.monotonic() - asked_at < STOPS_WITHIN_SECONDS


def test_unprepared_database_is_refused(make_site):
    site = make_site()
    (site.data_dir / "site.sqlite3").unlink()
    said = site.manage("serve", check=False)
    assert (said.returncode, said.stdout) == (3, "")
    assert said.stderr == (
        "Not started: The database is not prepared for this version. Run `manage.py prepare`.\n"
    )


def test_live_site_is_ready_behind_its_proxy(make_site):
    live = {"SITE_URL": "https://practice.example", "TRUSTED_PROXIES": "1"}
    site = make_site(**live).start()
    assert READY.search(site.log.read_text())[1] == live["SITE_URL"]
    through = {"Host": "practice.example", "X-Forwarded-For": "192.0.2.7"}
    plain = Visitor(site.url).get("/fees/", **through, **{"X-Forwarded-Proto": "http"})
    assert (plain.status, plain.headers["location"]) == (301, f"{live['SITE_URL']}/fees/")
    secure = Visitor(site.url).get("/fees/", **through, **{"X-Forwarded-Proto": "https"})
    assert (secure.status, "etag" in secure.headers) == (200, True)
    assert secure.headers["strict-transport-security"].startswith("max-age=31536000")


def test_https_without_a_proxy_is_refused_in_a_sentence(make_site):
    """Everyone would be sent round in a circle."""
    said = make_site(SITE_URL="https://practice.example").manage("serve", check=False)
    assert (said.returncode, said.stdout) == (3, "")
    assert said.stderr.startswith("Not started: SITE_URL is https and TRUSTED_PROXIES is 0: ")
    assert len(said.stderr.splitlines()) == 1


@pytest.mark.postgres
def test_absent_database_is_waited_for(tmp_path):
    with cluster() as server:
        site = RunningSite(tmp_path, DATABASE_URL=server.url).prepare()
        server.halt()
        try:
            site.launch().wait_until_it_says(re.compile("^The database does not answer.", re.M))
            assert eventually(lambda: Visitor(site.url).status("/") == 503)
            assert READY.search(site.log.read_text()) is None
            server.boot()
            site.wait_until_it_says(READY)
            assert Visitor(site.url).get("/").status == 200
        finally:
            site.__exit__()
    assert "Traceback" not in site.log.read_text()


@pytest.mark.postgres
def test_prepare_says_that_the_database_is_absent(tmp_path):
    url = f"postgres://postgres@/postgres?host={tmp_path}"
    said = RunningSite(tmp_path, DATABASE_URL=url).manage("prepare", check=False)
    assert said.returncode == 1
    assert said.stderr.startswith("CommandError: The database cannot be reached or written (")

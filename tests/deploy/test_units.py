"""The systemd units: that systemd takes them, and how little they may do."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site import ROOT

UNITS = ROOT / "deploy" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
EVERY = UNITS / "secure-base-.service.d" / "every.conf"
# systemd's own measure, times ten: 15 is 1.5 of 10. "OK" ends at 50; a plain service has 96.
MOST_EXPOSED = "15"
PYTHON = "/srv/secure-base/.venv/bin/python"

pytestmark = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed"
)


@pytest.fixture
def units(tmp_path) -> Path:
    """The units, with a program that exists here."""
    shutil.copytree(UNITS, tmp_path, dirs_exist_ok=True)
    for path in tmp_path.glob("*.service"):
        path.write_text(path.read_text().replace(PYTHON, sys.executable))
    return tmp_path


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True)


def verified(units: Path) -> tuple[int, str]:
    said = analyze("verify", *map(str, [*units.glob("*.service"), *units.glob("*.socket")]))
    # Of our units: what else is wrong on this machine is not ours.
    return said.returncode, "".join(x for x in said.stderr.splitlines(True) if "secure-base" in x)


def security(unit: Path) -> subprocess.CompletedProcess[str]:
    return analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(unit))


def test_systemd_takes_every_unit(units):
    assert SERVICES == ["secure-base-web.service", "secure-base-worker.service"]
    assert verified(units) == (0, "")


def test_a_word_that_systemd_does_not_know_is_found(units):
    web = units / "secure-base-web.service"
    web.write_text(web.read_text().replace("KillMode=mixed", "KilMode=mixed"))
    assert "'KilMode' in section [Service]" in verified(units)[1]


@pytest.mark.parametrize("name", SERVICES)
def test_exposure_is_low(units, name):
    said = security(units / name)
    assert said.returncode == 0, said.stdout


def test_exposure_without_the_sandbox_is_not(units):
    shutil.rmtree(units / EVERY.parent.name)
    assert security(units / SERVICES[0]).returncode != 0


def test_each_setting_of_the_sandbox_is_said_once():
    names = re.findall(r"^(\w+)=", EVERY.read_text(), re.MULTILINE)
    twice = {name for name in names if names.count(name) > 1}
    assert twice == {"EnvironmentFile", "SystemCallFilter"}


def test_services_start_what_is_here():
    """`manage.py work`, and gunicorn with settings and application that can be imported."""
    commands = [re.search(r"^ExecStart=(.*)$", (UNITS / s).read_text(), re.M)[1] for s in SERVICES]
    assert commands == [
        f"{PYTHON} -m gunicorn -c python:practice_site.gunicorn_config"
        " practice_site.wsgi:application",
        f"{PYTHON} manage.py work",
    ]

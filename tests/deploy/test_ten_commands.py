"""The commands of docs/operate.md as they are read from the page. They are run by hand:
`python -m tests.ten_commands`."""

import re
import subprocess

import pytest

from tests import ten_commands
from tests.site import ROOT

VALUES, COMMANDS = ten_commands.on_the_page(ten_commands.PAGE.read_text())
SCRIPTS = [ROOT / "deploy" / "secure-base"]


def test_there_are_ten():
    assert len(COMMANDS) == 10


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_one_that_a_shell_reads(command):
    assert subprocess.run(["bash", "-n", "-c", command], check=True).returncode == 0


def test_every_file_that_is_named_is_there():
    named = set(re.findall(r"(?<=\s)(?:deploy|requirements|manage)[\w./-]*", " ".join(COMMANDS)))
    assert named == {
        "deploy/nginx/secure-base.conf", "deploy/secure-base", "deploy/site.env",
        "deploy/systemd/.", "manage.py", "requirements.txt",
    }  # fmt: skip
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_values_that_only_a_real_machine_has_are_replaced():
    assert [line.split("=")[0] for line in VALUES] == ["SITE", "PHONE", "MAIL", "CODE"]
    assert ten_commands.given(VALUES) == [
        "SITE=practice.example", VALUES[1], "MAIL=smtp://127.0.0.1:2525",
        "CODE=/root/secure-base.git",
    ]  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_ones_that_a_shell_reads(script):
    assert subprocess.run(["sh", "-n", str(script)], check=True).returncode == 0


def test_settings_of_a_new_machine_are_a_live_site():
    """And what is put in by the commands is there to be put in."""
    text = (ROOT / "deploy" / "site.env").read_text()
    nginx = (ROOT / "deploy" / "nginx" / "secure-base.conf").read_text()
    assert ("SITE_URL=https://practice.example" in text, "\nEMAIL_URL=" in text) == (True, True)
    assert ("practice.example" in nginx, "(503) 555-0142" in nginx) == (True, True)

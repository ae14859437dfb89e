"""The Containerfile, read: no engine runs here, so what can be known without one."""

import re

import pytest

from practice_site.env import read
from tests.site import ROOT

TEXT = (ROOT / "deploy" / "Containerfile").read_text()
LINES = re.sub(r"\\\n\s*", "", TEXT).splitlines()
STEPS = [line.split(None, 1) for line in LINES if line and not line.startswith("#")]
# What a checkout holds and a running site does not need.
LEFT_OUT = {"benchmarks", "deploy", "docs", "tests", "var"}


def all_of(word: str) -> list[str]:
    return [rest for name, rest in STEPS if name == word]


def test_every_word_is_known():
    known = "FROM RUN WORKDIR COPY ENV USER VOLUME EXPOSE STOPSIGNAL ENTRYPOINT CMD"
    assert {name for name, _ in STEPS} == set(known.split())


def test_user_is_not_root_and_has_a_number():
    """A number, so that whoever runs it can see without a look inside that it is not 0."""
    assert all_of("USER") == ["10001:10001"]
    assert [name for name, _ in STEPS].index("USER") < [name for name, _ in STEPS].index("CMD")


def test_nothing_secret_is_built_in():
    named = re.findall(r"(\w+)=", " ".join(all_of("ENV") + all_of("RUN")))
    assert named == ["BIND", "DATA_DIR", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"]


def test_everything_that_is_copied_is_there_and_all_that_runs_is_copied():
    copied = {line.split()[0] for line in all_of("COPY")}
    assert [name for name in copied if not (ROOT / name).exists()] == []
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - LEFT_OUT
    assert copied == packages | {"manage.py", "requirements.txt", "templates", "static"}


def test_packages_are_pinned_by_their_hashes():
    (install,) = [line for line in all_of("RUN") if "pip install" in line]
    assert "--require-hashes -r requirements.txt" in install


@pytest.mark.parametrize("name", ["BIND", "DATA_DIR"])
def test_settings_are_known_to_the_site(name):
    values = dict(pair.split("=", 1) for pair in all_of("ENV")[0].split())
    known = {"BIND": read(values, ROOT).bind, "DATA_DIR": str(read(values, ROOT).data_dir)}
    assert known[name] == values[name]

import json
import logging
import os
import subprocess
import sys

from practice_site.logs import TemplateFormatter

SECRET = "Quizzaciously"


def line(message: str, *args: object, error: Exception | None = None, **extra: object) -> dict:
    info = None
    if error:
        try:
            raise error
        except type(error):
            info = sys.exc_info()
    record = logging.LogRecord("a", logging.ERROR, "f.py", 1, message, args, info)
    record.__dict__.update(extra)
    return json.loads(TemplateFormatter().format(record))


def test_line_is_the_template_not_the_words():
    found = line("Not found: %s", f"/contact/?message={SECRET}")
    assert (found["message"], found["level"], found["logger"]) == ("Not found: %s", "ERROR", "a")
    assert SECRET not in json.dumps(found)


def test_exception_is_its_type_and_place_never_its_text():
    found = line("It broke", error=ValueError(SECRET))
    assert found["exception"] == "ValueError"
    assert [place.rsplit(":", 1)[0] for place in found["place"]] == [
        "practice_site/test_logs.py:line"
    ]
    assert SECRET not in json.dumps(found)


def test_facts_that_the_code_chose_are_kept():
    assert line("A notice was not sent", facts={"attempts": 2})["attempts"] == 2


def test_ready_made_message_is_one_short_line():
    assert line(f"first\n{SECRET}")["message"] == "first"
    assert len(line("x" * 1000)["message"]) == 200
    assert line("")["message"] == ""


def test_exception_behind_an_exception_is_its_type():
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as cause:
            raise ValueError(SECRET) from cause
    except ValueError as error:
        found = line("It broke", error=error)
    assert (found["exception"], found["cause"]) == ("ValueError", "KeyError")
    assert SECRET not in json.dumps(found)


def test_line_carries_the_id_of_the_request_that_django_names(rf):
    request = rf.get("/")
    request.request_id = "K4M-7R2-WF8"
    assert line("Later", request=request)["request"] == "K4M-7R2-WF8"
    assert "request" not in line("Later", request=rf.get("/"))
    assert "request" not in line("Outside of any request")


def test_level_decides_which_lines_are_written_and_nothing_else():
    """So what holds at DEBUG, of which every other level is a part, holds at all."""

    def logging_at(level: str) -> dict:
        script = "import json, practice_site.settings as s; print(json.dumps(s.LOGGING))"
        environ = {**os.environ, "LOG_LEVEL": level}
        said = subprocess.run(
            [sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True
        )
        return json.loads(said.stdout.replace(level, "LEVEL"))

    assert logging_at("DEBUG") == logging_at("ERROR")

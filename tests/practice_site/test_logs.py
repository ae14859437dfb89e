import json
import logging
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
    assert [place.split(":")[0] for place in found["place"]] == ["line"]
    assert SECRET not in json.dumps(found)


def test_facts_that_the_code_chose_are_kept():
    assert line("A notice was not sent", facts={"attempts": 2})["attempts"] == 2


def test_ready_made_message_is_one_short_line():
    assert line(f"first\n{SECRET}")["message"] == "first"
    assert len(line("x" * 1000)["message"]) == 200
    assert line("")["message"] == ""

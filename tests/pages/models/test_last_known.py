import json

import pytest

from pages.models import Practice, SiteRevision, last_known


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"


def test_copy_says_what_an_error_page_needs(practice):
    last_known.keep()
    kept = last_known.read()
    assert {name: kept["practice"][name] for name in ("name", "phone", "phone_link")} == {
        "name": "Lantern Street Therapy",
        "phone": "(503) 555-0101",
        "phone_link": "+15035550101",
    }
    assert kept["practice"]["hours_in_words"] == "Monday to Friday, 9 to 5"
    assert {group: line["call"] for group, line in kept["crisis"].items()} == {
        "danger": "911",
        "talk": "988",
        "home": "18007997233",
        "text": "988",
    }
    assert kept["crisis"]["home"]["call_shown"] == "1-800-799-7233"


def test_copy_is_kept_when_a_change_is_stored(practice, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        SiteRevision.raise_()
        assert not last_known.path().exists()
    assert json.loads(last_known.path().read_text())["practice"]["name"] == practice.name


def test_copy_that_cannot_be_written_stops_no_one(
    practice, settings, tmp_path, django_capture_on_commit_callbacks
):
    (tmp_path / "file").write_text("in the way")
    settings.DATA_DIR = tmp_path / "file"
    with django_capture_on_commit_callbacks(execute=True):
        SiteRevision.raise_()
    assert SiteRevision.current() == 1


def test_nothing_is_kept_without_a_practice(db):
    last_known.keep()
    assert not last_known.path().exists()


@pytest.mark.parametrize("text", [None, "", "{half"])
def test_missing_or_broken_copy_is_an_empty_one(text):
    if text is not None:
        last_known.path().parent.mkdir(parents=True)
        last_known.path().write_text(text)
    kept = last_known.read()
    assert (kept["practice"]["phone"], kept["crisis"]) == ("", {})


def test_everything_a_template_asks_of_the_practice_is_in_the_copy(practice):
    last_known.keep()
    fields = {field.name for field in Practice._meta.fields if field.editable}
    assert fields <= set(last_known.read()["practice"])

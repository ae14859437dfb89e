import pytest
from django.core.exceptions import ValidationError

from pages.admin.lines import LinesField


def test_lines_become_a_list_without_blanks():
    assert LinesField().clean(" one \n\n two\r\nthree ") == ["one", "two", "three"]
    assert LinesField(required=False).clean("") == []


def test_required_lines_need_one():
    with pytest.raises(ValidationError):
        LinesField().clean(" \n ")


def test_list_is_shown_as_lines():
    assert LinesField().prepare_value(["one", "two"]) == "one\ntwo"
    assert LinesField().prepare_value("as typed") == "as typed"


def test_has_changed_compares_lists():
    assert LinesField().has_changed(["one"], "one\n") is False
    assert LinesField().has_changed(["one"], "two") is True

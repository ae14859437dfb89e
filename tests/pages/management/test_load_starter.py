import pytest
from django.core.management import CommandError, call_command

from pages import starter


@pytest.mark.django_db
def test_load_starter_counts_what_it_wrote(capsys):
    call_command("load_starter")
    first = capsys.readouterr().out
    call_command("load_starter")
    assert first.startswith("Starter: ")
    assert first != "Starter: 0 written.\n"
    assert capsys.readouterr().out == "Starter: 0 written.\n"


@pytest.mark.django_db
def test_load_starter_names_the_file_that_is_wrong(change, monkeypatch):
    folder = change("practice.yaml", "  fee: ", "  fea: ")
    monkeypatch.setattr(starter, "read", lambda: starter.reading.read(folder))
    with pytest.raises(CommandError, match=r"practice.yaml, line \d+: “fee” of practice"):
        call_command("load_starter")

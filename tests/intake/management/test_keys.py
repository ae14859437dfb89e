from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from intake.models import Key


def output() -> str:
    out = StringIO()
    call_command("keys", "list", stdout=out)
    return out.getvalue()


def test_keys_list_shows_each_key_and_what_it_seals(make_request):
    make_request()
    make_request()
    key = Key.objects.get()
    assert output() == (
        f"{key}  primary  made {key.created_at:%Y-%m-%d}  seals 2 identities, 2 messages\nKeys: 1\n"
    )


def test_keys_list_on_an_empty_table(db):
    assert output() == "Keys: 0\n"


def test_keys_knows_no_other_verb(db):
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("keys", "rotate")

"""What `verify_data` finds, by breaking just that."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import models

from intake.encryption import keyring
from intake.models import ContactRequest, Key
from intake.receipts import in_blocks
from pages.models import Edition
from practice_site import whole
from tests.intake.conftest import make_answers, make_token, sent_request


@pytest.fixture
def request_sent(starter) -> ContactRequest:
    Key.objects.register_primary(keyring())
    sent = ContactRequest.objects.send(make_answers(), make_token())
    return sent_request(sent.reference)


def found() -> list[str]:
    return whole.look().problems


def test_all_of_the_example_is_whole(request_sent):
    looked = whole.look()
    assert (looked.requests, looked.erased, looked.problems) == (1, 0, [])
    assert looked.editions == Edition.objects.exclude(content=None).count() > 20
    request_sent.erase()
    looked = whole.look(erased=request_sent.pk)
    assert (looked.requests, looked.erased, looked.problems) == (0, 1, [])


def test_a_request_that_does_not_open_is_named(request_sent):
    ContactRequest.objects.update(sealed_words_key=b"\x01torn")
    assert found()[0].startswith(
        f"Request {in_blocks(request_sent.reference, '-')} does not open: "
    )


def test_one_that_should_be_erased_is_said(request_sent):
    said = whole.look(erased=request_sent.pk).problems
    assert said == ["The request that was erased is not erased here."]


def test_an_edition_that_does_not_show_is_named(request_sent):
    edition = Edition.objects.exclude(content=None).first()
    models.QuerySet(Edition).filter(pk=edition.pk).update(
        content={name: each for name, each in edition.content.items() if name != "calm_line"}
    )
    assert found() == [f"Edition {edition.pk} does not show (KeyError)."]


def test_a_history_that_is_torn_is_said(request_sent):
    ContactRequest.objects.update(urgent=True)
    name = in_blocks(request_sent.reference, "-")
    assert {said.partition(":")[0] for said in found()} == {name}


def test_the_command_counts_and_ends_with_what_it_found(request_sent):
    out = StringIO()
    call_command("verify_data", stdout=out)
    assert out.getvalue().startswith("Requests that open: 1. Erased, and not one opens: 0. ")
    ContactRequest.objects.update(urgent=True)
    with pytest.raises(SystemExit, match="1"):
        call_command("verify_data", stdout=StringIO(), stderr=StringIO())

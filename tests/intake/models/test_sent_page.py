import secrets
from datetime import timedelta

import pytest
from django.utils import timezone

from intake.models import ContactRequest, SentContent, SentPage
from tests.intake.conftest import CANARY, make_answers, make_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(practice):
    return ContactRequest.objects.send(make_answers(), make_token())


def opened(sent) -> SentContent:
    content = SentPage.objects.open(sent.address)
    assert content is not None
    return content


def test_open_gives_what_the_page_says(sent):
    content = opened(sent)
    request = ContactRequest.objects.get()
    assert (content.reference, content.receipt[:8]) == (sent.reference, sent.reference)
    assert len(content.receipt) == 24
    assert (content.contact_method, content.contact) == ("call", "87")
    assert content.promised_at == request.promised_at


def test_open_knows_no_other_address(sent):
    assert SentPage.objects.open(secrets.token_urlsafe(24)) is None
    assert SentPage.objects.open("") is None
    assert SentPage.objects.open(sent.address[:-1]) is None
    assert SentPage.objects.open("é" * 4000) is None


def test_open_is_over_after_half_an_hour(sent):
    page = SentPage.objects.get()
    assert page.expires_at - ContactRequest.objects.get().received_at < timedelta(minutes=31)
    SentPage.objects.update(expires_at=timezone.now())
    assert SentPage.objects.open(sent.address) is None


def test_open_gives_nothing_that_was_changed(sent):
    page = SentPage.objects.get()
    SentPage.objects.update(sealed=page.sealed[:-1] + bytes([page.sealed[-1] ^ 1]))
    assert SentPage.objects.open(sent.address) is None


def test_the_row_holds_neither_address_nor_receipt_nor_words(sent):
    content = opened(sent)
    page = SentPage.objects.get()
    row = bytes(page.address_hash) + page.sealed
    words = [sent.address, content.receipt, content.receipt[8:], CANARY, "Robin"]
    assert [word for word in words if word.encode() in row] == []


def test_delete_expired_leaves_the_others(practice):
    old = ContactRequest.objects.send(make_answers(), make_token())
    new = ContactRequest.objects.send(make_answers(), make_token())
    page = SentPage.objects.get(request__reference=old.reference)
    SentPage.objects.filter(pk=page.pk).update(expires_at=timezone.now())
    assert SentPage.objects.delete_expired() == 1
    assert [p.request.reference for p in SentPage.objects.select_related("request")] == [
        new.reference
    ]

import pytest

from intake import encryption
from intake.models import ContactRequest, Receipt, SentPage
from intake.receipts import in_blocks, new_code
from tests.intake.conftest import make_answers, make_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(practice) -> str:
    sent = ContactRequest.objects.send(make_answers(), make_token())
    content = SentPage.objects.open(sent.address)
    assert content is not None
    return content.receipt


def test_of_finds_the_request_of_a_code_as_typed(code):
    found = Receipt.objects.of(in_blocks(code).lower())
    assert found is not None
    assert found.request == ContactRequest.objects.get()


def test_of_finds_nothing_for_the_reference_alone_or_another_secret(code):
    assert Receipt.objects.of(code[:8]) is None
    assert Receipt.objects.of(code[:8] + new_code().secret) is None
    assert Receipt.objects.of("") is None


def test_only_a_keyed_hash_of_the_code_is_kept(code, settings):
    receipt = Receipt.objects.get()
    assert receipt.secret_hash == encryption.receipt_hash(code)
    settings.INTAKE_EVENT_KEY = b"n" * 32
    assert receipt.secret_hash != encryption.receipt_hash(code)


def test_the_public_half_belongs_to_the_code(code):
    assert Receipt.objects.get().reply_public == encryption.reply_public(code)

from django.urls import reverse

from pages.models import Term
from tests.pages.admin.forms import answers


def test_words_are_explained_as_soon_as_they_are_saved(staff, client, starter):
    term = Term.objects.get(word="trauma")
    address = reverse("admin:pages_term_change", args=[term.pk])
    assert "What stays with us after something was too much" in client.get("/trauma/").text
    typed = {**answers(staff, address), "meaning": "Our own words."}
    assert staff.post(address, typed).status_code == 302
    page = client.get("/trauma/").text
    assert "Our own words." in page
    assert 'href="#word-trauma" id="use-trauma" class="term">Trauma</a>' in page


def test_list_is_named_in_plain_words(staff, starter):
    page = staff.get(reverse("admin:pages_term_changelist")).text
    assert "words we explain" in page.lower()
    assert "settling together (co-regulation)" in page

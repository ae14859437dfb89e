"""A therapist's screen: portrait, services, two people at once, and leaving."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pages import portraits
from pages.admin.therapist import CHOOSE_AGAIN
from pages.models import Rendition, Service, SiteRevision, Therapist
from tests.pages.admin.forms import answers
from tests.pages.uploads import photo


@pytest.fixture
def jonah(starter) -> Therapist:
    return Therapist.objects.get(slug="jonah-pellwick")


def screen(therapist: Therapist) -> str:
    return reverse("admin:pages_therapist_change", args=[therapist.pk])


def upload(data: bytes, name: str = "me.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, kind)


def save(staff, therapist, **typed):
    return staff.post(screen(therapist), answers(staff, screen(therapist), **typed))


def errors(response) -> dict[str, list[str]]:
    return {name: list(said) for name, said in response.context["adminform"].form.errors.items()}


def test_portrait_is_uploaded_shown_and_removed(staff, client, jonah):
    before = SiteRevision.current()
    assert "None yet. The site shows the ring" in staff.get(screen(jonah)).text
    response = save(staff, jonah, new_portrait=upload(photo()))
    assert (response.status_code, SiteRevision.current()) == (302, before + 1)
    made = [(each.format, each.width) for each in Rendition.objects.filter(therapist=jonah)]
    assert made == [(kind, width) for width in (320, 480, 800) for kind in ("avif", "jpeg")]
    picture = jonah.portrait.largest.get_absolute_url()
    assert f'src="{picture}"' in staff.get(screen(jonah)).text
    assert picture in client.get(jonah.get_absolute_url()).text
    save(staff, jonah, remove_portrait="on")
    assert Rendition.objects.count() == 0
    assert picture not in client.get(jonah.get_absolute_url()).text


def test_save_without_a_picture_keeps_the_one_there(staff, jonah):
    jonah.show_portrait(portraits.renditions(photo()))
    save(staff, jonah, fees="$7")
    jonah.refresh_from_db()
    assert (jonah.fees, jonah.renditions.count()) == ("$7", 6)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", portraits.NOT_A_PICTURE),
        (photo(200, 250), portraits.TOO_SMALL),
        (photo() + bytes(2 * 1024 * 1024), portraits.TOO_LARGE),
    ],
    ids=["no picture", "small", "large"],
)
def test_refused_picture_keeps_every_word_and_nothing_of_itself(staff, jonah, data, reason):
    jonah.show_portrait(portraits.renditions(photo(480, 600)))
    typed = {"fees": "$7 an hour", "languages": "English\nDutch", "own_words": "Many words."}
    response = save(staff, jonah, **typed, new_portrait=upload(data))
    assert (response.status_code, errors(response)) == (200, {"new_portrait": [reason]})
    assert [words in response.text for words in ("$7 an hour", "Many words.")] == [True, True]
    assert Therapist.objects.get(pk=jonah.pk).fees != "$7 an hour"
    assert {each.width for each in jonah.renditions.all()} == {320, 480}


def test_good_picture_beside_another_error_is_asked_for_again(staff, jonah):
    response = save(staff, jonah, name="", new_portrait=upload(photo()))
    assert errors(response) == {
        "name": ["This field is required."],
        "new_portrait": [CHOOSE_AGAIN],
    }
    assert Rendition.objects.count() == 0


def test_picture_of_someone_else_is_refused(staff, jonah):
    other = Therapist.objects.get(slug="marisol-averidge")
    other.show_portrait(portraits.renditions(photo()))
    response = save(staff, jonah, new_portrait=upload(photo()))
    assert errors(response) == {
        "new_portrait": [
            "This picture is the portrait of Marisol Averidge already. Choose another."
        ]
    }
    response = save(staff, other, new_portrait=upload(photo()))
    assert (response.status_code, other.renditions.count()) == (302, 6)


def test_new_therapist_may_have_a_portrait_at_once(staff, jonah):
    address = reverse("admin:pages_therapist_add")
    typed = {
        "name": "Ana Reyes", "slug": "ana", "role": "Therapist", "credentials": "MA",
        "licence": "LMFT", "fees": "$1", "position": "5", "accepting": "on", "seen_version": "0",
    }  # fmt: skip
    response = staff.post(address, {**typed, "new_portrait": upload(photo())})
    assert response.status_code == 302
    assert Therapist.objects.get(slug="ana").renditions.count() == 6


def test_services_are_ticked(staff, jonah):
    chosen = [str(each.pk) for each in Service.objects.filter(slug__startswith="p")]
    save(staff, jonah, services=chosen)
    assert [each.slug for each in jonah.services.all()] == ["parent-coaching"]


def test_someone_who_leaves_takes_nobody(staff, client, jonah):
    assert "When someone leaves, set the day and save." in staff.get(screen(jonah)).text
    save(staff, jonah, retired_on="2026-11-20")
    jonah.refresh_from_db()
    assert (str(jonah.retired_on), jonah.accepting) == ("2026-11-20", False)
    assert client.get(jonah.get_absolute_url()).status_code == 410
    assert "Jonah" not in client.get("/").text
    save(staff, jonah, retired_on="", accepting="on")
    assert client.get(jonah.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("model", [Therapist, Service])
def test_later_save_over_someone_elses_is_refused(staff, starter, model):
    row = model.objects.earliest("pk")
    address = reverse(f"admin:pages_{model._meta.model_name}_change", args=[row.pk])
    mine, theirs = (answers(staff, address, name=name) for name in ("Mine", "Theirs"))
    assert staff.post(address, theirs).status_code == 302
    response = staff.post(address, mine)
    assert "Someone else saved this while you had it open" in response.text
    assert 'value="Mine"' in response.text
    assert model.objects.get(pk=row.pk).name == "Theirs"


def test_service_has_its_name_page_and_place(staff, client, starter):
    service = Service.objects.get(slug="couples-counseling")
    address = reverse("admin:pages_service_change", args=[service.pk])
    typed = answers(staff, address)
    assert {"name", "slug", "page", "position"} <= set(typed)
    staff.post(address, {**typed, "name": "Couples therapy", "position": "1"})
    assert Service.objects.first().name == "Couples therapy"


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries(staff, jonah, count, django_assert_num_queries):
    for therapist in Therapist.objects.all()[count:]:
        therapist.openings.all().delete()
        therapist.delete()
    address = reverse("admin:pages_therapist_changelist")
    with django_assert_num_queries(7):
        assert staff.get(address).context["cl"].result_count == count

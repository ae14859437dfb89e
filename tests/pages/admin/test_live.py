import pytest
from django.urls import reverse

from pages.models import CrisisLine, Opening, SiteRevision, Source, Therapist
from tests.pages.admin.forms import answers


@pytest.mark.parametrize(
    "model", ["region", "crisisline", "source", "service", "therapist", "opening"]
)
def test_lists_and_forms_open(staff, starter, model):
    assert staff.get(reverse(f"admin:pages_{model}_changelist")).status_code == 200
    assert staff.get(reverse(f"admin:pages_{model}_add")).status_code == 200


def test_save_raises_the_revision(staff, starter):
    source = Source.objects.get(key="who-ptsd")
    before = SiteRevision.current()
    address = reverse("admin:pages_source_change", args=[source.pk])
    staff.post(address, {**answers(staff, address), "title": "Other"})
    source.refresh_from_db()
    assert (source.title, SiteRevision.current()) == ("Other", before + 1)


def test_delete_raises_the_revision(staff, starter):
    before = SiteRevision.current()
    line = CrisisLine.objects.get(name="RAINN, National Sexual Assault Hotline")
    staff.post(reverse("admin:pages_crisisline_delete", args=[line.pk]), {"post": "yes"})
    assert not CrisisLine.objects.filter(pk=line.pk).exists()
    assert SiteRevision.current() == before + 1


def test_delete_of_several_raises_the_revision(staff, starter):
    before = SiteRevision.current()
    chosen = list(Opening.objects.values_list("pk", flat=True)[:2])
    typed = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    staff.post(reverse("admin:pages_opening_changelist"), typed)
    assert Opening.objects.count() == 6
    assert SiteRevision.current() == before + 1


def test_therapist_lists_are_written_one_a_line(staff, starter):
    therapist = Therapist.objects.get(slug="jonah-pellwick")
    address = reverse("admin:pages_therapist_change", args=[therapist.pk])
    typed = answers(staff, address)
    assert typed["languages"] == "English"
    staff.post(address, {**typed, "languages": "English\n\n Dutch ", "works_with": "Adults"})
    therapist.refresh_from_db()
    assert (therapist.languages, therapist.works_with) == (["English", "Dutch"], ["Adults"])
    assert therapist.formats == ["in_person", "online"]


def test_opening_names_who_confirmed_it(staff, starter, editor):
    opening = Opening.objects.earliest("pk")
    address = reverse("admin:pages_opening_change", args=[opening.pk])
    staff.post(address, answers(staff, address))
    opening.refresh_from_db()
    assert opening.confirmed_by == editor


def test_openings_are_confirmed_together(staff, starter, editor):
    before = SiteRevision.current()
    Opening.objects.update(confirmed_on="2026-01-01")
    chosen = list(Opening.objects.values_list("pk", flat=True)[:3])
    typed = {"action": "confirm", "_selected_action": chosen}
    staff.post(reverse("admin:pages_opening_changelist"), typed)
    fresh = Opening.objects.exclude(confirmed_on="2026-01-01")
    assert sorted(fresh.values_list("pk", flat=True)) == sorted(chosen)
    assert {opening.confirmed_by_id for opening in fresh} == {editor.pk}
    assert SiteRevision.current() == before + 1

import pytest
from django.urls import reverse

from pages.models import CrisisLine, SiteRevision, Source
from tests.pages.admin.forms import answers


@pytest.mark.parametrize("model", ["region", "crisisline", "source", "service", "therapist"])
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
    before, lines = SiteRevision.current(), CrisisLine.objects.count()
    chosen = list(
        CrisisLine.objects.filter(group="more", region__code="us").values_list("pk", flat=True)[:2]
    )
    typed = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    staff.post(reverse("admin:pages_crisisline_changelist"), typed)
    assert CrisisLine.objects.count() == lines - 2
    assert SiteRevision.current() == before + 1

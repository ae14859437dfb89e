"""The starter site as a practice has made it its own: by the forms and verbs that staff use."""

from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from zeal import zeal_ignore

from intake.encryption import keyring
from intake.models import Backup, Key
from pages import starter
from pages.models import (
    Attestation,
    CrisisLine,
    Opening,
    Page,
    Practice,
    Section,
    Service,
    Therapist,
)
from pages.readiness.legal import ESTIMATE, HEALTH_DATA, NOTICE
from tests.pages.admin.forms import answers
from tests.signing_in import sign_in

OWNER = "rosalind"
PRACTICE = {
    "name": "Harrow Bridge Counseling",
    "phone": "(503) 555-7710",
    "text_number": "(503) 555-7711",
    "street": "9 Harrow Bridge Road",
    "town": "Tallowford",
    "postal_code": "97999",
    "insurers": "Tallowford Health",
    "neutral_sender": "Rosalind",
}
THERAPIST = {
    "licence": "Licensed professional counselor",
    "insurers": "Tallowford Health",
    "experience": "Twelve years with couples.",
    "one_sentence": "We begin where you are.",
    "own_words": "I grew up beside a ferry, and I still like to wait for people.",
    "better_elsewhere": "I do not see children.",
}


def complete() -> None:
    """From an empty database to a site on which nothing is left to mend."""
    starter.load(starter.read())
    owner = User.objects.create_superuser(OWNER, f"{OWNER}@harrowbridge.net", "a long enough one")
    staff = Client()
    sign_in(staff, owner)
    with zeal_ignore():  # Django's own forms look each row of an inline up
        give_facts(staff)
        own_pages(owner)
        Opening.objects.all().confirm(by=owner, practice=Practice.current())
        sign_for(staff)
    Key.objects.register_primary(keyring())
    call_command("work", "--once")
    Backup().made("backup-of-tonight.age", 1)


def give_facts(staff: Client) -> None:
    change(staff, Practice.current(), is_example=None, **PRACTICE)
    today = timezone.localdate().isoformat()
    for line in CrisisLine.objects.filter(region=Practice.current().region):
        change(staff, line, checked_on=today)
    for number, therapist in enumerate(Therapist.objects.here(), 1):
        own = {"name": f"Tamsin Holloway {number}", "licence_number": f"C{number}04417"}
        change(staff, therapist, **THERAPIST, **own)
    for service in Service.objects.all():
        change(staff, service, name=f"{service.name} here")


def own_pages(owner: User) -> None:
    """Every page, read and shown by someone; those that other practices write are there too."""
    for slug in (NOTICE, HEALTH_DATA):
        Page.objects.get_or_create(
            slug=slug,
            defaults={
                "kind": "legal", "group": "legal", "label": slug, "title": slug, "heading": slug,
                "summary": "What we do.", "effective_on": date(2026, 1, 1),
            },
        )  # fmt: skip
    fees = Page.objects.get(slug="fees")
    if not fees.sections.filter(slug=ESTIMATE).exists():
        Section.objects.create(
            page=fees, position=99, slug=ESTIMATE, body="You have a right to it."
        )
    for page in Page.objects.all():
        page.reviewed_on = page.reviewed_on or timezone.localdate()
        page.save()
        page.publish(by=owner)


def sign_for(staff: Client) -> None:
    for page in Page.objects.filter(kind="legal"):
        assert page.public_edition
        edition = page.public_edition.number
        staff.post(reverse("admin:confirm_page", args=[page.pk]), {"edition": edition})
    for subject in Attestation.Subject:
        how = {f"{subject}-how": "By the proxy in front, each night."}
        staff.post(reverse("admin:vouch", args=[subject]), how)


def change(staff: Client, row: Model, **changes: Any) -> None:
    """Sends the row's form as a browser would, with these answers; None unticks a box."""
    meta = row._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    typed = answers(staff, address, **changes)
    response = staff.post(
        address, {name: value for name, value in typed.items() if value is not None}
    )
    assert response.status_code == 302, response.context["adminform"].form.errors


# What the machine of a live site is told.
LIVE = {
    "SITE_URL": "https://harrowbridge.net",
    "TRUSTED_PROXIES": 1,
    "EMAIL_CONFIGURED": True,
    "BACKUP_RECIPIENTS": ("age1u2zv2va37vwy40xgf9xrqjqzm3xfv6w74vrq35rnktx49tay8srqw3p5k3",),
}

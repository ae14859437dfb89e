from datetime import timedelta

from django.utils import timezone

from pages.models import Attestation


def test_vouching_takes_the_place_of_what_was_said_before(editor):
    Attestation.objects.vouch("backups", by=editor, how="Nightly.")
    Attestation.objects.update(on=timezone.localdate() - timedelta(days=9))
    Attestation.objects.vouch("backups", by=editor, how="Hourly.")
    said = Attestation.objects.get()
    assert (said.on, said.by, said.how) == (timezone.localdate(), editor, "Hourly.")

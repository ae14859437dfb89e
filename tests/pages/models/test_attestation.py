from datetime import timedelta

from pages.models import Attestation


def test_vouching_takes_the_place_of_what_was_said_before(editor, practice):
    Attestation.objects.vouch("backups", by=editor, how="Nightly.")
    Attestation.objects.update(on=practice.today() - timedelta(days=9))
    Attestation.objects.vouch("backups", by=editor, how="Hourly.")
    said = Attestation.objects.get()
    assert (said.on, said.by, said.how) == (practice.today(), editor, "Hourly.")

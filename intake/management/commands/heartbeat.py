from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from intake import heartbeat, notices
from intake.models import Heartbeat
from pages.models import Practice


class Command(BaseCommand):
    help = "Makes the nightly test of the site now: form, database, outbox, mail server."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        Heartbeat.objects.beat()
        if trouble := heartbeat.send(Practice.current(), timezone.now()):
            raise CommandError(f"{Heartbeat.Trouble(trouble).label}.")
        self.stdout.write("Stored.")
        notices.send_due()
        if not heartbeat.settle():
            raise CommandError("The mail server has not taken its mail yet. The worker tries on.")
        self.stdout.write("Accepted by the mail server.")

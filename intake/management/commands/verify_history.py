import itertools
import sys
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake.encryption import WrongKey, keyring
from intake.models import Anchor, AnchoredEvent, ContactRequest, Event, Key, NotAnAnchor, proof
from intake.models.practice_history import PRACTICE
from intake.models.proof import Problem
from intake.progress import shown
from intake.receipts import parse_reference

WRONG_KEY = 3


class Command(BaseCommand):
    help = (
        "Goes over every history and says what is not as it was written, one line each. "
        "Exit status: 0 nothing, 1 something, 2 wrong use, 3 not the keys of this database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--stream", metavar="REF", help="one request, or “practice”")
        parser.add_argument("--since", metavar="ANCHOR", help="only what went on after this anchor")
        parser.add_argument(
            "--anchor", metavar="ANCHOR", help="hold it against an anchor from the digest mail"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            Key.objects.verify(keyring())
            count = self.say(self.found(**options))
        except WrongKey as error:
            raise CommandError(str(error), returncode=WRONG_KEY) from error
        except NotAnAnchor as error:
            raise CommandError(str(error), returncode=2) from error
        if count:
            self.stderr.write(f"Problems: {count}.")
            sys.exit(1)
        self.stdout.write(self.whole())

    def found(self, stream: str, since: str, anchor: str, **_: Any) -> Iterator[Problem]:
        mailed = (Problem(None, what) for what in Anchor.objects.problems_with(anchor or ""))
        of = self.of_one(stream_of(stream)) if stream else self.of_all(since)
        return itertools.chain(mailed if anchor else (), of)

    def of_one(self, stream: UUID) -> Iterator[Problem]:
        events = Event.objects.of_stream(stream)
        yield from proof.problems_of(stream)
        yield from proof.cut_off(AnchoredEvent.objects.of_stream(stream))
        self.read = events.count()

    def of_all(self, since: str) -> Iterator[Problem]:
        events = (
            proof.moved_since(Anchor.objects.number_of(since)) if since else Event.objects.all()
        )
        self.read = events.count()
        by_stream = events.order_by("stream", "seq").iterator()
        yield from proof.problems(shown(by_stream, self.read))
        yield from proof.without_history()
        yield from proof.anchor_problems()

    def say(self, problems: Iterator[Problem]) -> int:
        count = 0
        for count, problem in enumerate(problems, 1):  # noqa: B007  # counted
            self.stdout.write(str(problem))
        return count

    def whole(self) -> str:
        newest = Anchor.objects.newest()
        anchors = f"newest anchor: {newest.short}" if newest else "no anchor yet"
        return f"As it was written: {self.read} events ({anchors})."


def stream_of(name: str) -> UUID:
    if name.lower() == "practice":
        return PRACTICE
    found: ContactRequest | None = ContactRequest.objects.filter(
        reference=parse_reference(name) or ""
    ).first()
    if found is None:
        raise CommandError(f"No request has the reference {name}.", returncode=2)
    return found.pk

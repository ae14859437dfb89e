"""Whether a copy of the data is whole: every request opens, every edition shows, every history
holds. For whoever restored a backup or moved to another database. Nobody is shown a word.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.http import HttpRequest

from intake.encryption import SealBroken, WrongKey
from intake.models import ContactRequest, Event, proof
from intake.progress import shown
from intake.receipts import in_blocks
from pages.models import Edition
from pages.showing import shown as shown_page
from pages.site import Site


@dataclass
class Whole:
    """How many there are of each, and what is wrong with some."""

    requests: int = 0
    erased: int = 0
    editions: int = 0
    events: int = 0
    problems: list[str] = field(default_factory=list)


def look(erased: UUID | None = None) -> Whole:
    """`erased` names one that must be among the erased."""
    whole = Whole()
    if (
        erased
        and not ContactRequest.objects.filter(pk=erased).exclude(identity_purged_at=None).exists()
    ):
        whole.problems.append("The request that was erased is not erased here.")
    _requests(whole)
    _editions(whole)
    _histories(whole)
    return whole


def _requests(whole: Whole) -> None:
    rows = ContactRequest._base_manager.order_by("received_at")
    for row in shown(rows.iterator(), rows.count()):
        if row.identity_purged_at:
            whole.erased += 1
            if any(row.ciphertext(name) for name in row.sealed_columns()):
                whole.problems.append(f"{_name(row)} was erased, and something of it is there.")
        elif _works(whole, f"{_name(row)} does not open", row.opened):
            whole.requests += 1


def _editions(whole: Whole) -> None:
    site = Site(HttpRequest())
    rows = Edition.objects.exclude(content=None).select_related("page").order_by("pk")
    for each in shown(rows.iterator(), rows.count()):

        def show(edition: Edition = each) -> object:
            return shown_page(edition.page, edition.content or {}, site)

        whole.editions += _works(whole, f"Edition {each.pk} does not show", show)


def _histories(whole: Whole) -> None:
    whole.events = Event.objects.count()
    by_stream = Event.objects.order_by("stream", "seq").iterator()
    whole.problems += map(str, _problems(shown(by_stream, whole.events)))


def _problems(events: Iterator[Event]) -> Iterator[proof.Problem]:
    yield from proof.problems(events)
    yield from proof.without_history()
    yield from proof.anchor_problems()


def _works(whole: Whole, otherwise: str, do: Callable[[], object]) -> bool:
    try:
        do()
    except (WrongKey, SealBroken) as error:
        whole.problems.append(f"{otherwise}: {error}")
        return False
    except Exception as error:  # each is looked at, whatever is wrong with another
        whole.problems.append(f"{otherwise} ({type(error).__name__}).")
        return False
    return True


def _name(row: ContactRequest) -> str:
    return f"Request {in_blocks(row.reference, '-')}"

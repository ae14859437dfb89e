"""A new practice key, and every row key of what is still there sealed to it.

What was emptied by a purge lies on in the files of PostgreSQL, in old pages and in backups, sealed
to the old key. Once that is retired and destroyed, nothing of it opens anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction

from intake.encryption import Keyring, SealBroken, WrongKey
from intake.models import ContactRequest
from intake.progress import shown

BATCH = 200
PURPOSES = ("identity", "words")

Row = tuple[Any, str, bytes]  # its id, the key that sealed, what was sealed


@dataclass
class Resealed:
    """`left` could not be opened: their key is not at hand, or they were changed."""

    done: int = 0
    left: int = 0


def reseal(ring: Keyring) -> Resealed:
    """To the primary of the ring. May be stopped at any time and repeated: what is done stays."""
    result = Resealed()
    for purpose in PURPOSES:
        rows = _under_another(ring, purpose)
        for batch in _batches(shown(rows, len(rows))):
            _reseal(batch, ring, purpose, result)
    return result


def to_reseal(ring: Keyring) -> int:
    return sum(_rows(ring, purpose).count() for purpose in PURPOSES)


def _rows(ring: Keyring, purpose: str) -> Any:
    rows = ContactRequest._base_manager.filter(**{f"{purpose}_key__isnull": False})
    return rows.exclude(**{f"{purpose}_key": ring.primary})


def _under_another(ring: Keyring, purpose: str) -> list[Any]:
    return list(_rows(ring, purpose).order_by("pk").values_list("pk", flat=True))


def _batches(ids: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(ids, BATCH)):
        yield batch


def _reseal(ids: list[Any], ring: Keyring, purpose: str, result: Resealed) -> None:
    columns = ("pk", f"{purpose}_key_id", f"sealed_{purpose}_key")
    with transaction.atomic():
        rows = _rows(ring, purpose).filter(pk__in=ids).order_by("pk")
        for row in rows.values_list(*columns):
            if _reseal_one(row, ring, purpose):
                result.done += 1
            else:
                result.left += 1


def _reseal_one(row: Row, ring: Keyring, purpose: str) -> bool:
    """Only where it still says what was read: one that was purged meanwhile stays empty."""
    pk, key_id, sealed = row
    table = ContactRequest._meta.db_table
    try:
        anew = ring.sealed_anew(key_id, bytes(sealed), table, str(pk), purpose)
    except (WrongKey, SealBroken):
        return False
    now = ContactRequest._base_manager.filter(pk=pk, **{f"sealed_{purpose}_key": sealed})
    now.update(**{f"sealed_{purpose}_key": anew, f"{purpose}_key": ring.primary})
    return True

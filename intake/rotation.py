"""A new practice key, and every row key of what is still there sealed to it.

What was emptied by a purge lies on in the files of PostgreSQL, in old pages and in backups, sealed
to the old key. Once that is retired and destroyed, nothing of it opens anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from intake.encryption import Keyring, SealBroken, WrongKey
from intake.models import ContactRequest, Key
from intake.progress import shown

# Written in one transaction. On SQLite nobody else writes meanwhile, so it is over in milliseconds.
BATCH = 50
PURPOSES = ("identity", "words")
COLUMNS = tuple(name for p in PURPOSES for name in (f"{p}_key_id", f"sealed_{p}_key"))

Row = dict[str, Any]


@dataclass
class Resealed:
    """In row keys. `left` could not be opened: their key is not at hand, or they were changed."""

    done: int = 0
    left: int = 0


@dataclass(frozen=True)
class Count:
    """How many row keys are sealed under a key, and whether this machine can open them."""

    key: Key
    identity: int
    words: int
    opens: bool

    @property
    def is_trouble(self) -> bool:
        """Something is sealed under it, and it is retired or missing."""
        return bool(self.identity or self.words) and not (self.opens and not self.key.retired_at)


@dataclass(frozen=True)
class Anew:
    """What is to stand in the columns of one row key, if there still stands what was read."""

    read: dict[str, Any]
    write: dict[str, Any]


def reseal(ring: Keyring) -> Resealed:
    """To the primary of the ring. May be stopped at any time and repeated: what is done stays.

    A batch is read and sealed anew before anything is locked, and what is in memory is one batch.
    """
    result, rows = Resealed(), to_reseal(ring)
    for _ in shown(_one_by_one(rows, ring, result), rows.count()):
        pass
    return result


def counts(ring: Keyring) -> list[Count]:
    """For every key, the newest first."""
    rows, found = ContactRequest._base_manager.order_by(), {}
    for purpose in PURPOSES:
        grouped = rows.values_list(f"{purpose}_key").annotate(n=models.Count("pk"))
        found[purpose] = dict(grouped)
    return [
        Count(
            key,
            found["identity"].get(key.pk, 0),
            found["words"].get(key.pk, 0),
            key.pk in ring.private,
        )
        for key in Key.objects.all()
    ]


def is_unfinished(ring: Keyring) -> bool:
    """Whether something is left to seal anew that this machine can open and nobody gave up."""
    keys = Key.objects.filter(pk__in=ring.private, retired_at=None).exclude(pk=ring.primary)
    under = models.Q(identity_key__in=keys) | models.Q(words_key__in=keys)
    return keys.exists() and ContactRequest._base_manager.filter(under).exists()


def to_reseal(ring: Keyring) -> Any:
    """The requests of which a key is sealed under another than the primary."""
    others = [
        models.Q(**{f"{p}_key__isnull": False}) & ~models.Q(**{f"{p}_key": ring.primary})
        for p in PURPOSES
    ]
    return ContactRequest._base_manager.filter(others[0] | others[1])


def _one_by_one(rows: Any, ring: Keyring, result: Resealed) -> Iterator[Row]:
    last = None
    while batch := _after(last, rows):
        last = batch[-1]["pk"]
        _write({row["pk"]: list(_anew(row, ring, result)) for row in batch}, result)
        yield from batch


def _after(last: Any, rows: Any) -> list[Row]:
    """By primary key, so that no batch begins again at the first row."""
    rest = rows if last is None else rows.filter(pk__gt=last)
    return list(rest.order_by("pk").values("pk", *COLUMNS)[:BATCH])


def _anew(row: Row, ring: Keyring, result: Resealed) -> Iterator[Anew]:
    table = ContactRequest._meta.db_table
    for purpose in PURPOSES:
        column, key = f"sealed_{purpose}_key", f"{purpose}_key_id"
        if row[key] in (None, ring.primary):
            continue
        try:
            again = ring.sealed_anew(row[key], bytes(row[column]), table, str(row["pk"]), purpose)
        except (WrongKey, SealBroken):
            result.left += 1
        else:
            yield Anew({column: row[column]}, {column: again, key: ring.primary})


def _write(batch: dict[Any, list[Anew]], result: Resealed) -> None:
    """Rows are locked in the order of their ids, as every other run locks them."""
    with transaction.atomic():
        for pk, each in batch.items():
            result.done += _write_one(pk, each)


def _write_one(pk: Any, each: list[Anew]) -> int:
    """Both keys at once; where one was purged meanwhile it stays so, and the other goes alone."""
    if _update(pk, each):
        return len(each)
    return sum(_update(pk, [one]) for one in each) if len(each) > 1 else 0


def _update(pk: Any, each: list[Anew]) -> int:
    read = {name: value for one in each for name, value in one.read.items()}
    write = {name: value for one in each for name, value in one.write.items()}
    rows = ContactRequest._base_manager.filter(pk=pk, **read)
    return int(rows.update(**write)) if write else 0

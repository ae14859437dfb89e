"""Finding a request by what someone says of it. What was typed stays in memory and nowhere else."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.models import User
from django.utils import timezone

from intake import encryption
from intake.encryption import OpensRowKey, SealBroken, WrongKey
from intake.fields import SealedTextField
from intake.models.choices import Match
from intake.models.event import Event
from intake.models.practice_history import PracticeHistory

if TYPE_CHECKING:
    from intake.models.inbox import ContactRequestQuerySet

# Rows that are in memory at once.
BATCH = 500
# What is opened of a row to look for what.
COLUMNS = {
    Match.DIGITS: ("phone",),
    Match.NAME: ("preferred_name",),
    Match.WORDS: ("message", "needs"),
}
# The worker indexes what came within seconds.
LATELY = timedelta(days=1)

Row = dict[str, Any]
Hits = dict[Match, list[UUID]]


@dataclass(frozen=True, repr=False)
class Sought:
    """What someone typed, understood: one text may be several of these. Never shows itself."""

    code: str = ""  # a reference, or a part of one
    phones: tuple[str, ...] = ()  # a whole number, as it may stand in a request
    email: str = ""
    digits: str = ""  # how a number ends
    words: tuple[str, ...] = ()  # as `folded` gives them

    @property
    def kinds(self) -> list[Match]:
        """What is looked for, the surest first."""
        asked = {
            Match.CODE: self.code,
            Match.PHONE: self.phones,
            Match.EMAIL: self.email,
            Match.DIGITS: self.digits,
            Match.NAME: self.words,
            Match.WORDS: self.words,
        }
        return [kind for kind, what in asked.items() if what]


@dataclass(repr=False)
class Found:
    """The requests by what matched, each under the surest; and how far was looked."""

    hits: Hits = field(default_factory=dict)
    looked_through: int = 0  # open requests that were opened for this
    unopened: int = 0  # those whose key is absent here, or that do not open

    @property
    def count(self) -> int:
        return sum(len(pks) for pks in self.hits.values())

    def add(self, kind: Match, pks: list[UUID]) -> None:
        before = {pk for each in self.hits.values() for pk in each}
        if new := [pk for pk in dict.fromkeys(pks) if pk not in before]:
            self.hits[kind] = new


class Searches:
    """A part of the manager."""

    if TYPE_CHECKING:

        def readable_by(self, user: User) -> "ContactRequestQuerySet": ...

    def search(self, by: User, sought: Sought) -> Found:
        """In what `by` may read. Recorded: what kind of thing was looked for and how many were
        found, never what was typed."""
        found = search(self.readable_by(by).real(), sought)
        facts = {"kinds": "+".join(sought.kinds), "hits": found.count}
        PracticeHistory.objects.record(Event.Verb.SEARCHED, by, facts)
        return found


def search(requests: "ContactRequestQuerySet", sought: Sought) -> Found:
    """Codes, numbers and addresses of all of them; the rest in those that are open."""
    found = Found()
    exact = {Match.CODE: _by_code, Match.PHONE: _by_phone, Match.EMAIL: _by_email}
    opened = _look_through(requests.open().not_held(), sought, found)
    for kind in sought.kinds:
        surely = exact[kind](requests, sought) if kind in exact else []
        found.add(kind, [*surely, *opened.get(kind, [])])
    return found


def folded(text: str) -> str:
    """In small letters without accents, as words are compared."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_of(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(r"\w+", folded(text))))


def _by_code(requests: "ContactRequestQuerySet", sought: Sought) -> list[UUID]:
    return list(requests.with_code(sought.code).values_list("pk", flat=True))


def _by_phone(requests: "ContactRequestQuerySet", sought: Sought) -> list[UUID]:
    wanted = {encryption.phone_index(number) for number in sought.phones}
    return _by_index(requests, "phone", wanted)


def _by_email(requests: "ContactRequestQuerySet", sought: Sought) -> list[UUID]:
    return _by_index(requests, "email", {encryption.email_index(sought.email)})


def _by_index(
    requests: "ContactRequestQuerySet", name: str, indexes: set[bytes | None]
) -> list[UUID]:
    """What came so lately that the worker may not have reached it yet is opened instead."""
    if not (wanted := indexes - {None}):
        return []
    found = list(requests.filter(**{f"{name}_index__in": wanted}).values_list("pk", flat=True))
    index = {"phone": encryption.phone_index, "email": encryption.email_index}[name]
    lately = requests.filter(received_at__gte=timezone.now() - LATELY).unindexed()
    opened = _opened(lately, (name,), Found())
    return found + [row["pk"] for row, texts in opened if index(texts.get(name, "")) in wanted]


def _look_through(requests: "ContactRequestQuerySet", sought: Sought, found: Found) -> Hits:
    """What has to be opened for it, and with it codes that have what was typed further on."""
    kinds = [kind for kind in sought.kinds if kind in COLUMNS]
    hits: Hits = {kind: [] for kind in (Match.CODE, *kinds)}
    if not kinds:
        return hits
    names = tuple(name for kind in kinds for name in COLUMNS[kind])
    begins = [re.compile(rf"(?<!\w){re.escape(word)}") for word in sought.words]
    for row, texts in _opened(requests.by_due(), names, found):
        if sought.code and sought.code in row["reference"]:
            hits[Match.CODE].append(row["pk"])
        for kind in kinds if texts else []:
            if _matches(kind, " ".join(texts[name] for name in COLUMNS[kind]), sought, begins):
                hits[kind].append(row["pk"])
    return hits


def _matches(kind: Match, text: str, sought: Sought, begins: list[re.Pattern[str]]) -> bool:
    if kind == Match.DIGITS:
        return re.sub(r"\D", "", text).endswith(sought.digits)
    text = folded(text)
    # To look for a letter after a letter is quick, to look for the edge of a word is not.
    return all(word in text for word in sought.words) and all(each.search(text) for each in begins)


def _opened(
    requests: "ContactRequestQuerySet", names: tuple[str, ...], found: Found
) -> Iterator[tuple[Row, dict[str, str]]]:
    """These columns of each in one query, and no other. Of those that do not open: none."""
    table, fields = requests.model._meta.db_table, requests.model._meta.concrete_fields
    keys = {f.name: f.key for f in fields if isinstance(f, SealedTextField) and f.name in names}
    opens = encryption.opens_row_keys()
    sealed = [column for key in set(keys.values()) for column in (f"{key}_key_id", _sealed(key))]
    for row in requests.values("pk", "reference", *sealed, *names).iterator(BATCH):
        found.looked_through += 1
        try:
            yield row, {name: _text(row, opens, table, name, key) for name, key in keys.items()}
        except (WrongKey, SealBroken):
            found.unopened += 1
            yield row, {}


def _sealed(key: str) -> str:
    return f"sealed_{key}_key"


def _text(row: Row, opens: OpensRowKey, table: str, name: str, key: str) -> str:
    """'' for what was purged."""
    if row[name] is None:
        return ""
    pk = str(row["pk"])
    row_key = opens(row[f"{key}_key_id"], row[_sealed(key)], table, pk, key)
    return row_key.open(row[name].content, table, name, pk)

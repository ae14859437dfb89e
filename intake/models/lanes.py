"""Where an open request stands in the queue, and how that is read without reading them all.

Each stands in one lane, and each lane is read by an index in the order in which it is due. So a
page, and a count up to a limit, cost the same at 1,000 open requests as at 100,000.
"""

from collections.abc import Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import User
from django.core.exceptions import EmptyResultSet
from django.db import connections, models, router
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from intake import day_parts
from intake.models import rules
from intake.models.choices import ContactMethod, DueKind
from intake.models.reading import Reading
from intake.moments import end_of_today
from intake.promise import Clock

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest  # noqa: F401  # named in a string


# A query and its values.
Compiled = tuple[str, tuple[Any, ...]]


class Lanes(models.QuerySet["ContactRequest"]):
    def first_of(self, lanes: "Sequence[Lanes]", limit: int) -> Self:
        """The first `limit` of each of these."""
        return self._in([_compiled(lane, limit) for lane in lanes], limit * len(lanes))

    def first_together(self, lanes: "Sequence[Lanes]", limit: int) -> Self:
        """The first `limit` of all of these, one after the other."""
        return self._in([_compiled(lane, limit) for lane in lanes], limit)

    def count_each(self, wanted: "dict[str, Sequence[Lanes]]", limit: int) -> dict[str, int]:
        """How many stand in these lanes together, up to the limit. All in one query."""
        columns, values = [], []
        for lanes in wanted.values():
            sql, those = _together([_compiled(lane, limit) for lane in lanes], limit)
            columns.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608  # Django's own
            values += those
        with connections[router.db_for_read(self.model)].cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(columns)}", values)
            counted = cursor.fetchone()
        return dict(zip(wanted, counted, strict=True))

    def pressing(self) -> Self:
        """What may be urgent."""
        return self.filter(rules.URGENT).order_by("due_at", "id")

    def ours(self) -> Self:
        """We are to do something."""
        return self.filter(rules.OURS).order_by("due_at", "id")

    def theirs(self) -> Self:
        """We tried, a talk is booked, or they said that they contact us."""
        return self.filter(rules.THEIRS).order_by("due_at", "id")

    def listed(self) -> Self:
        """They wait for a place, and we check in."""
        return self.filter(rules.LISTED).order_by("due_at", "id")

    def in_review(self) -> Self:
        return self.filter(rules.HELD).order_by("due_at", "id")

    def in_queue(self) -> Self:
        """All of them but those held for review. Not by `id` too, which the indexes of owner and
        therapist do not have: all that is due at one moment would be sorted first."""
        return self.filter(rules.REAL_OPEN).order_by("due_at")

    def safe_to_call(self, now: datetime, clock: Clock) -> Self:
        """Whose next step is a call that fits this hour. None while nobody is here."""
        if not day_parts.is_open(clock, now):
            return self.none()
        part, today = day_parts.part_at(clock, now), now.astimezone(clock.tz).date()
        begins = datetime.combine(today, time.min, tzinfo=clock.tz)
        begun = models.Q(due_part=None) | models.Q(due_part__in=day_parts.parts_until(clock, now))
        ready = models.Q(due_kind=DueKind.PROMISE) | models.Q(due_at__lt=begins)
        ready |= models.Q(urgent=True) | begun & models.Q(due_at__lt=end_of_today(now, clock.tz))
        wished = models.Q(times="[]") | models.Q(times__contains=f'"{part}"')
        times = Cast("times_ok", models.TextField())
        callable_ = self.filter(contact_method=ContactMethod.CALL, identity_purged_at=None)
        return callable_.alias(times=times).filter(ready, wished)

    def with_seen(self, user: User) -> Self:
        """`seen_seq`: how far this member of staff has read; None where never."""
        mine = Reading.objects.filter(request=models.OuterRef("pk"), user=user)
        return self.annotate(seen_seq=models.Subquery(mine.values("seen_seq")[:1]))

    def _in(self, parts: "list[Compiled]", limit: int) -> Self:
        if not any(sql for sql, _ in parts):
            return self.none()
        return self.filter(pk__in=RawSQL(*_together(parts, limit)))  # noqa: S611  # Django's own


def _compiled(lane: Lanes, limit: int) -> Compiled:
    """'' for one that is empty whatever stands in the table."""
    ids = lane.values("pk")[:limit]
    try:
        sql, values = ids.query.get_compiler(router.db_for_read(lane.model)).as_sql()
    except EmptyResultSet:
        return "", ()
    return sql, tuple(values)


def _together(parts: list[Compiled], limit: int) -> tuple[str, list[Any]]:
    """Each a query of its own: SQLite takes the order of one nowhere else in a union."""
    found = [(sql, values) for sql, values in parts if sql]
    if not found:
        return "SELECT NULL WHERE 1 = 0", []
    sql = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS lane" for sql, _ in found)  # noqa: S608
    return f"{sql} LIMIT {limit}", [value for _, values in found for value in values]

"""What reports count: the clear columns that a request keeps when its words and name are gone."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connections, models
from django.db.models import Count, Min, Q

from intake.models import choices
from intake.models.contact_request import ContactRequest


class Epoch(models.Func):
    """A moment as whole seconds since 1970: a hundred thousand of those are read in no time."""

    output_field = models.BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # A fraction of a millisecond is more than a day as a number is off by.
        template = "CAST((julianday(%(expressions)s) - 2440587.5) * 86400 + 0.0004 AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "CAST(FLOOR(EXTRACT(EPOCH FROM %(expressions)s)) AS BIGINT)"
        return self.as_sql(compiler, connection, template=template, **context)


class Waiting(NamedTuple):
    now: int
    oldest: datetime | None


def counted() -> models.QuerySet[ContactRequest]:
    """Requests of people: no samples, no heartbeats, none held for review, no spam."""
    found: models.QuerySet[ContactRequest] = (
        ContactRequest.objects.real().not_held().exclude(outcome=choices.Outcome.SPAM)
    )
    return found


def courses(since: datetime, until: datetime) -> list[tuple[Any, ...]]:
    """Those received in this time: received, first tried, first talked to, promised and closed in
    seconds; origin, how they found us, outcome, way to reach them."""
    moments = ("received_at", "first_attempt_at", "first_talk_at", "promised_at", "closed_at")
    found = counted().filter(received_at__gte=since, received_at__lt=until).order_by()
    rows = found.values_list(
        *(Epoch(name) for name in moments), "origin", "how_found", "outcome", "contact_method"
    )
    with connections[rows.db].cursor() as cursor:
        # Numbers and choices as they come: there is nothing in them for Django to convert.
        cursor.execute(*rows.query.sql_with_params())
        return list(cursor.fetchall())


def load() -> list[tuple[int | None, str, str, int, int]]:
    """Open requests by owner: id, first name, user name, how many, how many late."""
    late = Count("pk", filter=Q(due_at__lt=models.functions.Now()))
    owners = (
        counted()
        .exclude(status=choices.Status.CLOSED)
        .values_list("owner", "owner__first_name", "owner__username")
    )
    return list(owners.annotate(n=Count("pk"), late=late).order_by("-n", "owner"))


def waiting_list() -> Waiting:
    # "Open" is said too, in the words of the index that finds them.
    on_list = counted().exclude(status=choices.Status.CLOSED).filter(status=choices.Status.WAITING)
    found = on_list.aggregate(now=Count("pk"), oldest=Min("waiting_since"))
    return Waiting(found["now"], found["oldest"])

from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from intake.models import rights


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def now(self) -> Self:
        moment = timezone.now()
        return self.filter(since__lte=moment, until__gt=moment)

    def to_come(self) -> Self:
        """And those that last."""
        return self.filter(until__gt=timezone.now()).order_by("since")

    def of(self, by: User, pk: str) -> Self:
        """What this person may end: their own, or anyone's if they oversee."""
        those = self.filter(pk=int(pk)) if pk.isdecimal() and len(pk) < 18 else self.none()
        return those if rights.oversees(by) else those.filter(user=by)

    def cover_of(self, user_id: int | None) -> User | None:
        """Who stands in for them at this moment; None where they are here."""
        absence = self.now().filter(user=user_id).select_related("cover").first()
        return absence.cover if absence else None


class Absence(models.Model):
    """When a member of staff is away next, and who sees to their requests until they are back."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="absence", editable=False
    )
    since = models.DateTimeField()
    until = models.DateTimeField()  # the first moment of the day they are back
    cover = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="covers")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="absence_has_days"),
            models.CheckConstraint(condition=~Q(cover=F("user")), name="absence_covered_by_other"),
        ]

    def __str__(self) -> str:
        return f"{self.user} is away"

    @classmethod
    def plan(cls, user: User, first_day: date, last_day: date, cover: User, tz: ZoneInfo) -> None:
        """In place of the one that was planned before."""
        cls.objects.update_or_create(
            user=user,
            defaults={
                "since": _midnight(first_day, tz),
                "until": _midnight(last_day + timedelta(days=1), tz),
                "cover": cover,
            },
        )

    @property
    def is_now(self) -> bool:
        return self.since <= timezone.now() < self.until

    def days(self, tz: ZoneInfo) -> tuple[date, date]:
        """The first and the last."""
        last = self.until.astimezone(tz).date() - timedelta(days=1)
        return self.since.astimezone(tz).date(), last


def _midnight(day: date, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=tz)

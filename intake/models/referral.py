from datetime import date, timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils.text import capfirst

from intake import starter
from pages import phone
from pages.models import StarterText
from pages.sentences import full_date

# Numbers and places change: whoever has not looked for so long looks again.
LOOK_AGAIN_AFTER = timedelta(days=180)


def late(today: date) -> models.Q:
    return models.Q(checked_on=None) | models.Q(checked_on__lt=today - LOOK_AGAIN_AFTER)


class ReferralQuerySet(models.QuerySet["Referral"]):
    def offered(self) -> Self:
        return self.filter(retired=False)

    def to_check(self, today: date) -> Self:
        """Those that nobody has checked, or not for a long time."""
        return self.offered().filter(late(today))

    def check_off(self, by: User, today: date) -> int:
        """Someone looked at their own sites: all still true."""
        return self.update(checked_on=today, checked_by=by)

    def begin(self) -> int:
        """The starting points that were never here; how many. One that staff delete stays gone."""
        keys = {f"referral:{row['name']}": row for row in starter.referrals()}
        known = StarterText.objects.filter(key__in=keys).values_list("key", flat=True)
        new = {key: row for key, row in keys.items() if key not in set(known)}
        self.bulk_create([self.model(**row) for row in new.values()])
        StarterText.objects.bulk_create(
            StarterText(key=key, values=row) for key, row in new.items()
        )
        return len(new)


class Referral(models.Model):
    """An entry in the practice's list of other help. It goes into a message as it stands."""

    class ForWhom(models.TextChoices):
        ADULTS = "adults", "Adults"
        COUPLES = "couples", "Couples"
        CHILDREN = "children", "Children and teens"
        FAMILIES = "families", "Families"
        PARENTS = "parents", "New and expecting parents"

    # By whom a request is for.
    MEANT = {
        "me": ForWhom.ADULTS,
        "other_adult": ForWhom.ADULTS,
        "couple": ForWhom.COUPLES,
        "child": ForWhom.CHILDREN,
        "family": ForWhom.FAMILIES,
    }

    name = models.CharField(max_length=100, unique=True)
    what_for = models.CharField(max_length=150)
    for_whom = models.JSONField(default=list, blank=True)
    cost = models.CharField(max_length=80, blank=True)
    languages = models.CharField(max_length=100, blank=True)
    region = models.CharField("where", max_length=80, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    web = models.URLField(blank=True)
    mail = models.EmailField(blank=True)
    notes = models.TextField(max_length=1000, blank=True)
    checked_on = models.DateField(null=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    retired = models.BooleanField(default=False)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(phone="", web="", mail=""), name="referral_can_be_reached"
            ),
            models.CheckConstraint(
                condition=models.Q(checked_by=None) | models.Q(checked_on__isnull=False),
                name="referral_checked_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.web = self.web.rstrip("/")
        super().save(*args, **kwargs)

    def suits(self, seeking_for: str) -> bool:
        """One that names nobody is for everyone."""
        return not self.for_whom or self.MEANT.get(seeking_for) in self.for_whom

    def is_late(self, today: date) -> bool:
        return self.checked_on is None or self.checked_on < today - LOOK_AGAIN_AFTER

    @property
    def how_to_reach(self) -> str:
        """Such as "1-800-662-4357, https://findtreatment.gov"."""
        return ", ".join(part for part in (phone.shown(self.phone), self.web, self.mail) if part)

    @property
    def in_a_sentence(self) -> str:
        """Such as "Call 211, or see https://www.211.org"."""
        ways = (("call", phone.shown(self.phone)), ("see", self.web), ("write to", self.mail))
        return capfirst(", or ".join(f"{verb} {where}" for verb, where in ways if where))

    @property
    def checked(self) -> str:
        """Said to the person, so it is true also where nobody has looked yet."""
        if self.checked_on is None:
            return "We have not checked this ourselves yet."
        return f"We last checked this on {full_date(self.checked_on)}."

    @property
    def line(self) -> str:
        """As it stands in a message: one line, told by its dash."""
        said = (self.name, self.what_for, self.cost, self.in_a_sentence)
        return f"– {'. '.join(part.rstrip('.') for part in said if part)}. {self.checked}"

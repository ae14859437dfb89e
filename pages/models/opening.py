from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, Exists, OuterRef, Q, Value, When

from pages.models.practice import Practice
from pages.models.therapist import Format, Therapist

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class Place(NamedTuple):
    """One cell of the table of openings."""

    therapist: int
    format: str
    day_part: str


@dataclass(frozen=True)
class Changed:
    """What a save of the table did.

    `kept`: someone else confirmed these meanwhile. `refused`: with someone who takes nobody new.
    """

    added: list["Opening"]
    dropped: list["Opening"]
    kept: list["Opening"]
    refused: list[Place]


class OpeningQuerySet(models.QuerySet["Opening"]):
    def on_offer(self) -> Self:
        """Those with a therapist who takes new people. None at all: the practice is full."""
        return self.filter(therapist__accepting=True)

    def listed(self, practice: Practice) -> Self:
        """All on offer, each with `fresh`: where it is False, the site says "ask us".

        Therapists with something fresh come first, and what is fresh before what is not. Then as
        the therapists stand, in person before online, morning before evening.
        """
        confirmed = Opening.objects.filter(
            confirmed_lately(practice), therapist=OuterRef("therapist")
        )
        listed = self.on_offer().select_related("therapist").annotate(
            fresh=Case(When(confirmed_lately(practice), Value(True)), default=Value(False)),
            room=Exists(confirmed),
        )  # fmt: skip
        by_therapist = ("-room", "therapist__position", "therapist__name", "therapist")
        return listed.order_by(*by_therapist, "-fresh", place_in(Format, "format"), DAY_ORDER)

    def confirm(self, by: "User", practice: Practice) -> int:
        """Someone looked today, and these are free. Returns how many."""
        return self.update(confirmed_on=practice.today(), confirmed_by=by)

    @transaction.atomic
    def set_free(
        self,
        free: Collection[Place],
        seen: Mapping[Place, date],
        by: "User",
        practice: Practice,
    ) -> Changed:
        """Makes the table what one person says, where it differs from what that person saw.

        So what someone else changed meanwhile stays, and so does a place that they confirmed.
        """
        locked: Iterable[Opening] = (
            self.on_offer().select_related("therapist").select_for_update(of=("self",))
        )
        stored = {each.place: each for each in locked}
        gone = [stored[place] for place in seen if place not in free and place in stored]
        kept = [each for each in gone if each.confirmed_on != seen[each.place]]
        dropped = [each for each in gone if each not in kept]
        self.filter(pk__in=[each.pk for each in dropped]).delete()
        taking = Therapist.objects.taking().in_bulk()
        new = [place for place in free if place not in seen and place not in stored]
        added = [
            Opening.at(place, taking[place.therapist], by, practice)
            for place in new
            if place.therapist in taking
        ]
        Opening.objects.bulk_create(added, ignore_conflicts=True)
        refused = [place for place in new if place.therapist not in taking]
        return Changed(added, dropped, kept, refused)


def confirmed_lately(practice: Practice) -> Q:
    oldest = practice.today() - timedelta(days=practice.openings_fresh_days)
    return Q(confirmed_on__gte=oldest)


def place_in(choices: type[models.TextChoices], name: str) -> Case:
    """Where a value stands among its choices, for ordering."""
    whens = [When(**{name: value}, then=Value(n)) for n, value in enumerate(choices.values)]
    return Case(*whens, default=Value(len(whens)))


class Opening(models.Model):
    """A free place with a therapist, and the day on which someone confirmed it."""

    class DayPart(models.TextChoices):
        MORNING = "morning", "Morning"
        MIDDAY = "midday", "Midday"
        AFTERNOON = "afternoon", "Afternoon"
        EVENING = "evening", "Evening"

    therapist = models.ForeignKey(Therapist, models.PROTECT, related_name="openings")
    format = models.CharField(max_length=10, choices=Format)
    day_part = models.CharField(max_length=10, choices=DayPart)
    confirmed_on = models.DateField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    fresh: bool  # where `listed` asked

    objects = OpeningQuerySet.as_manager()

    class Meta:
        ordering = ["therapist__position", "therapist__name", "format", "day_part"]
        constraints = [
            models.UniqueConstraint("therapist", "format", "day_part", name="opening_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_format_display()}, {self.get_day_part_display().lower()}"

    @classmethod
    def at(cls, place: Place, therapist: Therapist, by: "User", practice: Practice) -> "Opening":
        return cls(
            therapist=therapist, format=place.format, day_part=place.day_part,
            confirmed_on=practice.today(), confirmed_by=by,
        )  # fmt: skip

    @property
    def place(self) -> Place:
        return Place(self.therapist_id, self.format, self.day_part)


DAY_ORDER = place_in(Opening.DayPart, "day_part")

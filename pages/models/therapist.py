from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from pages.models.page import Page

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class Format(models.TextChoices):
    IN_PERSON = "in_person", "In person"
    ONLINE = "online", "Online"


class Service(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=60)
    page = models.OneToOneField(
        Page, models.PROTECT, null=True, blank=True, related_name="service",
        help_text="The page that says more about it.",
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(default=10, help_text="The lowest stands first.")

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class TherapistQuerySet(models.QuerySet["Therapist"]):
    def here(self) -> Self:
        """Those who work at the practice now."""
        return self.filter(retired_on=None)

    def with_current_openings(self, today: date) -> Self:
        """Each with `current_openings`: the free places that the public may see."""
        free = Opening.objects.shown(today)
        return self.prefetch_related(models.Prefetch("openings", free, to_attr="current_openings"))


class Therapist(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    pronouns = models.CharField(max_length=30, blank=True)
    role = models.CharField(max_length=80)
    credentials = models.CharField(max_length=120)
    licence = models.CharField(
        "license", max_length=120, help_text="Its type, number and state, as the board writes it."
    )
    supervisor = models.CharField(max_length=80, blank=True, help_text="For an associate.")
    works_with = models.JSONField(default=list, blank=True, help_text="One a line.")
    ways_of_working = models.JSONField(default=list, blank=True, help_text="One a line.")
    formats = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True, help_text="One a line.")
    fees = models.CharField(max_length=120)
    insurers = models.CharField(max_length=200, blank=True)
    experience = models.TextField(
        blank=True, help_text="With faith, culture, bodies, disability: as the therapist says it."
    )
    own_words = models.TextField(blank=True)
    better_elsewhere = models.TextField(
        blank=True, help_text="Who may fit better with someone else."
    )
    accepting = models.BooleanField("takes new people", default=True)
    position = models.PositiveSmallIntegerField(default=10, help_text="The lowest stands first.")
    retired_on = models.DateField(
        "left on", null=True, blank=True,
        help_text="Someone who leaves is not deleted: old requests still name them.",
    )  # fmt: skip

    current_openings: list["Opening"]  # where `with_current_openings` asked for them

    objects = TherapistQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(retired_on=None) | models.Q(accepting=False),
                name="therapist_gone_takes_nobody",
                violation_error_message="Someone who has left takes no new people.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    @property
    def initials(self) -> str:
        return "".join(part[0] for part in self.name.split()[:2])

    @property
    def formats_in_words(self) -> str:
        return " or ".join(Format(each).label.lower() for each in self.formats).capitalize()

    @property
    def facts(self) -> list[dict[str, str]]:
        """The same facts in the same order for everyone, without the empty ones."""
        facts = {
            "Role": self.role,
            "Training": self.credentials,
            "License": self.licence,
            "Supervisor": self.supervisor,
            "Works with": "; ".join(self.works_with),
            "Ways of working": "; ".join(self.ways_of_working),
            "Sessions": self.formats_in_words,
            "Languages": ", ".join(self.languages),
            "Fees": self.fees,
            "Insurance": self.insurers,
            "Experience": self.experience,
            "Who may fit better elsewhere": self.better_elsewhere,
        }
        return [{"term": term, "fact": fact} for term, fact in facts.items() if fact]


class OpeningQuerySet(models.QuerySet["Opening"]):
    def shown(self, today: date) -> Self:
        """Those that someone confirmed lately, with a therapist who takes new people."""
        fresh = self.filter(confirmed_on__gte=today - Opening.FRESH_FOR)
        return fresh.filter(therapist__accepting=True).select_related("therapist", "service")

    def confirm(self, by: "User") -> int:
        """Someone looked today, and these are free. Returns how many."""
        return self.update(confirmed_on=timezone.now().date(), confirmed_by=by)


class Opening(models.Model):
    """A free place with a therapist, and the day on which someone confirmed it."""

    # Older than this it is not shown: nobody is sent to a place that may be gone.
    FRESH_FOR = timedelta(days=28)

    class DayPart(models.TextChoices):
        MORNING = "morning", "Morning"
        MIDDAY = "midday", "Midday"
        AFTERNOON = "afternoon", "Afternoon"
        EVENING = "evening", "Evening"

    therapist = models.ForeignKey(Therapist, models.PROTECT, related_name="openings")
    service = models.ForeignKey(Service, models.PROTECT, related_name="openings")
    format = models.CharField(max_length=10, choices=Format)
    day_part = models.CharField(max_length=10, choices=DayPart)
    confirmed_on = models.DateField(
        help_text=f"After {FRESH_FOR.days} days the site stops showing it until confirmed again."
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = OpeningQuerySet.as_manager()

    class Meta:
        ordering = ["therapist__position", "therapist__name", "service__position", "day_part"]
        constraints = [
            models.UniqueConstraint(
                "therapist", "service", "format", "day_part", name="opening_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.service}, {self.get_format_display().lower()}, {self.get_day_part_display()}"

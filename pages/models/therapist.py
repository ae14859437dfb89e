from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models

from pages.models.as_list import listed
from pages.models.page import Page
from pages.models.practice import Practice

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
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class TherapistQuerySet(models.QuerySet["Therapist"]):
    def here(self) -> Self:
        """Those who work at the practice now."""
        return self.filter(retired_on=None)

    def with_current_openings(self, practice: Practice) -> Self:
        """Each with `current_openings`: the free places that the public may see."""
        free = Opening.objects.shown(practice)
        return self.prefetch_related(models.Prefetch("openings", free, to_attr="current_openings"))

    def to_choose_from(self) -> Self:
        """Each with `offers` and `places`: its services and openings, old ones too. One query."""
        service = ("slug", "name", "position")
        place = ("format", "day_part", "confirmed_on")
        offered = Therapist.services.through._default_manager.all()
        return self.annotate(
            offers=listed(offered, "therapist", **{name: f"service__{name}" for name in service}),
            places=listed(Opening.objects.all(), "therapist", **{name: name for name in place}),
        )


class Therapist(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    pronouns = models.CharField(max_length=30, blank=True)
    role = models.CharField(max_length=80)
    credentials = models.CharField(max_length=120)
    licence = models.CharField(
        "license", max_length=120, help_text="Its type, as the board writes it."
    )
    licence_number = models.CharField("license number", max_length=40, blank=True)
    licence_state = models.CharField("license state", max_length=60, blank=True)
    supervisor = models.CharField(max_length=80, blank=True, help_text="For an associate.")
    services = models.ManyToManyField(
        Service, blank=True, related_name="therapists", help_text="What they offer here."
    )
    works_with = models.JSONField(default=list, blank=True, help_text="One a line.")
    ways_of_working = models.JSONField(default=list, blank=True, help_text="One a line.")
    formats = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True, help_text="One a line.")
    fees = models.CharField(max_length=120)
    insurers = models.JSONField(default=list, blank=True, help_text="One a line.")
    experience = models.TextField(
        blank=True, help_text="With faith, culture, bodies, disability: as the therapist says it."
    )
    one_sentence = models.CharField(
        max_length=200, blank=True, help_text="In their own words; it stands under the name."
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

    version = models.PositiveIntegerField(default=0, editable=False)

    current_openings: list["Opening"]  # where `with_current_openings` asked for them
    offers: list[dict[str, Any]] | None  # where `to_choose_from` asked for them
    places: list[dict[str, Any]] | None

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
    def licence_in_words(self) -> str:
        """Its type, state and number, such as "Licensed psychologist, Oregon, 1234"."""
        parts = (self.licence, self.licence_state, self.licence_number)
        return ", ".join(part for part in parts if part)

    @property
    def facts(self) -> list[dict[str, str]]:
        """The same facts in the same order for everyone, without the empty ones."""
        facts = {
            "Role": self.role,
            "Training": self.credentials,
            "License": self.licence_in_words,
            "Supervisor": self.supervisor,
            "Works with": "; ".join(self.works_with),
            "Ways of working": "; ".join(self.ways_of_working),
            "Sessions": self.formats_in_words,
            "Languages": ", ".join(self.languages),
            "Fees": self.fees,
            "Insurance": ", ".join(self.insurers),
            "Experience": self.experience,
            "Who may fit better elsewhere": self.better_elsewhere,
        }
        return [{"term": term, "fact": fact} for term, fact in facts.items() if fact]


class OpeningQuerySet(models.QuerySet["Opening"]):
    def shown(self, practice: Practice) -> Self:
        """Those that someone confirmed lately, with a therapist who takes new people."""
        oldest = practice.today() - timedelta(days=practice.openings_fresh_days)
        fresh = self.filter(confirmed_on__gte=oldest)
        return fresh.filter(therapist__accepting=True).select_related("therapist")

    def confirm(self, by: "User", practice: Practice) -> int:
        """Someone looked today, and these are free. Returns how many."""
        return self.update(confirmed_on=practice.today(), confirmed_by=by)


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

    objects = OpeningQuerySet.as_manager()

    class Meta:
        ordering = ["therapist__position", "therapist__name", "format", "day_part"]
        constraints = [
            models.UniqueConstraint("therapist", "format", "day_part", name="opening_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_format_display()}, {self.get_day_part_display().lower()}"


class Rendition(models.Model):
    """A therapist's portrait at one size and in one format, as it is served."""

    class Kind(models.TextChoices):
        AVIF = "avif", "AVIF"
        JPEG = "jpeg", "JPEG"

    therapist = models.ForeignKey(Therapist, models.CASCADE, related_name="renditions")
    sha256 = models.CharField(max_length=64, unique=True)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    format = models.CharField(max_length=4, choices=Kind)
    bytes = models.BinaryField()

    class Meta:
        ordering = ["width", "format"]
        constraints = [
            models.UniqueConstraint("therapist", "width", "format", name="rendition_once")
        ]

    def __str__(self) -> str:
        return f"{self.therapist}, {self.width} px, {self.get_format_display()}"

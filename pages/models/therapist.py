from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils.text import Truncator

from pages import portraits
from pages.models.as_list import listed
from pages.models.page import Page
from pages.models.practice import Practice
from pages.sentences import lowered

if TYPE_CHECKING:
    from pages.models.opening import Opening
    from pages.models.rendition import Portrait, Rendition


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

    @property
    def in_a_sentence(self) -> str:
        return lowered(self.name)


class TherapistQuerySet(models.QuerySet["Therapist"]):
    def here(self) -> Self:
        """Those who work at the practice now."""
        return self.filter(retired_on=None)

    def taking(self) -> Self:
        """Those who take new people."""
        return self.filter(accepting=True)

    def to_choose_from(self) -> Self:
        """Each with `offers` and `places`: its services and openings, old ones too. One query."""
        service = ("slug", "name", "position")
        place = ("format", "day_part", "confirmed_on")
        from pages.models.opening import Opening

        openings = Opening.objects.all()
        offered = Therapist.services.through._default_manager.all()
        return self.annotate(
            offers=listed(offered, "therapist", **{name: f"service__{name}" for name in service}),
            places=listed(openings, "therapist", **{name: name for name in place}),
        )

    def with_all_to_show(self, practice: Practice) -> Self:
        """Each with `listed_openings`, those to ask about too, and with what `portrait` needs."""
        from pages.models.opening import Opening
        from pages.models.rendition import Rendition

        openings = Opening.objects.listed(practice)
        renditions = Rendition.objects.without_bytes()
        return self.prefetch_related(
            models.Prefetch("openings", openings, to_attr="listed_openings"),
            models.Prefetch("renditions", renditions, to_attr="light_renditions"),
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

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True,
        related_name="therapist", verbose_name="account",
        help_text="With which they sign in. They see the requests that ask for them.",
    )  # fmt: skip
    version = models.PositiveIntegerField(default=0, editable=False)

    offers: list[dict[str, Any]] | None  # where `to_choose_from` asked for them
    places: list[dict[str, Any]] | None
    listed_openings: list["Opening"]  # where `with_all_to_show` asked for them, as the next
    light_renditions: list["Rendition"]

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

    def get_absolute_url(self) -> str:
        return reverse("therapist", args=[self.slug])

    @transaction.atomic
    def show_portrait(self, made: Iterable[portraits.Made]) -> None:
        """In place of the one before. No picture at all brings back the ring with initials."""
        self.renditions.all().delete()
        for each in made:
            self.renditions.create(
                sha256=each.sha256, width=each.width, height=each.height, format=each.format,
                bytes=each.bytes,
            )  # fmt: skip

    @property
    def has_room(self) -> bool:
        """Something that someone confirmed lately. Where `with_all_to_show` asked."""
        return any(each.fresh for each in self.listed_openings)

    @property
    def portrait(self) -> "Portrait | None":
        from pages.models.rendition import Portrait

        if not hasattr(self, "light_renditions"):
            self.light_renditions = list(self.renditions.without_bytes())
        return Portrait(self.light_renditions) if self.light_renditions else None

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
    def description(self) -> str:
        """For search engines: who they are, in 150 characters or fewer."""
        about = f"{self.name}: {self.role}. Whom they work with, languages, fees and open places."
        return Truncator(about).chars(150)

    @property
    def facts(self) -> list[dict[str, str]]:
        """The same facts in the same order for everyone, without the empty ones."""
        facts = {
            "Role": self.role,
            "Training": self.credentials,
            "Supervisor": self.supervisor,
            "Works with": "; ".join(self.works_with),
            "Ways of working": "; ".join(self.ways_of_working),
            "Sessions": self.formats_in_words,
            "Languages": ", ".join(self.languages),
            "Fees": self.fees,
            "Insurance": ", ".join(self.insurers),
            "Experience": self.experience,
        }
        return [{"term": term, "fact": fact} for term, fact in facts.items() if fact]

import re
from datetime import date, datetime, time, timedelta
from typing import cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.safestring import SafeString

from pages import phone, rendering
from pages.models.crisis_line import CrisisLine, Region, first_of
from pages.models.hours import OpeningHours, in_words
from pages.sentences import in_a_word, joined, weekday_and_date

DEFAULT_EXIT = "https://www.weather.gov"


def days(count: int) -> str:
    return "one day" if count == 1 else f"{count} days"


def known_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError('Name a time zone such as "America/Los_Angeles".')


def reachable(address: str) -> None:
    if not re.match(r"https://[^\s/]+\.\S+$|mailto:[^\s@]+@[^\s@]+$|tel:\+?\d+$", address):
        raise ValidationError("Enter an address that begins with https://, mailto: or tel:.")


class Practice(models.Model):
    """The one row of facts about the practice."""

    class Channel(models.TextChoices):
        CALL = "call", "Phone call"
        TEXT = "text", "Text message"
        EMAIL = "email", "Email"
        OWN = "own", "The person contacts us"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=80)
    is_example = models.BooleanField(
        "this is the example practice", default=False,
        help_text="Untick it once all the facts on this screen are your own. Until then the site "
        "says that it is an example.",
    )  # fmt: skip
    phone = models.CharField(
        max_length=30,
        help_text="As you would print it on a card. It stands at the foot of every page.",
    )
    text_number = models.CharField(
        "number for texts",
        max_length=30,
        blank=True,
        help_text="Where people see your texts come from. Empty if you do not text.",
    )
    street = models.CharField(max_length=120)
    town = models.CharField(max_length=80)
    state = models.CharField(max_length=60)
    postal_code = models.CharField(max_length=12)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="practices",
        help_text="It decides which crisis lines every page, the form and the mail name, and how "
        "phone numbers are read.",
    )  # fmt: skip
    time_zone = models.CharField(
        max_length=60, validators=[known_time_zone],
        help_text='Your own clock, such as "America/Los_Angeles". The promise, openings and pauses '
        "go by it.",
    )  # fmt: skip
    service_states = models.JSONField(
        "states served", default=list,
        help_text="One a line. Where your therapists are licensed to see people.",
    )  # fmt: skip
    promise_working_days = models.PositiveSmallIntegerField(
        default=2, validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text="Within how many working days everyone who writes hears from you. The promise on "
        "the site is worked out from this, the hours and the holidays below.",
    )  # fmt: skip
    paused_until = models.DateField(
        null=True, blank=True,
        help_text="The first day you are back, such as 2026-12-07. Until then the site says that "
        "you are away, and no promise falls before that day. The pause ends by itself at "
        "midnight. Leave it empty when you are here.",
    )  # fmt: skip
    pause_sentence = models.CharField(
        max_length=200, blank=True,
        help_text="One sentence that is said after the date, such as “We are on our yearly break.” "
        "Leave it empty to say only the date.",
    )  # fmt: skip
    openings_fresh_days = models.PositiveSmallIntegerField(
        "an opening is true for", default=28,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="For so many days after someone confirmed it the site shows an opening. After "
        "that it says “ask us”.",
    )  # fmt: skip
    waiting_list_weeks = models.PositiveSmallIntegerField(
        "weeks between check-ins", default=3,
        validators=[MinValueValidator(1), MaxValueValidator(26)],
        help_text="Every so many weeks you check in with people on your list. The form says so "
        "when there is no opening.",
    )  # fmt: skip
    words_kept_days = models.PositiveSmallIntegerField(
        "days until words are erased", default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="So many days after a request is closed, what the person wrote is erased, and "
        "what you wrote about it. It counts for requests that are closed from now on.",
    )  # fmt: skip
    identity_kept_days = models.PositiveSmallIntegerField(
        "days until name and number are erased", default=90,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
        help_text="So many days after a request is closed, the name and how to reach the person "
        "are erased too. A line of choices and dates without a name stays, so that your counts "
        "stay true. The privacy page says both numbers by itself.",
    )  # fmt: skip
    backups_kept_days = models.PositiveSmallIntegerField(
        "days until backups and keys end", default=35, db_default=35,
        validators=[MinValueValidator(7), MaxValueValidator(90)],
        help_text="What is erased lies on in older backups, sealed to the key of its time. Backups "
        "are removed before they are older than so many days, and a key is replaced when it is "
        "that old. The pages tell people the number.",
    )  # fmt: skip
    others = models.TextField(
        "names of others", blank=True,
        help_text="Who else may have room when you do not. It is shown on the site, in Markdown.",
    )  # fmt: skip
    first_reader = models.CharField(
        max_length=60, help_text="Who reads a contact request first. The form names them."
    )
    first_reader_role = models.CharField(
        max_length=80, help_text='Said after the name, such as "our front desk lead".'
    )
    first_call_minutes = models.PositiveSmallIntegerField(
        default=15,
        help_text="How long the first, free talk takes. The form says so.",
    )
    fee = models.CharField(
        max_length=60,
        help_text="What a session costs, such as “$140 to $180”. It is said in a sentence.",
    )
    insurers = models.CharField(
        max_length=200, help_text="Those you bill, as they are said in a sentence."
    )
    channels = models.JSONField(
        "ways to reach people", default=list, help_text="The ways you can reach people who write."
    )
    exit_url = models.URLField(
        "where “Leave this site” goes", default=DEFAULT_EXIT,
        validators=[URLValidator(schemes=["https"])],
        help_text="“Leave this site” opens this address. Choose a quick, neutral site that many "
        "people use, such as a weather page. It begins with https://.",
    )  # fmt: skip
    neutral_sender = models.CharField(
        max_length=60,
        help_text="The name that mail comes from, such as a first name or the town. Never the "
        "practice's name: someone else may see the inbox.",
    )
    security_contact = models.CharField(
        "where to report a weakness", max_length=200, blank=True, validators=[reachable],
        help_text="Where someone can report a weakness of this site: an address that begins with "
        "https://, or a mail address. Empty, your phone number is given.",
    )  # fmt: skip
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name_plural = "practice"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="practice_one_row"),
            models.CheckConstraint(
                condition=models.Q(promise_working_days__range=(1, 10)),
                name="practice_promise_within_ten_days",
            ),
            models.CheckConstraint(
                condition=models.Q(openings_fresh_days__range=(1, 365)),
                name="practice_openings_fresh_within_a_year",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    words_kept_days__range=(1, 365),
                    identity_kept_days__range=(models.F("words_kept_days"), 730),
                ),
                name="practice_words_go_first",
            ),
            models.CheckConstraint(
                condition=models.Q(backups_kept_days__range=(7, 90)),
                name="practice_backups_end_within_ninety_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Practice":
        """The one row. Raises DoesNotExist before the starter is loaded."""
        return cls.objects.select_related("region").get()

    @classmethod
    def of(cls, request: HttpRequest) -> "Practice":
        """The same, for what is only shown: kept in memory until the site revision moves on."""
        from pages.models.revision import current_practice  # it asks the practice what comes next

        if not hasattr(request, "_practice"):
            request._practice = current_practice()  # type: ignore[attr-defined]
        found: Practice = request._practice  # type: ignore[attr-defined]
        return found

    @cached_property
    def hours(self) -> list[OpeningHours]:
        """Read once, and only where something says them."""
        return list(self.opening_hours.all())

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self, now: datetime | None = None) -> date:
        """The day it is where the practice is."""
        return (now or timezone.now()).astimezone(self.tz).date()

    @property
    def away_until(self) -> date | None:
        """The first day back, while there is a pause. It ends by itself, at midnight here."""
        back = self.paused_until
        return back if back and back > self.today() else None

    def next_turn(self, now: datetime) -> datetime:
        """The practice's next midnight, opening or closing, whichever comes first."""
        today = self.today(now)
        clocks = [
            at
            for hours in self.hours
            if hours.weekday == today.weekday()
            for at in (hours.opens, hours.closes)
        ]
        moments = [datetime.combine(today, at, self.tz) for at in clocks]
        midnight = datetime.combine(today + timedelta(days=1), time(), self.tz)
        return min(moment for moment in [*moments, midnight] if moment > now)

    @property
    def phone_link(self) -> str:
        return phone.link(self.phone, self.region.country)

    @property
    def text_link(self) -> str:
        return phone.link(self.text_number, self.region.country)

    @property
    def address(self) -> str:
        return f"{self.street}, {self.town}, {self.state} {self.postal_code}"

    @property
    def exit_name(self) -> str:
        """Where "Leave this site" goes, inside a sentence."""
        host = urlsplit(self.exit_url).hostname or ""
        return "a weather page" if self.exit_url == DEFAULT_EXIT else host.removeprefix("www.")

    @property
    def hours_in_words(self) -> str:
        """Such as "Monday to Thursday, 9 to 5 and Friday, 9 to 12"."""
        return in_words(self.hours)

    @property
    def call_hours(self) -> str:
        """When someone picks up, such as "Monday to Friday, 9 to 5, from Monday, December 7"."""
        back = self.away_until
        hours = [self.hours_in_words, f"from {weekday_and_date(back)}" if back else ""]
        return ", ".join(part for part in hours if part)

    @property
    def check_in_rhythm(self) -> str:
        """How often people on the list hear, after "every": "week", "three weeks"."""
        weeks = self.waiting_list_weeks
        return "week" if weeks == 1 else f"{in_a_word(weeks)} weeks"

    @cached_property
    def crisis_lines(self) -> dict[str, list[CrisisLine]]:
        """The lines of its region in their groups, read once."""
        return CrisisLine.objects.in_groups(self)

    @property
    def crisis(self) -> dict[str, CrisisLine]:
        """The one line of each kind that short sentences name."""
        return first_of(self.crisis_lines)

    @property
    def others_html(self) -> SafeString:
        """Who else may have room. '' where staff named no one."""
        return rendering.render(self.others, rendering.Context(facts=self.facts()))

    def facts(self) -> dict[str, str]:
        """What `{name}` in a text stands for. Without a line to name, its fact is missing."""
        return {
            "practice": self.name,
            "phone": phone.Number(self.phone, self.phone_link),
            "first_reader": self.first_reader,
            "exit": self.exit_name,
            "hours": cast("str", SimpleLazyObject(lambda: self.hours_in_words)),  # if a text asks
            "state": self.state,
            "states": joined(self.service_states),
            "town": self.town,
            "address": self.address,
            "fee": self.fee,
            "insurers": self.insurers,
            "first_call_minutes": str(self.first_call_minutes),
            "words_kept": days(self.words_kept_days),
            "identity_kept": days(self.identity_kept_days),
            "backups_kept": days(self.backups_kept_days),
            **self.crisis_facts(),
        }

    def crisis_facts(self) -> dict[str, str]:
        """`{danger_call}`, `{crisis_call}`, `{home_call}`, `{child_call}`, and their names."""
        named = {"danger": "danger", "talk": "crisis", "home": "home", "child": "child"}
        lines = {named[kind]: line for kind, line in self.crisis.items() if kind in named}
        calls = {
            f"{name}_call": phone.Number(line.call_shown, line.call_link)
            for name, line in lines.items()
        }
        return {**calls, **{f"{name}_name": line.name for name, line in lines.items()}}

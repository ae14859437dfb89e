from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.core.validators import RegexValidator
from django.db import models

from pages import phone

if TYPE_CHECKING:
    from pages.models.practice import Practice

only_digits = RegexValidator(
    r"^(\d[\d ]*)?$", "Use digits, with spaces as the line itself writes them, and no dashes."
)
# Numbers change: who has not looked at a line's own site for so long looks again.
LOOK_AGAIN_AFTER = timedelta(days=90)


class Region(models.Model):
    """Where the practice works; it decides which crisis lines are shown."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def country(self) -> str:
        """Whose telephone numbers its people write: "us" also for a part of it, "us-or"."""
        return self.code.split("-")[0]


def late(today: date) -> models.Q:
    return models.Q(checked_on=None) | models.Q(checked_on__lt=today - LOOK_AGAIN_AFTER)


class CrisisLineQuerySet(models.QuerySet["CrisisLine"]):
    def to_look_at(self, today: date) -> Self:
        """Those whose own site nobody has looked at, or not for a long time."""
        return self.filter(late(today)).order_by(*CrisisLine.AS_SHOWN)

    def with_late(self, today: date) -> Self:
        """Each with `late`: whether it is to be looked at."""
        return self.annotate(late=models.ExpressionWrapper(late(today), models.BooleanField()))

    def in_groups(self, practice: "Practice") -> dict[str, list["CrisisLine"]]:
        """The lines of the practice's region under each group's name, in their order."""
        groups: dict[str, list[CrisisLine]] = {group: [] for group in CrisisLine.Group.values}
        for line in self.filter(region=practice.region_id).select_related("region"):
            groups[line.group].append(line)
        return groups


class CrisisLine(models.Model):
    class Group(models.TextChoices):
        DANGER = "danger", "Someone is in danger"
        TALK = "talk", "Talk to someone"
        HOME = "home", "Hurt or controlled at home"
        CHILD = "child", "A child is hurt or scared"
        MORE = "more", "Further lines"

    region = models.ForeignKey(Region, models.PROTECT, related_name="crisis_lines")
    group = models.CharField(max_length=10, choices=Group)
    position = models.PositiveSmallIntegerField(default=10, help_text="The lowest stands first.")
    name = models.CharField(max_length=80)
    what = models.CharField(
        max_length=200, help_text="When to use it, said to the person in one or two sentences."
    )
    call = models.CharField(
        "number to call", max_length=15, blank=True, validators=[only_digits],
        help_text="Digits, in the groups in which the line says it. Leave it empty where one can "
        "only text.",
    )  # fmt: skip
    text_number = models.CharField(
        "number to text", max_length=15, blank=True, validators=[only_digits]
    )
    text_word = models.CharField(
        "word to text", max_length=20, blank=True,
        help_text="The word to send. Leave it empty where any word will do.",
    )  # fmt: skip
    how = models.TextField(help_text="Who answers, what it costs, when, what shows on the phone.")
    checked_on = models.DateField(
        null=True, blank=True,
        help_text="When someone last looked at the line's own site. Look before you go live.",
    )  # fmt: skip
    source_url = models.URLField("the line's own site")

    objects = CrisisLineQuerySet.as_manager()

    # The order of the page of numbers: who is in danger first.
    AS_SHOWN = (
        models.Case(*(models.When(group=g, then=n) for n, g in enumerate(Group.values))),
        "position",
        "name",
    )

    class Meta:
        ordering = ["group", "position", "name"]
        constraints = [
            models.UniqueConstraint("region", "group", "name", name="crisis_line_once"),
            models.CheckConstraint(
                condition=~models.Q(call="", text_number=""), name="crisis_line_has_number"
            ),
            models.CheckConstraint(
                condition=models.Q(text_word="") | ~models.Q(text_number=""),
                name="crisis_line_word_has_number",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def call_link(self) -> str:
        return phone.link(self.call, self.region.country)

    @property
    def call_shown(self) -> str:
        return phone.shown(self.call, self.region.country)

    @property
    def text_link(self) -> str:
        return phone.link(self.text_number, self.region.country)

    @property
    def text_shown(self) -> str:
        return phone.shown(self.text_number, self.region.country)

    @property
    def same_number(self) -> bool:
        """Whether one calls and texts the same number, so that it is said once."""
        return bool(self.call) and self.call_link == self.text_link and not self.text_word


def first_of(groups: dict[str, list[CrisisLine]]) -> dict[str, CrisisLine]:
    """What short sentences name: the first line of each group that one can call.

    And `text`: the first one to talk to that one can write to, whether it is the same or another.
    """
    named = {
        group: next((line for line in lines if line.call), None)
        for group, lines in groups.items()
        if group != CrisisLine.Group.MORE
    }
    talk = groups.get(CrisisLine.Group.TALK, [])
    named["text"] = next((line for line in talk if line.text_number), None)
    return {kind: line for kind, line in named.items() if line}

from typing import TYPE_CHECKING

from django.core.validators import RegexValidator
from django.db import models

from pages import phone

if TYPE_CHECKING:
    from pages.models.practice import Practice

only_digits = RegexValidator(r"^\d*$", "Use digits only, without spaces or dashes.")


class Region(models.Model):
    """Where the practice works; it decides which crisis lines are shown."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CrisisLineQuerySet(models.QuerySet["CrisisLine"]):
    def in_groups(self, practice: "Practice") -> dict[str, list["CrisisLine"]]:
        """The lines of the practice's region under each group's name, in their order."""
        groups: dict[str, list[CrisisLine]] = {group: [] for group in CrisisLine.Group.values}
        for line in self.filter(region=practice.region_id):
            groups[line.group].append(line)
        return groups


class CrisisLine(models.Model):
    class Group(models.TextChoices):
        DANGER = "danger", "Someone is in danger"
        TALK = "talk", "Talk to someone"
        HOME = "home", "Hurt or controlled at home"
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
        help_text="Digits only. Leave it empty where one can only text.",
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
        return phone.link(self.call)

    @property
    def call_shown(self) -> str:
        return phone.shown(self.call)

    @property
    def text_link(self) -> str:
        return phone.link(self.text_number)

    @property
    def text_shown(self) -> str:
        return phone.shown(self.text_number)

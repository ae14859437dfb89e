"""When the practice is open, and how that is said."""

from collections.abc import Iterable
from datetime import time
from itertools import groupby

from django.db import models

from pages.sentences import full_date, joined


class OpeningHours(models.Model):
    class Weekday(models.IntegerChoices):
        MONDAY = 0
        TUESDAY = 1
        WEDNESDAY = 2
        THURSDAY = 3
        FRIDAY = 4
        SATURDAY = 5
        SUNDAY = 6

    practice = models.ForeignKey("pages.Practice", models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        verbose_name_plural = "opening hours"
        ordering = ["weekday", "opens"]
        constraints = [
            models.UniqueConstraint("practice", "weekday", "opens", name="hours_once"),
            models.CheckConstraint(
                condition=models.Q(opens__lt=models.F("closes")), name="hours_open_before_close"
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__range=(0, 6)), name="hours_on_a_weekday"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()}, {clock(self.opens)} to {clock(self.closes)}"


class Holiday(models.Model):
    """A day on which the practice is closed; no promise falls on it."""

    practice = models.ForeignKey("pages.Practice", models.CASCADE, related_name="holidays")
    date = models.DateField(unique=True)
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.name}, {full_date(self.date)}"


def clock(at: time) -> str:
    """Half past five in the afternoon is "5:30"."""
    hour = at.hour % 12 or 12
    return f"{hour}:{at.minute:02}" if at.minute else str(hour)


def in_words(hours: Iterable[OpeningHours]) -> str:
    """Neighbouring days with the same hours are said together."""
    days = {
        day: joined(f"{clock(each.opens)} to {clock(each.closes)}" for each in those)
        for day, those in groupby(hours, key=lambda each: each.weekday)
    }
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1 and days[day] == days[day - 1]:
            runs[-1].append(day)
        else:
            runs.append([day])
    return joined(f"{_span(run)}, {days[run[0]]}" for run in runs)


def _span(run: list[int]) -> str:
    first, last = (OpeningHours.Weekday(day).label for day in (run[0], run[-1]))
    return first if len(run) == 1 else f"{first} to {last}"

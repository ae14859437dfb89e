"""How long a practice was open between two moments. Pure: seconds in, seconds out."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from intake.promise import OFFICE_HOURS, Clock

ONE_DAY = timedelta(days=1)


class OpenTime:
    """Set up once for a span of time; then each question is two look-ups.

    By the hours and holidays of today. That the practice was on pause is not known afterwards, so
    a pause counts as time in which people waited.
    """

    def __init__(self, clock: Clock, first: datetime, last: datetime) -> None:
        day, end = first.astimezone(clock.tz).date(), last.astimezone(clock.tz).date()
        # When it opens or closes, how long it was open until then, and whether it is from then on:
        # in whole seconds, as they are compared fastest.
        self.turns, self.sums, self.is_open = [0], [0], [0]
        while day <= end:
            for opens, closes in _spans(clock, day):
                self.turns += opens, closes
                self.sums += self.sums[-1], self.sums[-1] + closes - opens
                self.is_open += 1, 0
            day += ONE_DAY

    def until(self, *moments: float) -> list[float]:
        """How long it was open from the first day on."""
        turns, sums, is_open = self.turns, self.sums, self.is_open
        last = [bisect_right(turns, at) - 1 for at in moments]
        return [
            sums[turn] + at - turns[turn] if is_open[turn] else sums[turn]
            for at, turn in zip(moments, last, strict=True)
        ]

    def between(self, start: float, end: float) -> float:
        began, ended = self.until(start, end)
        return max(ended - began, 0.0)


def _spans(clock: Clock, day: date) -> Iterator[tuple[int, int]]:
    """A day's opening times, without those that lie inside another."""
    if day in clock.holidays:
        return
    hours = [each for each in clock.hours or OFFICE_HOURS if each.weekday == day.weekday()]
    closed_at = 0
    for each in sorted(hours, key=lambda span: span.opens):
        opens = int(datetime.combine(day, each.opens, tzinfo=clock.tz).timestamp())
        closes = int(datetime.combine(day, each.closes, tzinfo=clock.tz).timestamp())
        if closes > closed_at:
            yield max(opens, closed_at), closes
            closed_at = closes

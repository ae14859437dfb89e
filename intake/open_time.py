"""How long a practice was open between two moments. Pure: seconds in, seconds out."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import accumulate

from intake.promise import OFFICE_HOURS, Clock

ONE_DAY = timedelta(days=1)


class OpenTime:
    """Set up once for a span of time; then each question is two look-ups.

    By the hours and holidays of today. That the practice was on pause is not known afterwards, so
    a pause counts as time in which people waited.
    """

    def __init__(self, clock: Clock, first: datetime, last: datetime) -> None:
        day, end = first.astimezone(clock.tz).date(), last.astimezone(clock.tz).date()
        spans: list[tuple[float, float]] = []
        while day <= end:
            spans += _spans(clock, day)
            day += ONE_DAY
        self.opens = [opens for opens, _ in spans]
        self.lengths = [closes - opens for opens, closes in spans]
        self.sums = [0.0, *accumulate(self.lengths)]

    def until(self, at: float) -> float:
        """How long it was open from the first day on."""
        index = bisect_right(self.opens, at) - 1
        if index < 0:
            return 0.0
        return self.sums[index] + min(at - self.opens[index], self.lengths[index])

    def between(self, start: float, end: float) -> float:
        return max(self.until(end) - self.until(start), 0.0)


def _spans(clock: Clock, day: date) -> Iterator[tuple[float, float]]:
    """A day's opening times, without those that lie inside another."""
    if day in clock.holidays:
        return
    hours = [each for each in clock.hours or OFFICE_HOURS if each.weekday == day.weekday()]
    closed_at = 0.0
    for each in sorted(hours, key=lambda span: span.opens):
        opens = datetime.combine(day, each.opens, tzinfo=clock.tz).timestamp()
        closes = datetime.combine(day, each.closes, tzinfo=clock.tz).timestamp()
        if closes > closed_at:
            yield max(opens, closed_at), closes
            closed_at = closes

"""Counts that may leave the house: none under five, and none that can be worked out. Pure.

Whoever knows a total and all its parts but one knows that one too. So where hiding the small
counts is not enough, larger ones beside them are held back, the smallest first, until every small
count could still be more than one number.
"""

from collections.abc import Iterable, Sequence

SMALL = 5
FEW = f"<{SMALL}"
HELD_BACK = "held back"

Line = Sequence[int]  # places of the parts in a list of counts; the last is their total's


def shown(counts: Sequence[int], lines: Iterable[Line]) -> list[str]:
    """Each count as it may be shown. `lines` are all the sums that a reader knows of."""
    hidden = {place for place, count in enumerate(counts) if count < SMALL}
    lines = list(lines)
    while (more := _next(counts, lines, hidden)) is not None:
        hidden.add(more)
    return [_cell(count, place in hidden) for place, count in enumerate(counts)]


def _cell(count: int, hidden: bool) -> str:
    if not hidden:
        return str(count)
    return FEW if count < SMALL else HELD_BACK


def _next(counts: Sequence[int], lines: list[Line], hidden: set[int]) -> int | None:
    """The place to hold back next; None where nothing can be worked out."""
    for line in lines:
        if _tells(counts, line, hidden):
            return _smallest(counts, line, hidden)
    return None


def _smallest(counts: Sequence[int], line: Line, hidden: set[int]) -> int:
    *parts, total = line
    open_parts = [place for place in parts if place not in hidden]
    return min(open_parts, key=lambda place: counts[place], default=total)


def _tells(counts: Sequence[int], line: Line, hidden: set[int]) -> bool:
    """Whether something that is hidden in this sum can be one number only."""
    total = line[-1]
    unknown = [place for place in line if place in hidden]
    if len(unknown) < 2 or total in hidden:
        return len(unknown) == 1
    small = [counts[place] for place in unknown if counts[place] < SMALL]
    back = [counts[place] for place in unknown if counts[place] >= SMALL]
    rest = sum(small) + sum(back)
    least = 0 if back else max(0, rest - (SMALL - 1) * (len(small) - 1))
    most = min(SMALL - 1, rest - SMALL * len(back))
    return bool(small) and most <= least

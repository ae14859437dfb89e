"""A report as rows of a file. It leaves the house, so small counts stay behind."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from intake import small_counts
from intake.reports import Report, Waits, how_found_labels, origin_labels, outcome_labels

HEADING = ("Part", "Row", "Column", "Value")
ALL = "All"

Row = tuple[str, str, str, str]


@dataclass
class Sheet:
    """Every count of the file, and every sum among them that a reader knows of.

    All parts are parts of one total, so what is held back is decided for all together.
    """

    names: list[tuple[str, str, str]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    lines: list[list[int]] = field(default_factory=list)

    def put(self, part: str, row: str, column: str, count: int) -> int:
        """Where it stands."""
        self.names.append((part, row, column))
        self.counts.append(count)
        return len(self.counts) - 1

    def rows(self) -> Iterator[Row]:
        shown = small_counts.shown(self.counts, self.lines)
        return ((*name, value) for name, value in zip(self.names, shown, strict=True))


def rows_of(found: Report) -> Iterator[Row]:
    sheet = Sheet()
    total = sheet.put(ALL, "Requests", ALL, found.total)
    for part, counts in _parts(found).items():
        places = [sheet.put(part, row, "Requests", count) for row, count in counts.items()]
        sheet.lines.append([*places, total])
    _by_week(sheet, found, total)
    yield from sheet.rows()
    yield from _waits("First try", found.first_try)
    yield from _waits("First talk", found.first_talk)


def _parts(found: Report) -> dict[str, dict[str, int]]:
    """Each divides all requests. Choices that nobody made stand there too, as few."""
    total, promise = found.total, found.promise
    tried, talked = len(found.tries), len(found.talks)
    counted = promise.kept + promise.late
    return {
        "How they found us": _labelled(found.how_found, how_found_labels()),
        "How it ended": _labelled(found.outcomes, outcome_labels()),
        "Promise": {"Kept": promise.kept, "Late": promise.late, "Not counted": total - counted},
        "First try": {"Tried": tried, "Not counted": total - tried},
        "First talk": {"Talked": talked, "Not counted": total - talked},
    }


def _labelled(counts: Counter[str], labels: dict[str, str]) -> dict[str, int]:
    keys = [*labels, *sorted(set(counts) - set(labels))]
    return {labels.get(key, key): counts[key] for key in keys}


def _by_week(sheet: Sheet, found: Report, total: int) -> None:
    part, sources = "Week and source", origin_labels()
    columns: dict[str, list[int]] = {key: [] for key in [*sources, ALL]}
    for start, counter in zip(found.weeks.starts, found.by_week, strict=True):
        row = {key: sheet.put(part, str(start), sources[key], counter[key]) for key in sources}
        row[ALL] = sheet.put(part, str(start), ALL, counter.total())
        sheet.lines.append(list(row.values()))
        for key, place in row.items():
            columns[key].append(place)
    sums = {key: sum(sheet.counts[place] for place in columns[key]) for key in sources}
    ends = [sheet.put(part, ALL, sources[key], count) for key, count in sums.items()]
    sheet.lines += [[*columns[key], end] for key, end in zip(sources, ends, strict=True)]
    sheet.lines += [[*columns[ALL], total], [*ends, total]]


def _waits(row: str, waits: Waits) -> Iterator[Row]:
    """A median of few would be one person's own."""
    for column, hours in (("Median", waits.median), ("90th percentile", waits.ninetieth)):
        few = hours is None or waits.count < small_counts.SMALL
        value = small_counts.HELD_BACK if few else f"{hours:.1f}"
        yield "Opening hours until", row, column, value

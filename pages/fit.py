"""Who may fit: a person's choices beside what each therapist says. Pure.

Each question that was answered comes out on one side for each therapist, in words: it fits, or it
does not match. Whoever has the fewest lines that do not match stands first; the practice's own
order settles the rest. Nothing is counted for anyone to see.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from itertools import groupby
from operator import attrgetter

from pages.sentences import joined, lowered

FORMATS = {"in_person": "in person", "online": "online"}
DAY_PARTS = {
    "morning": "in the morning",
    "midday": "in the middle of the day",
    "afternoon": "in the afternoon",
    "evening": "in the evening",
}
ANY = ""  # the answer of someone who does not mind
SELF, PLAN = "self", "plan "  # before the name of an insurer
MOST_RADIOS = 8
MOST_NAMES = 3


@dataclass(frozen=True, order=True)
class Service:
    """In the practice's order."""

    position: int
    name: str
    slug: str


@dataclass(frozen=True)
class Opening:
    """`fresh`: confirmed so lately that the public may count on it."""

    format: str
    day_part: str
    confirmed_on: date
    fresh: bool = True

    @property
    def place(self) -> str:
        return f"{FORMATS[self.format]} {DAY_PARTS[self.day_part]}"

    def suits(self, times: Sequence[str], formats: Sequence[str]) -> bool:
        """No format means any."""
        return self.day_part in times and (not formats or self.format in formats)


@dataclass(frozen=True)
class Therapist:
    """What a therapist says of the things that the questions ask about."""

    slug: str
    name: str
    role: str = ""
    services: tuple[Service, ...] = ()
    formats: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    insurers: tuple[str, ...] = ()
    openings: tuple[Opening, ...] = ()
    accepting: bool = True

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    @property
    def free(self) -> list[Opening]:
        """In the order of the day. Someone who takes no one has none."""
        parts = list(DAY_PARTS)
        by_day = sorted(self.openings, key=lambda each: (parts.index(each.day_part), each.format))
        return by_day if self.accepting else []


@dataclass(frozen=True)
class Option:
    value: str
    words: str
    chosen: bool = False


@dataclass(frozen=True)
class Question:
    name: str
    words: str
    options: tuple[Option, ...]
    several: bool = False
    short: bool = False  # the options stand side by side where there is room

    @property
    def is_long(self) -> bool:
        return not self.several and len(self.options) > MOST_RADIOS

    @property
    def tells_apart(self) -> bool:
        return sum(option.value != ANY for option in self.options) > 1

    @property
    def answers(self) -> tuple[Option, ...]:
        """What was chosen and says something."""
        return tuple(option for option in self.options if option.chosen and option.value != ANY)

    def choosing(self, values: Sequence[str]) -> "Question":
        """The same with these chosen, if they are options. Of two where one is asked, the last."""
        known = [value for value in values if value in {each.value for each in self.options}]
        kept = known if self.several else known[-1:]
        options = (replace(option, chosen=option.value in kept) for option in self.options)
        return replace(self, options=tuple(options))


class Side(Enum):
    FITS = "fits"
    ASK = "ask"  # nobody confirmed it lately
    NOT = "not"


@dataclass(frozen=True)
class Line:
    side: Side
    words: str


@dataclass(frozen=True)
class Match:
    """One therapist beside the choices."""

    therapist: Therapist
    lines: tuple[Line, ...]

    @property
    def fits(self) -> list[str]:
        return [line.words for line in self.lines if line.side is Side.FITS]

    @property
    def misses(self) -> list[str]:
        return [line.words for line in self.lines if line.side is not Side.FITS]

    @property
    def distance(self) -> tuple[int, int]:
        """The lines that do not match, and those of them that are a plain no."""
        sides = [line.side for line in self.lines]
        return len(self.misses), sides.count(Side.NOT)


@dataclass(frozen=True)
class Answer:
    """All therapists, closest first. `chosen`: what was asked for, in words."""

    chosen: tuple[str, ...]
    matches: tuple[Match, ...]

    @property
    def is_found(self) -> bool:
        """Whether someone fits all of it."""
        return any(not match.misses for match in self.matches)

    @property
    def is_full(self) -> bool:
        return not any(match.therapist.accepting for match in self.matches)

    @property
    def closest(self) -> str:
        """Who comes closest, in a sentence."""
        nearest = [m.therapist.name for m in self.matches if m.distance == self.matches[0].distance]
        if len(nearest) == 1:
            return f"{nearest[0]} comes closest."
        if len(nearest) <= MOST_NAMES:
            return f"{joined(nearest)} come equally close."
        return f"{len(nearest)} people come equally close."


def questions(therapists: Sequence[Therapist]) -> list[Question]:
    """What can be asked of these therapists. A question with one answer is not asked."""
    services = sorted({service for person in therapists for service in person.services})
    languages = _all(person.languages for person in therapists)
    plans = [(PLAN + each, each) for each in _all(person.insurers for person in therapists)]
    helps = _options((service.slug, service.name) for service in services)
    formats = _options(_capitalized(FORMATS), "Either is fine")
    spoken = _options(((each, each) for each in languages), "Any is fine")
    payers = _options([*plans, (SELF, "I would pay myself")], "Not sure yet")
    asked = [
        Question("service", "What kind of help?", helps, several=True),
        Question("format", "In person or online?", formats, short=True),
        Question("time", "When would be good?", _options(_capitalized(DAY_PARTS)), several=True),
        Question("language", "In which language?", spoken, short=True),
        Question("payment", "How would you pay?", payers),
    ]
    return [question for question in asked if question.tells_apart]


def _capitalized(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(value, each.capitalize()) for value, each in words.items()]


def _all(lists: Iterable[Sequence[str]]) -> list[str]:
    return sorted({each for those in lists for each in those}, key=str.casefold)


def _options(pairs: Iterable[tuple[str, str]], any_of_them: str = "") -> tuple[Option, ...]:
    options = tuple(Option(value, words) for value, words in pairs)
    return (Option(ANY, any_of_them), *options) if any_of_them else options


def choosing(asked: Iterable[Question], posted: Mapping[str, Sequence[str]]) -> list[Question]:
    """The questions with what was posted. Whatever else stands there is left out."""
    return [question.choosing(posted.get(question.name, ())) for question in asked]


def answer(therapists: Sequence[Therapist], asked: Sequence[Question]) -> Answer:
    """The therapists come in the practice's order, and keep it where they are equally close."""
    matches = [Match(person, _lines(person, asked)) for person in therapists]
    answered = [option for question in asked for option in question.answers]
    if answered:
        matches.sort(key=attrgetter("distance"))
    return Answer(tuple(option.words for option in answered), tuple(matches))


def _lines(person: Therapist, asked: Sequence[Question]) -> tuple[Line, ...]:
    chosen = {question.name: question.answers for question in asked if question.answers}
    lines = [JUDGES[name](person, chosen) for name in chosen]
    if not person.accepting:
        lines.append(Line(Side.NOT, "Takes no new people now"))
    return tuple(lines)


Chosen = Mapping[str, tuple[Option, ...]]  # under the names of the questions


def _service(person: Therapist, chosen: Chosen) -> Line:
    """One of several kinds of help is enough, and is named."""
    slugs = {service.slug for service in person.services}
    offered = [each for each in chosen["service"] if each.value in slugs]
    if offered:
        return Line(Side.FITS, f"Offers {joined(lowered(each.words) for each in offered)}")
    wanted = joined((lowered(each.words) for each in chosen["service"]), "or")
    return Line(Side.NOT, f"Does not offer {wanted}")


def _format(person: Therapist, chosen: Chosen) -> Line:
    wanted = chosen["format"][0].value
    return _line(wanted in person.formats, "Meets", "Does not meet", FORMATS[wanted])


def _time(person: Therapist, chosen: Chosen) -> Line:
    """Places that are free at one of these times, in the format that was chosen with them."""
    times = [each.value for each in chosen["time"]]
    formats = [each.value for each in chosen.get("format", ())]
    free = [each for each in person.free if each.suits(times, formats)]
    if fresh := [opening for opening in free if opening.fresh]:
        return Line(Side.FITS, f"Has room {_confirmed(fresh)}")
    if free:
        places = joined((opening.place for opening in free), "or")
        return Line(Side.ASK, f"May have room {places}, but no one confirmed it lately. Ask us")
    sought = " ".join(
        [FORMATS[each] for each in formats] + [joined((DAY_PARTS[each] for each in times), "or")]
    )
    return Line(Side.NOT, f"No opening {sought}")


def _confirmed(openings: Sequence[Opening]) -> str:
    """Such as "online in the evening, confirmed Nov 21"; each day is named once."""
    by_day = groupby(sorted(openings, key=_latest_first), attrgetter("confirmed_on"))
    return "; ".join(
        f"{joined(each.place for each in those)}, confirmed {day:%b} {day.day}"
        for day, those in by_day
    )


def _latest_first(opening: Opening) -> int:
    return -opening.confirmed_on.toordinal()


def _language(person: Therapist, chosen: Chosen) -> Line:
    wanted = chosen["language"][0].value
    return _line(wanted in person.languages, "Speaks", "Does not speak", wanted)


def _payment(person: Therapist, chosen: Chosen) -> Line:
    wanted = chosen["payment"][0].value
    if wanted == SELF:
        return Line(Side.FITS, "You can pay yourself")
    insurer = wanted.removeprefix(PLAN)
    return _line(insurer in person.insurers, "Takes", "Does not take", insurer)


def _line(fits: bool, does: str, does_not: str, what: str) -> Line:
    return Line(Side.FITS, f"{does} {what}") if fits else Line(Side.NOT, f"{does_not} {what}")


JUDGES: dict[str, Callable[[Therapist, Chosen], Line]] = {
    "service": _service,
    "format": _format,
    "time": _time,
    "language": _language,
    "payment": _payment,
}

"""Whom people can reach, and whether what is said about that is true today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pages.models import CrisisLine, Opening, Practice
from pages.readiness.public_site import PublicSite, public_site
from pages.readiness.registry import Finding, Stage, Where, rule
from pages.sentences import full_date

LINES_CHECKED_FOR = timedelta(days=90)
NEEDED = (CrisisLine.Group.DANGER, CrisisLine.Group.TALK)
Channel = Practice.Channel


@rule(
    "license-numbers",
    about="License numbers",
    why="People look a therapist up at the board, and many states ask for the number.",
    of=public_site,
)
def license_numbers(site: PublicSite) -> Iterator[Finding]:
    for therapist in site.therapists:
        if not therapist.licence_number:
            yield Finding(f"{therapist.name} has no license number.", Where.screen(therapist))


@dataclass(frozen=True)
class Lines:
    """The crisis lines of the practice's region."""

    region: str
    lines: list[CrisisLine]
    today: date


def crisis_lines() -> Lines:
    practice = Practice.objects.select_related("region").get()
    lines = CrisisLine.objects.filter(region=practice.region)
    return Lines(practice.region.name, list(lines), practice.today())


@rule(
    "crisis-lines-there",
    about="Crisis lines",
    why="Someone in danger finds no number at the top of the page.",
    of=crisis_lines,
)
def crisis_lines_there(found: Lines) -> Iterator[Finding]:
    there = {line.group for line in found.lines}
    for group in NEEDED:
        if group not in there:
            what = f"{found.region} has no crisis line under “{group.label}”."
            yield Finding(what, Where.listing("Crisis lines", CrisisLine))


@rule(
    "crisis-lines-checked",
    about="Crisis lines are checked",
    why="Someone in danger may dial a number that is wrong.",
    of=crisis_lines,
)
def crisis_lines_checked(found: Lines) -> Iterator[Finding]:
    for line in found.lines:
        if line.checked_on is None:
            what = f"{line.name} was never checked against its own site."
            yield Finding(what, Where.screen(line))


@rule(
    "crisis-lines-fresh",
    about="Crisis lines were checked lately",
    why="Numbers and hours change. Ninety days is as long as a check holds.",
    of=crisis_lines,
    stage=Stage.AGAIN,
)
def crisis_lines_fresh(found: Lines) -> Iterator[Finding]:
    for line in found.lines:
        if line.checked_on and found.today - line.checked_on > LINES_CHECKED_FOR:
            what = f"{line.name} was last checked on {full_date(line.checked_on)}."
            yield Finding(what, Where.screen(line))


@dataclass(frozen=True)
class Openings:
    """The days on which the openings of therapists who take new people were confirmed."""

    confirmed: list[date]
    fresh_days: int
    today: date


def openings() -> Openings:
    practice = Practice.objects.get()
    here = Opening.objects.filter(therapist__accepting=True).order_by("confirmed_on")
    confirmed = list(here.values_list("confirmed_on", flat=True))
    return Openings(confirmed, practice.openings_fresh_days, practice.today())


@rule(
    "openings-fresh",
    about="Openings are fresh",
    why="An opening that grew old is not shown, so people see fewer places than there are.",
    of=openings,
    stage=Stage.AGAIN,
)
def openings_fresh(found: Openings) -> Iterator[Finding]:
    oldest = found.today - timedelta(days=found.fresh_days)
    if old := [day for day in found.confirmed if day < oldest]:
        what = f"Openings not confirmed for {found.fresh_days} days: {len(old)}."
        yield Finding(what, Where.listing("Openings", Opening))


@rule(
    "channels",
    about="You can reach people",
    why="A person who writes could choose a way on which nobody answers.",
    of=public_site,
)
def channels(site: PublicSite) -> Iterator[Finding]:
    practice = site.practice
    if not set(practice.channels) & {Channel.CALL, Channel.TEXT, Channel.EMAIL}:
        what = "No way to reach people is ticked: call, text or email."
        yield Finding(what, Where.screen(practice))
    if Channel.TEXT in practice.channels and not practice.text_number:
        what = "Text messages are offered, and there is no number for texts."
        yield Finding(what, Where.screen(practice))

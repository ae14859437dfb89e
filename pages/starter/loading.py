"""Writes the starter into the database, as often as one likes.

Staff own what they touched: a row is written again only while it still says exactly what the
loader wrote last, and a row that staff deleted stays deleted. Once the practice is no longer the
example, nothing is written at all.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from pages.models import (
    CrisisLine,
    Holiday,
    Opening,
    OpeningHours,
    Page,
    Practice,
    Region,
    Section,
    Service,
    SiteRevision,
    Source,
    StarterText,
    Therapist,
)
from pages.models.edition import UnknownSourceError
from pages.starter.reading import Starter, StarterError, StarterPage, line_of

Values = dict[str, Any]
Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def load(starter: Starter) -> list[str]:
    """Writes what is new or changed and untouched by staff. Returns the keys of what it wrote."""
    if Practice.objects.filter(is_example=False).exists():
        return []
    parts = (load_crisis_lines, load_practice, load_sources, load_pages, load_people)
    written = [key for part in parts for key in part(starter)]
    if written:
        SiteRevision.raise_()
    return written


def load_crisis_lines(starter: Starter) -> Iterator[str]:
    region = starter.tables["region"]
    yield from load_row(Region, {"code": region["code"]}, {"name": region["name"]})
    here = Region.objects.filter(code=region["code"]).first()
    for line in starter.tables["crisis_lines"] if here else []:
        text = line["text"] or {"number": "", "word": ""}
        values = {**line, "call": line["call"] or ""}
        values |= {"text_number": text["number"], "text_word": text["word"]}
        lookup = {"region": here, "group": values.pop("group"), "name": values.pop("name")}
        with blaming(starter, "practice.yaml", line["name"]):
            yield from load_row(CrisisLine, lookup, without(values, "text"))


def load_practice(starter: Starter) -> Iterator[str]:
    tables = starter.tables
    values = plain(
        {
            **tables["practice"],
            "region": tables["region"]["code"],
            "hours": [[each["weekday"], each["from"], each["to"]] for each in tables["hours"]],
            "holidays": [[each["date"], each["name"]] for each in tables["holidays"]],
        }
    )
    practice = Practice.objects.first()
    touched = practice is not None and practice.version > 0
    current = practice_values(practice) if practice and not touched else None
    if in_step("practice", practice is not None, current, values):
        return
    with blaming(starter, "practice.yaml", "practice:"):
        write_practice(values)
    yield remember("practice", values)


def load_sources(starter: Starter) -> Iterator[str]:
    for source in starter.sources:
        with blaming(starter, "sources.yaml", source["key"]):
            yield from load_row(Source, {"key": source["key"]}, without(source, "key"))


def load_pages(starter: Starter) -> Iterator[str]:
    """First all the pages, then what is next to read, then the editions that show both."""
    written: dict[str, tuple[Page, Values]] = {}
    for each in starter.pages:
        values = page_values(each)
        page = Page.objects.filter(slug=values["slug"]).first()
        current = page_draft(page) if page and not edited_by_staff(page) else None
        if not in_step(f"page:{values['slug']}", page is not None, current, values):
            with blaming(starter, f"pages/{each.file.name}", "slug:"):
                written[each.file.name] = write_page(page or Page(), values), values
    for name, (page, values) in written.items():
        page.next_page = Page.objects.filter(slug=values["next"] or "-").first()
        page.save()
        with blaming(starter, f"pages/{name}", "[@"):
            page.publish(by=None)
        yield remember(f"page:{page.slug}", values)


def load_people(starter: Starter) -> Iterator[str]:
    tables = starter.tables
    for position, service in enumerate(tables["services"], 1):
        page = Page.objects.filter(slug=service["page"]).first()
        values = {"name": service["name"], "page": page, "position": position * 10}
        yield from load_row(Service, {"slug": service["slug"]}, values)
    for position, therapist in enumerate(tables["therapists"], 1):
        values = {**without(therapist, "slug"), "position": position * 10}
        with blaming(starter, "practice.yaml", therapist["slug"]):
            yield from load_row(Therapist, {"slug": therapist["slug"]}, values)
    for opening in tables["openings"]:
        with blaming(starter, "practice.yaml", "openings:"):
            yield from load_opening(opening)


def load_opening(opening: Values) -> Iterator[str]:
    """An example has no one to confirm its openings: loading them does."""
    therapist = Therapist.objects.filter(slug=opening["therapist"]).first()
    service = Service.objects.filter(slug=opening["service"]).first()
    lookup = {**without(opening, "confirmed_on"), "therapist": therapist, "service": service}
    if therapist and service and not kept(key_of(Opening, lookup)):
        yield from load_row(Opening, lookup, {"confirmed_on": timezone.now().date()})


def load_row(model: type[Row], lookup: Values, values: Values) -> Iterator[str]:
    """Writes one row, unless it is in step already or staff have changed or deleted it."""
    row = model._default_manager.filter(**lookup).first()
    current = {name: plain(getattr(row, name)) for name in values} if row else None
    if in_step(key_of(model, lookup), row is not None, current, plain(values)):
        return
    row = row or model(**lookup)
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    yield remember(key_of(model, lookup), plain(values))


def in_step(key: str, exists: bool, current: Values | None, values: Values) -> bool:
    """Whether there is nothing to write. `current` is None where staff own the row."""
    last = kept(key)
    if last is None:
        return exists
    untouched = current is not None and all(
        current.get(name) == value for name, value in last.items()
    )
    return not untouched or last == values


def kept(key: str) -> Values | None:
    return StarterText.objects.filter(key=key).values_list("values", flat=True).first()


def remember(key: str, values: Values) -> str:
    StarterText.objects.update_or_create(key=key, defaults={"values": values})
    return key


def key_of(model: type[models.Model], lookup: Values) -> str:
    return ":".join([model._meta.model_name or "", *(str(plain(each)) for each in lookup.values())])


def practice_values(practice: Practice) -> Values:
    names = [field.name for field in Practice._meta.fields]
    hours = practice.opening_hours.values_list("weekday", "opens", "closes")
    return {
        **{name: plain(getattr(practice, name)) for name in names},
        "hours": [[day, f"{opens:%H:%M}", f"{closes:%H:%M}"] for day, opens, closes in hours],
        "holidays": plain([list(each) for each in practice.holidays.values_list("date", "name")]),
    }


def write_practice(values: Values) -> None:
    region = Region.objects.get(code=values["region"])
    practice = Practice(**{**without(values, "hours", "holidays"), "region": region})
    practice.full_clean(validate_unique=False)
    practice.save()
    practice.opening_hours.all().delete()
    practice.holidays.all().delete()
    for weekday, opens, closes in values["hours"]:
        OpeningHours.objects.create(practice=practice, weekday=weekday, opens=opens, closes=closes)
    for date, name in values["holidays"]:
        Holiday.objects.create(practice=practice, date=date, name=name)


def page_values(page: StarterPage) -> Values:
    """A starter page in the shape of a draft, so that the two can be compared."""
    values: Values = plain({**page.fields, "sections": page.sections})
    return values


def page_draft(page: Page) -> Values:
    sections = page.sections.values("heading", "slug", "style", "drawing", "body")
    return {**page.draft(), "slug": page.slug, "sections": list(sections)}


def edited_by_staff(page: Page) -> bool:
    return page.version > 0 or page.editions.exclude(by=None).exists()


def write_page(page: Page, values: Values) -> Page:
    for name, value in without(values, "next", "sections").items():
        setattr(page, name, value)
    page.full_clean()
    page.save()
    page.sections.all().delete()
    for number, section in enumerate(values["sections"], 1):
        row = Section(page=page, position=number * 10, **section)
        row.full_clean()
        row.save()
    return page


def without(values: Values, *names: str) -> Values:
    return {name: value for name, value in values.items() if name not in names}


def plain(value: Any) -> Any:
    """As JSON keeps it; a row of another table by its own name."""
    if isinstance(value, models.Model):
        return getattr(value, "slug", None) or getattr(value, "code", None)
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


@contextmanager
def blaming(starter: Starter, name: str, words: str) -> Iterator[None]:
    """Turns what the models refuse into a complaint about the file."""
    file = starter.folder / name
    text = file.read_text(encoding="utf-8")
    try:
        yield
    except ValidationError as error:
        what = "; ".join(f"{name}: {' '.join(said)}" for name, said in error.message_dict.items())
        raise StarterError(file, line_of(text, words), what) from error
    except UnknownSourceError as error:
        line = line_of(text, f"[@{error.keys[0]}]")
        raise StarterError(file, line, str(error)) from error

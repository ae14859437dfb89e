"""Writes the starter into the database, as often as one likes.

Staff own what they touched: a row is written again only while it still says exactly what the
loader wrote last, and a row that staff deleted stays deleted. Once the practice is no longer the
example, nothing is written at all.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from pages.models import (
    CrisisLine,
    Edition,
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
    Term,
    Therapist,
)
from pages.models.edition import NotReadyError
from pages.starter.reading import Starter, StarterError, StarterPage, line_of

Values = dict[str, Any]


@transaction.atomic
def load(starter: Starter) -> list[str]:
    """Writes what is new or changed and untouched by staff. Returns the keys of what it wrote."""
    if Practice.objects.filter(is_example=False).exists():
        return []
    written = Loading(starter).run()
    if written:
        StarterText.objects.bulk_create(
            [StarterText(key=key, values=values) for key, values in written.items()],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["values"],
        )
        SiteRevision.raise_()
    return list(written)


class Loading:
    """One run. `kept` is what earlier runs wrote, `written` what this one does."""

    def __init__(self, starter: Starter) -> None:
        self.starter = starter
        self.tables = starter.tables
        self.kept: dict[str, Values] = dict(StarterText.objects.values_list("key", "values"))
        self.written: dict[str, Values] = {}
        self.shown: list[tuple[StarterPage, Edition]] = []

    def run(self) -> dict[str, Values]:
        self.regions()
        self.practice()
        self.sources()
        self.words()
        self.pages()
        self.people()
        self.check()
        return self.written

    def regions(self) -> None:
        for region in self.starter.regions:
            self.row(Region, {"code": region["code"]}, {"name": region["name"]})
            here = Region.objects.filter(code=region["code"]).first()
            places: Counter[str] = Counter()
            for line in region["lines"] if here else []:
                places[line["group"]] += 10
                with self.blaming(f"regions/{region['code']}.yaml", line["name"]):
                    self.crisis_line({**line, "region": here, "position": places[line["group"]]})

    def crisis_line(self, line: Values) -> None:
        lookup = {name: line[name] for name in ("region", "group", "name")}
        text = {"text_number": line["text"]["number"], "text_word": line["text"]["word"]}
        facts = {"checked_on": None, **without(line, "text", *lookup)}  # to look is to touch
        self.row(CrisisLine, lookup, {**facts, **text})

    def practice(self) -> None:
        hours, holidays = self.tables["hours"], self.tables["holidays"]
        values = plain(
            {
                **self.tables["practice"],
                "hours": [[each["weekday"], each["from"], each["to"]] for each in hours],
                "holidays": [[each["date"], each["name"]] for each in holidays],
            }
        )
        practice = Practice.objects.first()
        current = practice_values(practice) if practice and practice.version == 0 else None
        if self.due("practice", practice is not None, current, values):
            with self.blaming("practice.yaml", "practice:"):
                write_practice(values)
            self.written["practice"] = values

    def sources(self) -> None:
        for source in self.starter.sources:
            with self.blaming("sources.yaml", f"key: {source['key']}"):
                self.row(Source, {"key": source["key"]}, without(source, "key"))

    def words(self) -> None:
        for each in self.starter.words:
            with self.blaming("glossary.yaml", f"word: {each['word']}"):
                self.row(Term, {"word": each["word"]}, {"meaning": each["meaning"]})

    def pages(self) -> None:
        """First all the pages, then what is next to read, then the editions that show both."""
        due: list[tuple[StarterPage, Page, Values]] = []
        for each in self.starter.pages:
            values = plain({**each.fields, "sections": each.sections})
            page = Page.objects.known_as(values["slug"])
            current = page_values(page) if page and not edited_by_staff(page) else None
            if self.due(f"page:{values['slug']}", page is not None, current, values):
                with self.blaming(f"pages/{each.file.name}", "slug:"):
                    due.append((each, write_page(page or Page(), values), values))
        for each, page, values in due:
            page.next_page = Page.objects.known_as(values["next"] or "-")
            page.save()
            content = page.draft()
            self.shown.append((each, Edition.objects.make(page, None, content, checked=False)))
            self.written[f"page:{page.slug}"] = values

    def people(self) -> None:
        for position, service in enumerate(self.tables["services"], 1):
            page = Page.objects.known_as(service["page"])
            values = {"name": service["name"], "page": page, "position": position * 10}
            self.row(Service, {"slug": service["slug"]}, values)
        for position, therapist in enumerate(self.tables["therapists"], 1):
            own_words = in_paragraphs(therapist.get("own_words", ""))
            values = {**without(therapist, "slug", "services"), "own_words": own_words}
            values["position"] = position * 10
            with self.blaming("practice.yaml", f"slug: {therapist['slug']}"):
                self.row(Therapist, {"slug": therapist["slug"]}, values)
                self.services_of(therapist)
        for opening in self.tables["openings"]:
            with self.blaming("practice.yaml", "openings:"):
                self.opening(opening)

    def check(self) -> None:
        """Last, since pages link to one another and to people.

        Only the first time: later a page may lack what staff took off, which is no fault of the
        files.
        """
        for each, edition in self.shown if not self.kept else []:
            with self.blaming(f"pages/{each.file.name}", "slug:"):
                edition.check_ready()

    def services_of(self, therapist: Values) -> None:
        """What an example therapist offers, told together with the therapist."""
        if key_of(Therapist, {"slug": therapist["slug"]}) in self.written:
            offered = Service.objects.filter(slug__in=therapist["services"])
            Therapist.objects.get(slug=therapist["slug"]).services.set(offered)

    def opening(self, opening: Values) -> None:
        """An example has no one to confirm its openings: loading them does."""
        therapist = Therapist.objects.filter(slug=opening["therapist"]).first()
        lookup = {**without(opening, "confirmed_on"), "therapist": therapist}
        if therapist and key_of(Opening, lookup) not in self.kept:
            self.row(Opening, lookup, {"confirmed_on": timezone.now().date()})

    def row(self, model: type[models.Model], lookup: Values, values: Values) -> None:
        """Writes one row where that is due."""
        key = key_of(model, lookup)
        row = model._default_manager.filter(**lookup).first()
        current = {name: plain(getattr(row, name)) for name in values} if row else None
        if not self.due(key, row is not None, current, plain(values)):
            return
        row = row or model(**lookup)
        for name, value in values.items():
            setattr(row, name, value)
        row.full_clean()
        row.save()
        self.written[key] = plain(values)

    def due(self, key: str, exists: bool, current: Values | None, values: Values) -> bool:
        """Whether a row is to be written. `current` is None where staff own or deleted it."""
        last = self.kept.get(key)
        if last is None:
            return not exists
        if current is None or last == values:
            return False
        return all(current.get(name) == value for name, value in last.items())

    @contextmanager
    def blaming(self, name: str, words: str) -> Iterator[None]:
        """Turns what the models refuse into a complaint about the file."""
        file = self.starter.folder / name
        try:
            yield
        except ValidationError as error:
            said = error.message_dict.items()
            what = "; ".join(f"{field}: {' '.join(lines)}" for field, lines in said)
            raise StarterError(file, line_of(file.read_text("utf-8"), words), what) from error
        except NotReadyError as error:
            first = error.found[0]
            raise StarterError(
                file, line_of(file.read_text("utf-8"), first.mark), str(first)
            ) from error


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
    practice = Practice.objects.first() or Practice()
    for name, value in without(values, "hours", "holidays").items():
        setattr(practice, name, region if name == "region" else value)
    practice.full_clean(validate_unique=False)
    practice.save()
    practice.opening_hours.all().delete()
    practice.holidays.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(practice=practice, weekday=weekday, opens=opens, closes=closes)
        for weekday, opens, closes in values["hours"]
    )
    Holiday.objects.bulk_create(
        Holiday(practice=practice, date=date, name=name) for date, name in values["holidays"]
    )


def page_values(page: Page) -> Values:
    """The draft in the shape of a starter page, so that the two can be compared."""
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
    sections = [
        Section(page=page, position=number * 10, **section)
        for number, section in enumerate(values["sections"], 1)
    ]
    for section in sections:
        section.clean_fields(exclude=["page"])
    Section.objects.bulk_create(sections)
    return page


def key_of(model: type[models.Model], lookup: Values) -> str:
    return ":".join([model._meta.model_name or "", *(str(plain(each)) for each in lookup.values())])


def in_paragraphs(text: str) -> str:
    """Paragraphs as staff would type them: a blank line between two, and no other line breaks."""
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))


def without(values: Values, *names: str) -> Values:
    return {name: value for name, value in values.items() if name not in names}


def plain(value: Any) -> Any:
    """As JSON keeps it; a row of another table by its own name."""
    if isinstance(value, models.Model):
        return getattr(value, "slug", None) or getattr(value, "code", None)
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))

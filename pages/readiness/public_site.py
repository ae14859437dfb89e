"""What the public sees, as facts that several rules share."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pages.models import Edition, OldAddress, Page, Practice, StarterText, Therapist

# The laws behind some rules are those of one country.
UNITED_STATES = "us"


@dataclass(frozen=True)
class PublicSite:
    """`pages`: what is public, by address; an old address counts as long as it leads there.

    `therapists` are those who work here; `written` is what the starter last wrote.
    """

    practice: Practice
    today: date
    region: str
    pages: dict[str, Edition]
    therapists: list[Therapist]
    written: dict[str, dict[str, Any]]

    @property
    def editions(self) -> list[Edition]:
        return list({edition.pk: edition for edition in self.pages.values()}.values())

    def content(self, slug: str) -> dict[str, Any] | None:
        return self.pages[slug].content if slug in self.pages else None


def public_site() -> PublicSite:
    practice = Practice.objects.select_related("region").prefetch_related("opening_hours").get()
    editions = Edition.objects.public().select_related("page").order_by("page__slug")
    by_page = {edition.page_id: edition for edition in editions}
    old = OldAddress.objects.values_list("slug", "page_id")
    pages = {slug: by_page[page] for slug, page in old if page in by_page}
    pages.update({edition.page.slug: edition for edition in by_page.values()})
    return PublicSite(
        practice=practice,
        today=practice.today(),
        region=practice.region.code,
        pages=pages,
        therapists=list(Therapist.objects.here()),
        written=written(),
    )


def written() -> dict[str, dict[str, Any]]:
    """By the starter's own keys; without its pages, which are long."""
    rows = StarterText.objects.exclude(key__startswith="page:")
    return dict(rows.values_list("key", "values"))


def texts(edition: Edition) -> str:
    """All that an edition says, in one string."""
    content = edition.content or {}
    heads = [content.get("title", ""), content.get("heading", ""), content.get("description", "")]
    sections = [section["heading"] for section in content.get("sections", [])]
    return "\n".join([*heads, *sections, *edition.texts()])


def named(page: Page) -> str:
    return f"“{page.title}”"

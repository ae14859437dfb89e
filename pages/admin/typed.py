"""A page as it stands in the form of a person who has not saved it yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms

from pages.admin.page_form import PageForm, SectionForm, TypedSections
from pages.models import Page, Section
from pages.showing import Content

# What is shown as it was typed although it cannot be saved so: a line that is too long, say.
TEXTS = ("title", "heading", "summary", "description", "calm_line")
MOST_LETTERS = 20_000


class TypedPageForm(PageForm):
    def clean(self) -> dict[str, Any]:
        """Nothing is stored, so nobody else's save is in the way."""
        return self.cleaned_data

    def clean_show_at(self) -> None:
        """When it is to show makes no difference to how it looks."""


@dataclass(frozen=True)
class Typed:
    page: Page
    content: Content
    ids: dict[str, str]  # the control of each part that advice may name


def typed(form: PageForm, data: Any) -> Typed:
    sections = TypedSections(data, prefix="sections")
    form.is_valid()
    page: Page = form.instance
    fill_in(page, form, TEXTS)
    kept = sections.kept
    rows = [section_of(each) for each in kept]
    return Typed(page, page.draft(rows), ids(str(each.prefix) for each in kept))


def section_of(form: SectionForm) -> Section:
    section: Section = form.instance
    fill_in(section, form, ("heading", "body"))
    return section


def fill_in(row: Page | Section, form: forms.ModelForm, names: tuple[str, ...]) -> None:
    for name in names:
        if name in form.errors:
            text = form.data.get(form.add_prefix(name), "")
            setattr(row, name, text[:MOST_LETTERS].replace("\0", ""))


def ids(prefixes: Iterable[str]) -> dict[str, str]:
    """Where the cursor goes for each part; drawings stand in their own section's form."""
    own = {name: f"id_{name}" for name in TEXTS}
    own["illustration"] = "id_illustration_0"
    return own | {f"sections-{n}": f"id_{prefix}-body" for n, prefix in enumerate(prefixes)}

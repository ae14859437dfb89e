"""What staff fill in for a page: its own fields, and its sections in their order."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.urls import resolve
from django.utils import timezone

from pages.admin.show_at import coming
from pages.admin.versioned import VersionedForm
from pages.models import Page, Practice, Section

MOST_SECTIONS = 60

# Each style in words that say what the reader sees, and what to write for it.
LOOKS = {
    Section.Style.PROSE: "Plain: paragraphs and headings",
    Section.Style.CALLOUT: "Callout: a panel apart, such as “In our work”",
    Section.Style.STEPS: "Steps: large numbers in the margin. Write a numbered list",
    Section.Style.CARDS: "Cards: side by side in frames. Write a list, a card an item",
    Section.Style.QUOTE: "Quote: larger, in the letters of the headings",
    Section.Style.FACTS: "Facts: a term left, its fact right. Write a line, then “: ” and the fact",
}


TOO_LATE = (
    "Someone else saved this while you had it open, so it is not saved yet. Your words are all "
    "here. Look at what changed, and save again."
)


class PageForm(VersionedForm):
    too_late = TOO_LATE
    show_at = forms.CharField(
        label="Show the page from",
        required=False,
        widget=forms.TextInput(attrs={"type": "datetime-local"}),
    )

    class Meta:
        model = Page
        fields = "__all__"  # the admin names them
        widgets = {"summary": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "next_page" in self.fields:  # not for those who may only read
            widget = self.fields["next_page"].widget
            for button in ("add", "change", "delete", "view"):
                setattr(widget, f"can_{button}_related", False)

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug and resolve(f"/{slug}/").url_name not in {"page", "therapists"}:
            raise forms.ValidationError("Another part of the site has this address.")
        return slug

    def clean_show_at(self) -> datetime | None:
        """Asked for by its own button only."""
        if "_publish_at" not in self.data:
            return None
        return coming(self.cleaned_data["show_at"], Practice.current().tz, timezone.now())


class SectionForm(forms.ModelForm):
    style = forms.ChoiceField(
        label="How it looks",
        choices=[(style.value, LOOKS[style]) for style in Section.Style],
        initial=Section.Style.PROSE,
    )
    position = forms.IntegerField(
        label="Place", required=False, min_value=1, max_value=999,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip

    class Meta:
        model = Section
        fields = ("position", "heading", "body", "style", "drawing", "slug")
        labels = {"body": "Words"}
        help_texts = {"body": ""}  # said once for all sections
        widgets = {
            "body": forms.Textarea(attrs={"rows": 9, "aria-describedby": "sections-hint"}),
            "heading": forms.TextInput,
            "slug": forms.TextInput,
        }

    def has_changed(self) -> bool:
        """A place alone makes no section; the places of all are stored together."""
        return bool({*self.changed_data} - {"position"})

    @property
    def is_blank(self) -> bool:
        return self.empty_permitted and not (self.is_bound and self.has_changed())

    @property
    def leaves(self) -> bool:
        return bool(getattr(self, "cleaned_data", {}).get("DELETE"))

    @property
    def place(self) -> tuple[int, int]:
        """Where it goes: who moves to a place that is taken stands before it or, coming from
        above, after it."""
        was: int = self.initial["position"]
        now = getattr(self, "cleaned_data", {}).get("position") or was
        return now, (now > was) - (now < was)


class InOrder(forms.BaseFormSet):
    """Sections, each with its place counted from one."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        place = self.total_form_count() if index is None else index
        form.initial["position"] = place + 1

    @property
    def in_order(self) -> list[SectionForm]:
        """As they were typed; as they are stored where nothing was."""
        if not self.is_bound:
            return list(self.forms)
        self.is_valid()
        return sorted(self.forms, key=lambda form: form.place)

    @property
    def kept(self) -> list[SectionForm]:
        """Without blank ones and those to be removed."""
        return [form for form in self.in_order if not form.is_blank and not form.leaves]


class StoredSection(forms.ModelChoiceField):
    """The row of a section; none where someone else removed it in the meantime."""

    def clean(self, value: Any) -> Section | None:
        try:
            found: Section | None = super().clean(value)
        except forms.ValidationError:
            return None
        return found


class SectionFormSet(InOrder, forms.BaseInlineFormSet):
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        known = form.fields.get("id")
        if isinstance(known, forms.ModelChoiceField):
            form.fields["id"] = StoredSection(
                known.queryset, initial=known.initial, required=False, widget=forms.HiddenInput
            )

    def save_new_objects(self, commit: bool = True) -> list[Section]:
        """Words in a section that someone else removed meanwhile come back as a new one."""
        new: list[Section] = super().save_new_objects(commit)
        for form in self.initial_forms:
            if form.instance.pk is None and form in self.kept:
                new.append(self.save_new(form, commit))
        self.new_objects = new
        return new

    def save(self, commit: bool = True) -> list[Section]:
        saved: list[Section] = super().save(commit)
        if commit:
            renumber(form.instance for form in self.kept)
        return saved


def renumber(sections: Iterable[Section]) -> None:
    in_order = list(sections)
    for place, section in enumerate(in_order, start=1):
        section.position = place
    Section.objects.bulk_update(in_order, ["position"])


# The same sections as they are typed, without their rows.
TypedSections: Any = forms.formset_factory(
    SectionForm, formset=InOrder, extra=0, can_delete=True,
    max_num=MOST_SECTIONS, absolute_max=MOST_SECTIONS,
)  # fmt: skip

"""The kinds of question a form of ours asks.

A question is a Django field that knows a little more of what stands around its control: whether it
is optional, when it is asked, and a line of help under a choice. The template pack shows it.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from intake.forms.text import code_points, many_lines, one_line


class Question(forms.Field):
    """Adds to a field: `optional` is said, `when` another answer is one of `values`."""

    def __init__(
        self,
        *,
        optional: bool = False,
        when: str = "",
        values: tuple[str, ...] = (),
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.optional = optional
        self.when = when
        self.values = values
        self.condition = ""  # said in the hint where the page cannot hide the question


class Text(Question, forms.CharField):
    """One line, or several, up to `limit` characters counted as the page counts them."""

    def __init__(
        self,
        *,
        limit: int = 0,
        too_long: str = "",
        tidy: Callable[[str], str] = one_line,
        **options: Any,
    ) -> None:
        super().__init__(strip=False, **options)
        self.limit = limit
        self.too_long = too_long
        self.tidy = tidy

    def clean(self, value: Any) -> str:
        typed = str(value or "")
        length = code_points(typed)
        if self.limit and length > self.limit:
            raise ValidationError(self.too_long.format(length=length), code="too_long")
        return str(super().clean(self.tidy(typed)))


class Words(Text):
    """Several lines in a person's own words, with a count of characters."""

    def __init__(self, *, limit: int, rows: int = 4, **options: Any) -> None:
        attrs = {
            "class": "input textarea",
            "rows": rows,
            "cols": False,
            "data-count": limit,
            "autocomplete": "off",
            "spellcheck": "false",
        }
        widget = forms.Textarea(attrs)
        super().__init__(limit=limit, tidy=many_lines, widget=widget, **options)


class _Explained:
    """Choices of which some carry a line of help."""

    def __init__(self, help_lines: dict[str, str] | None = None) -> None:
        super().__init__({"class": "choice-input"})  # type: ignore[call-arg]
        self.help_lines = help_lines or {}

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **options)  # type: ignore[misc]
        # A radio is never wrong by itself: the question is, and its fieldset says so.
        option["attrs"].pop("aria-invalid", None)
        if line := self.help_lines.get(str(value)):
            option["help"] = line
            option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_help"
        return option


class Radios(_Explained, forms.RadioSelect):
    """Radios; none is chosen until the person chooses."""


class Checkboxes(_Explained, forms.CheckboxSelectMultiple):
    pass


class Choice(Question, forms.ChoiceField):
    """One of a few answers. The same words say that it is missing or is none of them."""

    def __init__(
        self,
        *choices: tuple[str, str],
        wrong: str,
        in_a_row: bool = False,
        help_lines: dict[str, str] | None = None,
        **options: Any,
    ) -> None:
        options.setdefault("widget", Radios(help_lines))
        errors = {"required": wrong, "invalid_choice": wrong}
        super().__init__(choices=choices, error_messages=errors, **options)
        self.in_a_row = in_a_row


class Choices(Question, forms.MultipleChoiceField):
    """Any of a few answers."""

    def __init__(self, *choices: tuple[str, str], wrong: str, **options: Any) -> None:
        errors = {"required": wrong, "invalid_choice": wrong, "invalid_list": wrong}
        super().__init__(choices=choices, error_messages=errors, widget=Checkboxes(), **options)


def line(kind: str = "text", **attrs: str) -> forms.TextInput:
    """A one-line control. Browsers may send text that they spell-check to their vendor: off."""
    css = " ".join(filter(None, ["input", attrs.pop("width", "")]))
    return forms.TextInput({"type": kind, "class": css, "spellcheck": "false", **attrs})


def select() -> forms.Select:
    return forms.Select({"class": "input"})

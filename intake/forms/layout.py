"""Layout objects of our forms; their markup is in templates/practice/layout/."""

from typing import Any

from crispy_forms.layout import Div, Field, Layout, LayoutObject
from django.template.loader import render_to_string


class Group(Div):  # type: ignore[misc]  # crispy has no types
    """Questions that belong together, on a panel under a heading."""

    template = "%s/layout/group.html"

    def __init__(self, slug: str, title: str, *fields: Any) -> None:
        super().__init__(*fields)
        self.slug = slug
        self.title = title


class Fold(LayoutObject):  # type: ignore[misc]  # crispy has no types
    """Questions one may skip: closed, unless one of them has an answer or an error."""

    template = "%s/layout/fold.html"

    def __init__(self, summary: str, *fields: str) -> None:
        self.summary = summary
        self.fields = list(fields)

    def render(self, form: Any, context: Any, template_pack: Any = None, **options: Any) -> str:
        html = self.get_rendered_fields(form, context, template_pack, **options)
        is_open = any(form[name].errors or form[name].value() for name in self.fields)
        words = {"fold": self, "fields": html, "open": is_open, "about": form.about}
        return render_to_string(self.get_template_name(template_pack), words)


class Actions(LayoutObject):  # type: ignore[misc]  # crispy has no types
    """The buttons at the end, each (name, value, words); the first one is the main one."""

    template = "%s/layout/actions.html"

    def __init__(self, *buttons: tuple[str, str, str]) -> None:
        self.fields: list[Any] = []
        self.buttons = buttons

    def render(self, form: Any, context: Any, template_pack: Any = None, **options: Any) -> str:
        return render_to_string(self.get_template_name(template_pack), {"buttons": self.buttons})


CONTACT = Layout(
    "token",
    Group("you", "You", "preferred_name", "seeking_for", "adult"),
    Group(
        "looking-for",
        "What you are looking for",
        "message",
        "location",
        Fold(
            "A few more things, if you want to say them",
            "service",
            "therapist",
            "format",
            "payment",
            "insurer",
            "needs",
        ),
    ),
    Group(
        "reaching-you",
        "Reaching you safely",
        "contact_method",
        "phone",
        "phone_private",
        "email",
        "email_private",
        "mail_wanted",
        "voicemail",
        "times_ok",
        "contact_note",
    ),
    Field("homepage", template="practice/trap.html"),
    Actions(("step", "check", "Check before sending")),
)

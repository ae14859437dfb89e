"""My absence: from when to when, and who stands in. Owners may set it for someone who is ill."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from intake.admin.people import colleagues, member
from intake.admin.queue import name_of
from intake.models import Absence, rights
from pages.models import Practice

NO_DAY = "Enter a day"
ENDS_FIRST = "The last day must not be before the first"
OVER = "The last day is over already"
THEMSELVES = "Someone else must cover"


class AbsenceForm(forms.Form):
    user = forms.ModelChoiceField(User.objects.none(), label="Who is away", required=False)
    first_day = forms.DateField(
        label="First day away",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": NO_DAY, "invalid": NO_DAY},
    )
    last_day = forms.DateField(
        label="Last day away",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": NO_DAY, "invalid": NO_DAY},
    )
    cover = forms.ModelChoiceField(
        User.objects.none(),
        label="Covered by",
        error_messages={"required": "Choose who covers"},
    )

    def __init__(self, *args: Any, by: User, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.practice = by, practice
        people = colleagues()
        self.fields["cover"].queryset = people  # type: ignore[attr-defined]
        if rights.oversees(by):
            self.fields["user"].queryset = people  # type: ignore[attr-defined]
            self.fields["user"].empty_label = "I am"  # type: ignore[attr-defined]
        else:
            del self.fields["user"]
        for name in {"user", "cover"} & set(self.fields):
            self.fields[name].label_from_instance = name_of  # type: ignore[attr-defined]

    @property
    def who(self) -> User:
        return self.cleaned_data.get("user") or self.by

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", ENDS_FIRST)
        elif last and last < self.practice.today():
            self.add_error("last_day", OVER)
        if given.get("cover") == self.who:
            self.add_error("cover", THEMSELVES)
        return given

    def save(self) -> User:
        given = self.cleaned_data
        days = given["first_day"], given["last_day"]
        Absence.plan(self.who, *days, given["cover"], self.practice.tz)
        return self.who


@admin.register(Absence)
class AbsenceAdmin(admin.ModelAdmin):
    """One page in place of Django's list and form."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.mine)
        return [path("", view, name="intake_absence_changelist")]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False  # the link stands in everyone's own menu

    def mine(self, request: HttpRequest) -> HttpResponse:
        by, practice = member(request), Practice.of(request)
        if not rights.may_enter(by):
            raise PermissionDenied
        if "here" in request.POST:
            return self.come_back(request, by)
        form = AbsenceForm(request.POST or None, by=by, practice=practice)
        if form.is_valid():
            messages.success(request, f"Saved. {name_of(form.cleaned_data['cover'])} covers.")
            form.save()
            return HttpResponseRedirect(reverse("admin:intake_absence_changelist"))
        planned = Absence.objects.to_come().select_related("user", "cover")
        context = {
            **self.admin_site.each_context(request),
            "title": "My absence",
            "opts": self.opts,
            "form": form,
            "planned": [_planned(each, by, practice) for each in _shown(planned, by)],
        }
        return TemplateResponse(request, "admin/intake/absence.html", context)

    def come_back(self, request: HttpRequest, by: User) -> HttpResponse:
        """Before the day, or never gone."""
        Absence.objects.of(by, request.POST["here"]).delete()
        messages.success(request, "Saved. Nobody covers any more.")
        return HttpResponseRedirect(reverse("admin:intake_absence_changelist"))


def _shown(planned: Any, by: User) -> Any:
    return planned if rights.oversees(by) else planned.filter(user=by)


def _planned(absence: Absence, by: User, practice: Practice) -> tuple[int, str]:
    first, last = absence.days(practice.tz)
    who = "You are" if absence.user_id == by.pk else f"{name_of(absence.user)} is"
    days = f"from {first:%b} {first.day} to {last:%b} {last.day}"
    return absence.pk, f"{who} away {days}. {name_of(absence.cover)} covers."

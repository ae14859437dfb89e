from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import URLField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from intake.admin.lists import ListAdmin
from intake.models import Referral
from intake.models.referral import LOOK_AGAIN_AFTER
from pages.models import Practice
from pages.sentences import full_date

NO_WAY = "Enter a phone number, an address that begins with https://, or a mail address"


class ReferralForm(forms.ModelForm):
    for_whom = forms.MultipleChoiceField(
        label="For whom",
        choices=Referral.ForWhom.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Tick nothing where it is for everyone.",
    )
    checked = forms.BooleanField(
        label="I checked this today",
        required=False,
        help_text="You looked at their own site or called them, and all of this is true. People "
        "read the day.",
    )

    class Meta:
        labels = {
            "what_for": "What for", "web": "Web address", "mail": "Mail address",
            "retired": "No longer offered",
        }  # fmt: skip
        help_texts = {
            "what_for": "A few words that stand after the name, such as “Couples therapy, online”.",
            "cost": "Such as “$40 to $70 a session”, or “Free”.",
            "region": "Where it is, or whom it serves: a town, a state.",
            "notes": "For staff. People never read it, and nothing about a person belongs here.",
            "retired": "It stays in messages that were sent, and is not offered any more.",
        }
        error_messages = {
            "name": {
                "required": "Enter its name",
                "unique": "This is on the list already",
            },
            "what_for": {"required": "Enter what it helps with"},
            "web": {"invalid": "Enter an address that begins with https://"},
            "mail": {"invalid": "Enter a mail address like name@example.com"},
        }

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        ways = ("phone", "web", "mail")
        if not any(self.cleaned_data.get(way) or way in self.errors for way in ways):
            self.add_error("phone", NO_WAY)
        return cleaned


@admin.register(Referral)
class ReferralAdmin(ListAdmin):
    """Whom else people can turn to. What stands here goes into messages as it is."""

    list_title = "Referrals"
    why = (
        "Whom else people can turn to. Two clicks put an entry into the message when a request is "
        "closed, with the day on which someone checked it."
    )
    add_title, change_title = "Add a referral", "Change a referral"
    form = ReferralForm
    change_list_template = "admin/intake/referral/change_list.html"
    list_display = ["name", "what_for", "how_to_reach", "cost", "looked_at", "offered"]
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    fieldsets = [
        (None, {"fields": ["name", "what_for", "for_whom"]}),
        ("How to reach them", {"fields": ["phone", "web", "mail"]}),
        ("Good to know", {"fields": ["cost", "languages", "region", "notes"]}),
        ("Is it true?", {"fields": ["checked", "retired"]}),
    ]

    def get_urls(self) -> list[URLPattern]:
        still = self.admin_site.admin_view(require_POST(self.still_true))
        return [path("still/", still, name="intake_referral_still"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self.today = Practice.of(request).today()
        context = {
            "to_check": Referral.objects.to_check(self.today),
            "days": LOOK_AGAIN_AFTER.days,
            "has_change_permission": self.has_change_permission(request),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def save_model(
        self, request: HttpRequest, obj: Referral, form: ReferralForm, change: bool
    ) -> None:
        if form.cleaned_data["checked"]:
            obj.checked_on, obj.checked_by_id = Practice.of(request).today(), request.user.pk
        super().save_model(request, obj, form, change)

    def still_true(self, request: HttpRequest) -> HttpResponse:
        """The button over the list: those that are ticked were checked today."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        chosen = [key for key in request.POST.getlist("referral") if key.isdecimal()]
        ticked = Referral.objects.offered().filter(pk__in=chosen)
        for referral in ticked:
            self.log_change(request, referral, "Checked: all still true.")
        count = ticked.check_off(request.user, Practice.of(request).today())  # type: ignore[arg-type]
        if count:
            messages.success(request, f"Checked today: {count}. People read this day.")
        else:
            messages.error(request, "Tick those that you checked.")
        return HttpResponseRedirect(reverse("admin:intake_referral_changelist"))

    @admin.display(description="how to reach")
    def how_to_reach(self, referral: Referral) -> str:
        return referral.how_to_reach

    @admin.display(description="checked", ordering="checked_on")
    def looked_at(self, referral: Referral) -> str:
        if referral.checked_on is None:
            return "Not yet checked by this practice"
        day = full_date(referral.checked_on)
        return f"{day}: check again" if referral.is_late(self.today) else day

    @admin.display(description="offered", boolean=False, ordering="retired")
    def offered(self, referral: Referral) -> str:
        return "No longer" if referral.retired else "Yes"

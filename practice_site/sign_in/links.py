"""One-time links: the only way to a first second factor, and back in when one is lost."""

from enum import StrEnum
from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.views.decorators.cache import never_cache

from intake.models import Event, Notice, PracticeHistory
from practice_site.sign_in import factors, half

FIRST_USER = "owner"


class Purpose(StrEnum):
    INVITE = "invite"
    RESET = "reset"
    REPLACE = "replace"


def make(user: User, by: User | None, lost: bool = False) -> str:
    """The path of a new link for `user`. `lost` takes all second factors and the password away.

    Recorded, and told to the owners. An earlier link of an account without a password ends.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        purpose = purpose_of(user, lost)
        removed = factors.remove_all(user) if lost else 0
        if purpose != Purpose.RESET:
            user.set_unusable_password()
            user.save()
        facts = {"account": user.pk, "purpose": purpose.value, "removed": removed}
        event = PracticeHistory.objects.record(Event.Verb.LINK_MADE, by, facts)
        Notice.objects.tell_owners(event.seq)
        return path_for(user)


def purpose_of(user: User, lost: bool) -> Purpose:
    if lost:
        return Purpose.REPLACE
    return Purpose.RESET if user.has_usable_password() else Purpose.INVITE


def path_for(user: User) -> str:
    name = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("welcome", args=[name, default_token_generator.make_token(user)])


def first_account_link(staff_url: str) -> str | None:
    """A link for `owner` while nobody could sign in; None once somebody can."""
    staff = User.objects.filter(is_staff=True)
    if any(user.has_usable_password() and factors.of(user) for user in staff):
        return None
    owner, made = User.objects.get_or_create(
        username=FIRST_USER, defaults={"is_staff": True, "is_superuser": True}
    )
    if made:
        owner.set_unusable_password()
        owner.save()
    return staff_url + path_for(owner)


@method_decorator(never_cache, name="dispatch")
class Welcome(PasswordResetConfirmView):
    """Sets the password of the account that the link names. That ends the link."""

    template_name = "admin/welcome.html"
    success_url = reverse_lazy("add_factor")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        title = "Set your password" if self.validlink else "This link has ended"
        return {**admin.site.each_context(self.request), **found, "title": title}

    def form_valid(self, form: Any) -> HttpResponse:
        """On to a first second factor; who has one proves it."""
        super().form_valid(form)
        user = cast("User", self.user)
        if factors.of(user):
            half.enter(self.request, half.PASSWORD, user, reverse("admin:index"))
            return HttpResponseRedirect(reverse("second_factor"))
        half.enter(self.request, half.LINK, user)
        return HttpResponseRedirect(str(self.success_url))

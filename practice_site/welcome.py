"""The first staff account: made once, entered through a one-time link, by Django's own tokens."""

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.views.decorators.cache import never_cache

FIRST_USER = "owner"


@method_decorator(never_cache, name="dispatch")
class WelcomeView(PasswordResetConfirmView):
    """Sets the password of the account that the link names, signs in, and opens the staff site."""

    template_name = "admin/welcome.html"
    post_reset_login = True
    success_url = reverse_lazy("admin:index")


def first_account_link(staff_url: str) -> str | None:
    """A link for `owner` while no staff account has a usable password; None once one has."""
    if any(user.has_usable_password() for user in User.objects.filter(is_staff=True)):
        return None
    owner, made = User.objects.get_or_create(
        username=FIRST_USER, defaults={"is_staff": True, "is_superuser": True}
    )
    if made:
        owner.set_unusable_password()
        owner.save()
    return staff_url + reverse(
        "welcome",
        args=[
            urlsafe_base64_encode(force_bytes(owner.pk)),
            default_token_generator.make_token(owner),
        ],
    )

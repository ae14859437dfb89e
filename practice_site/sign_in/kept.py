"""What was typed when a sign-in ended: sealed in the new session, given back after sign-in.

Only to whoever was signed in before. Someone else who signs in there ends it.
"""

import json
from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import SESSION_KEY
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from intake.encryption import SealBroken, WrongKey
from practice_site.sign_in import sealed
from practice_site.sign_in.session import KEPT

MOST = 5
MORE = "Something else that you typed is not saved yet. Go back one page to see it."
# The sign-in's own pages: codes and passwords are never kept.
NOT_KEPT = tuple(
    settings.STAFF_PATH + own
    for own in ("login/", "logout/", "welcome/", "your-sign-in/", "awake/", "kept/")
)
TOKEN = "csrfmiddlewaretoken"  # noqa: S105  # the name of a field


@dataclass(frozen=True)
class Kept:
    """A form as it was sent, and the page it was typed on."""

    path: str
    page: str
    fields: list[tuple[str, str]]

    @property
    def words(self) -> list[tuple[str, str]]:
        """What a person typed, as far as it can be told from what a page put there."""
        return [
            (name.replace("_", " ").replace("-", " ").capitalize(), text)
            for name, text in self.fields
            if len(text.split()) > 1
        ]


def keep(request: HttpRequest, user: int) -> None:
    """Everything but files and passwords."""
    fields = [(name, text) for name in request.POST for text in request.POST.getlist(name)]
    fields = [(name, text) for name, text in fields if name != TOKEN]
    secret = any("password" in name for name, _ in fields)
    if not fields or secret or request.path_info.startswith(NOT_KEPT):
        return
    content = {"path": request.get_full_path(), "page": page_of(request), "fields": fields}
    form = {"user": user, "form": sealed.seal(json.dumps(content), KEPT)}
    request.session[KEPT] = [*request.session.get(KEPT, []), form][-MOST:]


def found(request: HttpRequest) -> dict[str, Kept]:
    """What is kept for whoever is signed in now, by its id."""
    me = request.session.get(SESSION_KEY)
    mine = [each["form"] for each in request.session.get(KEPT, []) if str(each["user"]) == me]
    forms = {form["row"]: opened(form) for form in mine}
    return {row: form for row, form in forms.items() if form}


def opened(form: sealed.Sealed) -> Kept | None:
    """None where the key has gone: nobody is kept out for it."""
    try:
        content = json.loads(sealed.open(form, KEPT))
    except (WrongKey, SealBroken):
        return None
    fields = [(name, text) for name, text in content["fields"]]
    return Kept(content["path"], content["page"], fields)


def drop(request: HttpRequest, row: str) -> None:
    kept = [each for each in request.session[KEPT] if each["form"]["row"] != row]
    request.session[KEPT] = kept


def drop_all(request: HttpRequest) -> None:
    request.session.pop(KEPT, None)


def page_of(request: HttpRequest) -> str:
    """The page that the form stood on, else the first of the staff site."""
    page = request.headers.get("Referer", "")
    host = {request.get_host()}
    if url_has_allowed_host_and_scheme(page, host, require_https=request.is_secure()):
        return page
    return reverse("admin:index")


def kept(request: HttpRequest) -> HttpResponse:
    """Shows it, and sends it on to where it was going, or lets it go."""
    forms = found(request)
    if request.method != "POST":
        if not forms:
            return HttpResponseRedirect(reverse("admin:index"))
        context = {**admin.site.each_context(request), "title": "Not saved yet", "kept": forms}
        return TemplateResponse(request, "admin/sign_in/kept.html", context)
    row = request.GET.get("form", "")
    if row not in forms:
        raise Http404
    drop(request, row)
    if len(forms) > 1:
        messages.warning(request, MORE)
    if "let-go" in request.GET:
        return HttpResponseRedirect(forms[row].page if len(forms) == 1 else reverse("kept"))
    # The browser sends the same form again, to where it was going.
    return HttpResponseRedirect(forms[row].path, preserve_request=True)


def from_an_earlier_sign_in(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page is older than the sign-in: no script could tell it the new token.

    Where the browser says that it is from a page of ours, it is shown and can be sent from there.
    """
    own = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    if own and admin.site.has_permission(request):
        keep(request, int(request.session[SESSION_KEY]))
        if found(request):
            return HttpResponseRedirect(reverse("kept"))
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)

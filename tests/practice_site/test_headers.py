"""Every header of every kind of answer, compared as a whole."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from pages.models import Page
from tests.signing_in import app_of, sign_in

OWN = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
}
PUBLIC = OWN | {"form-action 'self'", "frame-ancestors 'none'"}
STAFF = OWN | {"frame-src 'self'", "form-action 'self'", "frame-ancestors 'none'"}
PREVIEW = OWN | {"form-action 'none'", "frame-ancestors 'self'"}
NOTHING_ALLOWED = {
    "accelerometer=()", "autoplay=()", "browsing-topics=()", "camera=()", "display-capture=()",
    "encrypted-media=()", "fullscreen=()", "geolocation=()", "gyroscope=()",
    "identity-credentials-get=()", "idle-detection=()", "local-fonts=()", "magnetometer=()",
    "microphone=()", "midi=()", "payment=()", "picture-in-picture=()", "screen-wake-lock=()",
    "serial=()", "storage-access=()", "usb=()", "xr-spatial-tracking=()",
}  # fmt: skip
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HTML = {"Content-Type": "text/html; charset=utf-8"}
PUBLIC_PAGE = {"Cache-Control": "public, max-age=0, must-revalidate, s-maxage=1"}
NO_STORE = {"Cache-Control": "no-store"}
NEVER = {"Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private"}


@pytest.fixture
def signed_in(db, client):
    sign_in(client, User.objects.create_superuser("owner"))
    return client


def policies(response) -> tuple[set[str], set[str]]:
    """The two policies as sets: their order says nothing."""
    csp = response.headers["Content-Security-Policy"].split("; ")
    permissions = response.headers["Permissions-Policy"].split(", ")
    return set(csp), set(permissions)


def others(response) -> dict[str, str]:
    left_out = (
        "Content-Security-Policy", "Permissions-Policy", "Content-Length", "Expires", "ETag",
    )  # fmt: skip
    return {name: value for name, value in response.headers.items() if name not in left_out}


@pytest.mark.parametrize(
    ("method", "path", "status", "own"),
    [
        ("get", "/", 200, {**HTML, **PUBLIC_PAGE}),
        ("get", "/trauma/", 200, {**HTML, **PUBLIC_PAGE}),
        ("get", "/contact/", 200, {**HTML, **NO_STORE, "Vary": "Accept-Encoding"}),
        ("post", "/contact/", 422, {**HTML, **NO_STORE}),
        ("get", "/request/", 200, {**HTML, **NO_STORE}),
        ("post", "/request/", 422, {**HTML, **NO_STORE}),
        ("get", "/no-such-page/", 404, {**HTML, **NO_STORE}),
        ("post", "/", 405, {**HTML, "Allow": "GET, HEAD"}),
        ("get", "/contact/sent/none/", 410, {**HTML, **NO_STORE}),
    ],
)
def test_public_answer(starter, client, method, path, status, own):
    response = getattr(client, method)(path)
    assert response.status_code == status
    assert policies(response) == (PUBLIC, NOTHING_ALLOWED)
    assert others(response) == {**ALWAYS, **own}


@pytest.mark.parametrize(
    ("path", "tagged"),
    [("/", True), ("/robots.txt", True), ("/contact/", False), ("/no-such-page/", False)],
)
def test_public_page_alone_has_an_etag(starter, client, path, tagged):
    assert ("ETag" in client.get(path).headers) is tagged


def test_whoever_has_the_page_is_told_so_with_every_header(starter, client):
    page = client.get("/?past=memory")
    again = client.get("/?past=memory", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["ETag"]) == (
        304,
        b"",
        page.headers["ETag"],
    )
    assert policies(again) == (PUBLIC, NOTHING_ALLOWED)
    assert others(again) == {**ALWAYS, **PUBLIC_PAGE}
    assert "Content-Length" not in again.headers


def test_answer_to_a_post_is_never_not_modified(starter, client):
    assert client.post("/fit/", headers={"If-None-Match": "*"}).status_code == 200


def test_leave_clears_and_says_nothing(starter, client):
    response = client.get("/leave/")
    assert response.status_code == 303
    assert others(response) == {
        **ALWAYS,
        "Content-Type": "text/html; charset=utf-8",
        "Location": "https://www.weather.gov",
        "Cache-Control": "no-store",
        "Clear-Site-Data": '"cookies", "storage"',
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }


def test_staff_answer(starter, signed_in):
    response = signed_in.get("/staff/")
    assert response.status_code == 200
    assert policies(response) == (STAFF, NOTHING_ALLOWED)
    assert others(response) == {**ALWAYS, **HTML, **NEVER, "Vary": "Cookie"}


def test_sign_in_page_answer(starter, client):
    response = client.get("/staff/login/")
    assert policies(response) == (STAFF, NOTHING_ALLOWED)
    assert others(response) == {**ALWAYS, **HTML, **NEVER, "Vary": "Cookie"}


def test_preview_answer(starter, signed_in):
    page = Page.objects.get(slug="trauma")
    response = signed_in.get(f"/staff/pages/page/{page.pk}/preview/")
    assert response.status_code == 200
    assert policies(response) == (PREVIEW, NOTHING_ALLOWED)


def test_body_over_the_limit_is_refused_with_every_header(starter, client):
    response = client.post("/contact/", {"message": "x" * 1_000_001})
    assert response.status_code == 413
    assert policies(response) == (PUBLIC, NOTHING_ALLOWED)
    assert others(response) == {**ALWAYS, **HTML, "Connection": "close"}


def test_cookies_stay_under_staff(starter, client):
    app_of(User.objects.create_superuser("owner", password="a-quiet-room"))
    client.get("/staff/login/")
    client.post("/staff/login/", {"username": "owner", "password": "a-quiet-room"})
    assert sorted(client.cookies) == ["csrftoken", "sessionid"]
    assert {cookie["path"] for cookie in client.cookies.values()} == {"/staff/"}
    assert all(cookie["httponly"] for cookie in client.cookies.values())
    assert {cookie["samesite"] for cookie in client.cookies.values()} == {"Lax"}


def test_malformed_cookie_is_not_answered_with_one(starter, client):
    client.cookies["csrftoken"] = "not one of ours"
    for path in ("/", "/contact/"):
        assert client.get(path).cookies.output() == ""


@pytest.mark.parametrize("path", ["/staff/login/", "/staff/welcome/MQ/set-password/"])
def test_staff_forms_keep_their_protection(starter, path):
    """The sign-in of Django guards itself; the welcome page rests on the middleware alone."""
    response = Client(enforce_csrf_checks=True).post(path, {"new_password1": "a-quiet-room"})
    assert response.status_code == 403

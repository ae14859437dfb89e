"""Nobody without a second factor opens an address of the staff site, whichever it is."""

import re

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from practice_site.sign_in import half
from tests.practice_site.sign_in.conftest import give_password

# Open on purpose: each says nothing to a stranger, or is a step of the sign-in itself.
OPEN = {
    "healthz": "whether the site is well; what it found only after sign-in",
    "login/": "the sign-in",
    "welcome/1/1/": "a one-time link guards itself",
    "login/passkey/begin/": "a question that only a passkey answers",
    "login/passkey/complete/": "its answer",
    "your-sign-in/add/begin/": "refuses whoever has no fresh link",
    "your-sign-in/add/complete/": "refuses whoever has no fresh link",
}
# Led on to the sign-in by way of the first page.
BY_WAY_OF_THE_FIRST = {"logout/"}
SAMPLES = {"object_id": "1", "content_type_id": "1", "url": "x", "pk": "1", "uidb64": "1"}


def filled(route):
    """An address for a route, regular expression or not."""
    route = re.sub(r"\(\?P<[^>]+>[^()]*(?:\([^()]*\)[^()]*)*\)", "pages", route)
    uuid = "00000000-0000-0000-0000-000000000001"
    route = re.sub(r"<uuid:[^>]+>", uuid, route)
    return re.sub(r"<(?:\w+:)?[^>]+>", "1", route).strip("^$").replace("\\Z", "")


def addresses(patterns, before=""):
    for pattern in patterns:
        route = before + filled(str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from addresses(pattern.url_patterns, route)


def staff_addresses():
    found = {each for each in addresses(get_resolver().url_patterns) if each.startswith("staff/")}
    return sorted(each.removeprefix("staff/") for each in found)


def refused(client, path):
    """True where both ways of asking lead to the sign-in."""
    return [to_sign_in(client.get(path)), to_sign_in(client.post(path, {"a": "b"}))]


def to_sign_in(response):
    return response.status_code == 302 and response.url.startswith("/staff/login/")


def strangers(dana):
    """Who has less than both factors, besides one whom Django takes for signed in."""
    with_password = Client()
    assert give_password(with_password).status_code == 302
    return {"nobody": Client(), "password": with_password}


@pytest.fixture
def everything():
    found = staff_addresses()
    assert len(found) > 100
    return found


@pytest.mark.parametrize("who", ["nobody", "password", "unverified"])
def test_every_staff_address_refuses_a_visit_without_the_second_factor(
    dana, unverified, everything, who
):
    client = {**strangers(dana), "unverified": unverified}[who]
    open_ = {path for path in everything if refused(client, f"/staff/{path}") != [True, True]}
    expected = set(OPEN) | BY_WAY_OF_THE_FIRST
    if who == "password":
        expected |= {"login/second/"}  # the step they are at
    assert open_ == expected


def test_a_verified_visit_opens_them(at_work, everything):
    """Else the test above could say so of anybody."""
    refusals = {path for path in everything if to_sign_in(at_work.get(f"/staff/{path}"))}
    assert refusals == {"login/second/"}


@pytest.mark.parametrize("path", sorted(OPEN))
def test_what_is_open_says_nothing_of_the_practice(dana, path):
    client = strangers(dana)["password"]
    for answer in (client.get(f"/staff/{path}"), client.post(f"/staff/{path}", {})):
        assert answer.status_code < 500
        assert "Requests" not in answer.text


def test_adding_a_factor_is_refused_to_a_password(dana):
    client = strangers(dana)["password"]
    answer = client.post("/staff/your-sign-in/add/begin/")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_authenticated")


def test_a_link_of_someone_with_a_factor_adds_none(rf, dana, client):
    request = rf.get("/staff/")
    request.session = client.session
    half.enter(request, half.LINK, dana)
    assert half.by_link(request) is None

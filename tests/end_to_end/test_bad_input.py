"""Whatever comes over the wire: a plain answer, no 500, and no word of it in a log."""

import json
import re
import socket
from urllib.parse import urlencode

import pytest

from tests.addresses import public_addresses
from tests.end_to_end.search import found
from tests.visitor import ANSWERS, HiddenFields, Visitor

CANARY = "Quizzaciously"
FORM = "application/x-www-form-urlencoded"
STATUS_LINE = re.compile(rb"^HTTP/1\.1 (\d{3}) ")
OPENED = (
    "from django.contrib.auth.models import User; from intake.models import ContactRequest;"
    "import json; r = ContactRequest.objects.latest('received_at');"
    "o = r.open_words(User.objects.get(username='owner'));"
    "print(json.dumps([o.preferred_name, o.email, o.message, o.contact_note]))"
)


@pytest.fixture(scope="module")
def site(shared_site):
    """After everything that was thrown at it, the log holds no fault and no word."""
    yield shared_site
    lines = map(json.loads, re.findall(r"^{.*}$", shared_site.log.read_text(), re.MULTILINE))
    faults = {line["logger"] for line in lines if line["level"] in ("ERROR", "CRITICAL")}
    assert faults <= {"django.security.DisallowedHost"}
    where = (shared_site.data_dir, shared_site.log, shared_site.variables.get("DATABASE_URL", ""))
    assert (found(CANARY, *where), found("evil.example", *where)) == ([], [])


@pytest.fixture
def visitor(site):
    return Visitor(site.url)


def spoken(site, *sent: bytes, wait: float = 5) -> tuple[int, bytes]:
    """The status and all bytes of the answer to these bytes, on a connection of their own."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=wait) as connection:
        for part in sent:
            connection.sendall(part)
        came = b""
        try:
            while part := connection.recv(65536):
                came += part
        except TimeoutError:  # kept open for the next request
            pass
    status = STATUS_LINE.match(came)
    return int(status[1]) if status else 0, came


def head(site, line: str, *headers: str) -> bytes:
    host = f"Host: localhost:{site.port}"
    return "\r\n".join([line, host, *headers, "Connection: close", "", ""]).encode("latin-1")


def filled_in(visitor, **answers: str) -> dict[str, str]:
    token = HiddenFields(visitor.get("/contact/").text).fields
    return {**token, **ANSWERS, "message": CANARY, **answers, "step": "check"}


def posted(visitor, body: bytes, content_type: str = FORM, **headers: str):
    return visitor.ask("POST", "/contact/", body, {"Content-Type": content_type, **headers})


def send(visitor, **answers: str):
    checked = visitor.post("/contact/", filled_in(visitor, **answers))
    assert (checked.status, "One last look" in checked.text) == (200, True)
    sent = visitor.post("/contact/", {**HiddenFields(checked.text).fields, "step": "send"})
    assert sent.status == 303


def opened(site) -> list[str]:
    return json.loads(site.manage("shell", "-v", "0", "-c", OPENED).stdout)


# Words


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        ("message", f"{CANARY}\0 a\0b", f"{CANARY} ab"),
        ("message", f"{CANARY}\r\ntwo\rthree\x07", f"{CANARY}\ntwo\nthree"),
        ("message", "é" * 1500, "é" * 1500),
        ("preferred_name", f"{CANARY}\r\nBcc: all@evil.example", f"{CANARY} Bcc: all@evil.example"),
        ("preferred_name", f"\u202e{CANARY}\u2066", CANARY),
        ("contact_note", f"{CANARY}\u202d", CANARY),
    ],
)
def test_odd_words_are_stored_as_they_were_meant(site, visitor, field, typed, stored):
    send(visitor, **{field: typed})
    answers = ("preferred_name", "email", "message", "contact_note")
    assert dict(zip(answers, opened(site), strict=True))[field] == stored


def test_no_header_is_injected_into_the_notice(site, visitor):
    typed = {"contact_method": "email", "phone": "", "phone_private": "", "voicemail": ""}
    typed |= {"email": "kim@practice.example\r\nBcc: all@evil.example", "email_private": "yes"}
    refused = visitor.post("/contact/", filled_in(visitor, **typed))
    assert (refused.status, "There is a problem" in refused.text) == (422, True)
    send(visitor, preferred_name=f"{CANARY}\r\nBcc: all@evil.example")
    site.manage("work", "--once")
    mails = [path.read_text() for path in (site.data_dir / "mail").glob("*")]
    assert {"Bcc" in mail or "evil" in mail or CANARY in mail for mail in mails} == {False}


@pytest.mark.parametrize("field", ["preferred_name", "message", "contact_note", "phone", "email"])
def test_ten_thousand_characters_are_asked_to_be_less(visitor, field):
    typed = "x" * 10_000
    way = {"contact_method": "email"} if field == "email" else {}
    answer = visitor.post("/contact/", filled_in(visitor, **way, **{field: typed}))
    assert (answer.status, "There is a problem" in answer.text) == (422, True)
    assert typed in answer.text


def test_last_of_doubled_fields_counts(visitor):
    pairs = [*filled_in(visitor).items(), ("preferred_name", "Second"), ("step", "check")]
    answer = posted(visitor, urlencode(pairs).encode())
    assert HiddenFields(answer.text).fields["preferred_name"] == "Second"


# Bodies


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/x-www-form-urlencoded; charset=utf-7", 400),
        ("application/x-www-form-urlencoded; charset=\u00ff", 400),
        ("application/x-www-form-urlencoded; charset=base64", 400),
        ("application/x-www-form-urlencoded; charset=UTF-8", 200),
        ("application/json", 400),
        ("text/plain", 400),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=", 400),
        ("multipart/form-data; boundary=x", 422),  # a form without a field
        ("", 400),
    ],
)
def test_content_types(visitor, content_type, status):
    body = urlencode(filled_in(visitor)).encode()
    assert posted(visitor, body, content_type).status == status


def test_multipart_form_is_a_form(visitor):
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in filled_in(visitor).items()
    ]
    body = "".join([*parts, "--x--\r\n"]).encode()
    answer = posted(visitor, body, "multipart/form-data; boundary=x")
    assert (answer.status, "One last look" in answer.text) == (200, True)


def test_broken_utf_8_is_shown_as_such(visitor):
    body = urlencode({**filled_in(visitor), "message": ""}).encode()
    answer = posted(visitor, body.replace(b"message=", b"message=%ff%C3" + CANARY.encode()))
    assert (answer.status, f"\ufffd\ufffd{CANARY}" in answer.text) == (200, True)


def test_two_thousand_fields_are_refused(visitor):
    pairs = [*filled_in(visitor).items(), *((f"x{n}", CANARY) for n in range(2000))]
    assert posted(visitor, urlencode(pairs).encode()).status == 400


def test_too_large_a_body_is_refused_unread(site):
    headers = (f"Content-Type: {FORM}", "Content-Length: 5000000")
    status, came = spoken(site, head(site, "POST /contact/ HTTP/1.1", *headers))
    assert (status, b"Too much at once" in came) == (413, True)


@pytest.mark.parametrize(("size", "status"), [(1_000_000, 422), (1_000_001, 413)])
def test_limit_of_a_body(visitor, size, status):
    body = urlencode(filled_in(visitor)).encode() + b"&message="
    assert posted(visitor, body + b"x" * (size - len(body))).status == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (("Transfer-Encoding: chunked",), 411),
        (("Transfer-Encoding: chunked", "Content-Length: 3"), 400),
        (("Content-Length: -1",), 400),
        (("Content-Length: 1_0",), 400),
        (("Content-Length: 3", "Content-Length: 4"), 400),
        (("Content-Length: 3", f"X-Long: {'x' * 20_000}"), 431),
    ],
)
def test_lengths_that_cannot_be_trusted(site, headers, status):
    start = head(site, "POST /contact/ HTTP/1.1", f"Content-Type: {FORM}", *headers)
    assert spoken(site, start, b"3\r\na=b\r\n0\r\n\r\n")[0] == status


def test_body_that_stops_in_the_middle(site, visitor):
    headers = (f"Content-Type: {FORM}", "Content-Length: 100")
    with socket.create_connection(("127.0.0.1", site.port)) as connection:
        connection.sendall(
            head(site, "POST /contact/ HTTP/1.1", *headers) + b"message=" + CANARY.encode()
        )
    assert visitor.get("/contact/").status == 200


# Addresses, methods, hosts


@pytest.mark.parametrize("path", ["/", "/fees/", "/contact/", "/healthz", "/leave/", "/robots.txt"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "BREW", "OPTIONS", "TRACE", "PATCH"])
def test_unknown_methods(visitor, path, method):
    assert visitor.ask(method, path).status == 405


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/%00", 404),
        ("/%00/", 404),
        ("/%ff/", 404),
        ("/%C3%28", 404),
        ("/fees%00/", 404),
        ("/contact/with/%00/", 404),
        ("/contact/sent/%00/", 410),
        ("/contact/sent/%ff/", 410),
        ("/contact/sent/" + "A" * 3000 + "/", 410),
        ("//evil.example/", 404),
        ("/\\evil.example/", 404),
        ("/fees", 301),
        ("/../../etc/passwd", 404),
        ("/static/../keys.env", 404),
        ("/static/%2e%2e/keys.env", 404),
        ("/" + "a" * 3000 + "/", 404),
        ("/" + "a" * 5000 + "/", 414),
        ("/?x=%00%ff", 200),
        ("/contact/?x=%00", 200),
        ("/contact/with/" + CANARY + "/", 404),
    ],
)
def test_odd_addresses(site, visitor, path, status):
    assert spoken(site, head(site, f"GET {path} HTTP/1.1"))[0] == status


def test_redirect_stays_on_the_site(site):
    _, came = spoken(site, head(site, "GET //evil.example HTTP/1.1"))
    assert b"location: //" not in came.lower()
    assert b"location: http://evil" not in came.lower()


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "a b", "\u00ff"])
@pytest.mark.parametrize("path", ["/", "/contact/", "/healthz"])
def test_wrong_host(site, path, host):
    line = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    assert spoken(site, line.encode("latin-1"))[0] == 400


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_foreign_origin_gives_the_words_back(visitor, headers):
    typed = filled_in(visitor)
    answer = visitor.post("/contact/", typed, **headers)
    assert (answer.status, "Nothing was sent" in answer.text) == (403, True)
    assert HiddenFields(answer.text).fields == {k: v for k, v in typed.items() if k != "step"}


def test_head_is_get_without_the_body(site, visitor):
    for path in [*public_addresses(visitor), "/robots.txt", "/sitemap.xml", "/leave/", "/healthz"]:
        got, asked = visitor.get(path), visitor.ask("HEAD", path)
        for answer in (got, asked):
            answer.headers.pop("date"), answer.headers.pop("x-request-id", "")
        assert (asked.status, asked.headers, asked.text) == (got.status, got.headers, ""), path

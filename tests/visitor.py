"""A person without a browser: reads pages, fills in the form, sends it. Over real HTTP."""

import http.client
import re
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

ANSWERS = {
    "preferred_name": "Kim",
    "seeking_for": "me",
    "adult": "yes",
    "message": "I would like to talk about sleep.",
    "location": "here",
    "contact_method": "call",
    "phone": "(503) 555-0177",
    "phone_private": "no",
    "voicemail": "none",
    "contact_note": "Not on Mondays",
}


class Answer(NamedTuple):
    """What came back: status, headers (lower-case names) and the body as text."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def code(self) -> str:
        """The private code of a sent page: 24 characters."""
        blocks = re.findall(r'class="code-block">([0-9A-Z]{4})<', self.text)
        return "".join(blocks)


class HiddenFields(HTMLParser):
    """The hidden inputs of the first form with method post."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.fields.setdefault(str(given["name"]), given.get("value") or "")


class Visitor:
    def __init__(self, url: str) -> None:
        self.address = urlsplit(url)
        self.host = self.address.netloc

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.address.port, timeout=30)

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        connection = self.connection()
        try:
            connection.request(method, path, body or None, {"Host": self.host, **(headers or {})})
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read().decode("utf-8", "replace"))
        finally:
            connection.close()

    def status(self, path: str) -> int | None:
        """None while nobody listens."""
        try:
            return self.get(path).status
        except OSError:
            return None

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        typed = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self.ask("POST", path, urlencode(fields).encode(), typed)

    def check(self, **answers: str) -> Answer:
        """The check page for these answers."""
        token = HiddenFields(self.get("/contact/").text).fields
        return self.post("/contact/", {**token, **ANSWERS, **answers, "step": "check"})

    def send(self, **answers: str) -> Answer:
        """The whole way: form, check page, send, sent page."""
        hidden = HiddenFields(self.check(**answers).text).fields
        sent = self.post("/contact/", {**hidden, "step": "send"})
        if sent.status != 303:
            return sent
        return self.get(urlsplit(sent.headers["location"]).path)


class KeepsCookies(Visitor):
    """As a browser does."""

    def __init__(self, *where: Any) -> None:
        super().__init__(*where)
        self.cookies: dict[str, str] = {}

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        said = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = super().ask(method, path, body, {"Cookie": said, **(headers or {})})
        for name, morsel in SimpleCookie(answer.headers.get("set-cookie", "")).items():
            self.cookies[name] = morsel.value
        return answer

"""Serves published pages from memory, in front of Django.

A GET or HEAD of a public page on the site's own scheme and host, without a query string, is
answered with bytes that the whole Django stack made once. A page is kept only if Django marked it
public and set no cookie. All pages are dropped within a second of a new site revision (a number,
which also rises when something changes by itself). With the database away, what is in memory
keeps being served.
"""

import gzip
import hashlib
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import brotli

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
Headers = list[tuple[str, str]]

CHECK_EVERY_SECONDS = 0.5
MOST_PAGES = 1000
# Never from memory: staff, files, forms, health. Everything else is answered as to a plain visitor.
PASSED_BY = ("/staff/", "/static/", "/contact/", "/request/", "/healthz")
PLAIN_VISITOR = (
    "PATH_INFO", "SCRIPT_NAME", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL",
    "REMOTE_ADDR", "HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR",
)  # fmt: skip
# What grows smaller in another encoding. Pictures do not: they are kept as they are.
TEXTS = ("text/", "application/xml", "application/json")
OF_THE_BODY = ("content-length", "content-encoding", "content-type")


@dataclass(frozen=True)
class Answer:
    """One encoding of a page: headers as sent, and the body."""

    headers: Headers
    body: bytes
    etag: str


@dataclass
class Memory:
    """The pages of one revision. A new revision gets a new memory, so nothing old slips in."""

    revision: int | None = None
    pages: dict[str, dict[str, Answer]] = field(default_factory=dict)

    def keep(self, path: str, answers: dict[str, Answer]) -> None:
        if len(self.pages) < MOST_PAGES:
            self.pages[path] = answers


class Front:
    """The WSGI application in front of Django's."""

    def __init__(
        self,
        application: Application,
        site_url: str,
        revision: Callable[[], int | None],
        behind_proxy: bool = False,
    ) -> None:
        """`revision` returns None when it cannot be known now; then the last one stands."""
        self.application = application
        self.site = urlsplit(site_url)
        self.revision = revision
        self.behind_proxy = behind_proxy
        self.memory = Memory()
        self.checked_at = float("-inf")
        self.lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not self._may_keep(environ):
            return self._from_django(environ, start_response)
        memory = self._current()
        path = environ.get("PATH_INFO", "/")
        if path in memory.pages:
            return self._send(memory.pages[path], environ, start_response)
        status, headers, body = self._as_plain_visitor(environ)
        if not keepable(status, headers):
            start_response(status, headers)
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
        answers = answers_of(headers, body)
        memory.keep(path, answers)
        return self._send(answers, environ, start_response)

    def _may_keep(self, environ: Environ) -> bool:
        return (
            environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and not environ.get("QUERY_STRING")
            and environ.get("HTTP_HOST") == self.site.netloc
            and self._scheme(environ) == self.site.scheme
            and not environ.get("PATH_INFO", "/").startswith(PASSED_BY)
        )

    def _scheme(self, environ: Environ) -> str:
        forwarded = environ.get("HTTP_X_FORWARDED_PROTO") if self.behind_proxy else None
        return str(forwarded or environ.get("wsgi.url_scheme"))

    def _from_django(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Django's own answer; the body of a HEAD is dropped, which the server would warn about."""
        result = self.application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return result
        close_all(result)
        return []

    # Knowing when pages are old

    def _current(self) -> Memory:
        now = time.monotonic()
        if now - self.checked_at >= CHECK_EVERY_SECONDS and self.lock.acquire(blocking=False):
            try:
                self.checked_at = now
                self._check()
            finally:
                self.lock.release()
        return self.memory

    def _check(self) -> None:
        latest = self.revision()
        if latest is not None and latest != self.memory.revision:
            self.memory = Memory(latest)

    # Making and sending

    def _as_plain_visitor(self, environ: Environ) -> tuple[str, Headers, bytes]:
        """Django's answer to a GET of this address without cookies, conditions or languages."""
        plain = {name: environ[name] for name in PLAIN_VISITOR if name in environ}
        plain.update({name: value for name, value in environ.items() if name.startswith("wsgi.")})
        plain.update({"REQUEST_METHOD": "GET", "QUERY_STRING": ""})
        started: list[Any] = []
        result = self.application(plain, lambda *start: started.extend(start[:2]))
        try:
            return started[0], started[1], b"".join(result)
        finally:
            close_all(result)

    def _send(
        self, answers: dict[str, Answer], environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        encoding = chosen_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        answer = answers.get(encoding) or answers["identity"]
        if matches(environ.get("HTTP_IF_NONE_MATCH", ""), answer.etag):
            headers = [pair for pair in answer.headers if pair[0].lower() not in OF_THE_BODY]
            start_response("304 Not Modified", headers)
            return []
        start_response("200 OK", list(answer.headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def close_all(result: Iterable[bytes]) -> None:
    close = getattr(result, "close", None)
    if close:
        close()


def keepable(status: str, headers: Headers) -> bool:
    """Only what Django marked public, that set no cookie and depends on none."""
    names = {name.lower(): value.lower() for name, value in headers}
    return (
        status.startswith("200")
        and "public" in names.get("cache-control", "")
        and "set-cookie" not in names
        and "cookie" not in names.get("vary", "")
    )


def answers_of(headers: Headers, body: bytes) -> dict[str, Answer]:
    """The page in each encoding that a browser may ask for, keyed by its name."""
    names = {name.lower(): value for name, value in headers}
    if not names.get("content-type", "").startswith(TEXTS):
        etag = names.get("etag") or etag_of(body)
        return {"identity": Answer(with_length(headers, body, etag), body, etag)}
    bodies = {
        "br": brotli.compress(body, quality=11),
        "gzip": gzip.compress(body, 9, mtime=0),
        "identity": body,
    }
    return {name: _answer(headers, name, encoded) for name, encoded in bodies.items()}


def _answer(headers: Headers, encoding: str, body: bytes) -> Answer:
    etag = etag_of(body)
    kept = [*with_length(headers, body, etag), ("Vary", "Accept-Encoding")]
    if encoding != "identity":
        kept.append(("Content-Encoding", encoding))
    return Answer(kept, body, etag)


def with_length(headers: Headers, body: bytes, etag: str) -> Headers:
    skipped = ("content-length", "etag", "vary")
    kept = [pair for pair in headers if pair[0].lower() not in skipped]
    return [*kept, ("Content-Length", str(len(body))), ("ETag", etag)]


def etag_of(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:24]}"'


def chosen_encoding(accept: str) -> str:
    """brotli before gzip before nothing, unless the browser refuses it with q=0."""
    accepted = {
        name.strip(): options.replace(" ", "")
        for name, _, options in (part.partition(";") for part in accept.lower().split(","))
    }
    for name in ("br", "gzip"):
        if name in accepted and accepted[name] not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            return name
    return "identity"


def matches(header: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return "*" in tags or etag in tags

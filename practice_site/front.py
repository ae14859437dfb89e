"""Serves published pages from memory, in front of Django.

A GET or HEAD of a public page on the site's own scheme and host, without a query string or a body,
is answered with bytes that the whole Django stack made once, or with 304. What is not exactly that
goes to Django as it came. A page is kept only if Django marked it public and set no cookie, and
nothing that its first visitor sent along shapes it. All pages are dropped within a second of a new
site revision (a number, which also rises when something changes by itself). With the database
away, what is in memory keeps being served.
"""

import time
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from practice_site.answers import Headers, Page, keepable, page_of
from practice_site.etags import matches
from practice_site.memory import NewestMemory

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Never from memory: staff, files, forms, health. Everything else is answered as to a plain visitor.
PASSED_BY = ("/staff/", "/static/", "/contact/", "/request/", "/healthz")
# With one of these a request is not plain: a mount point changes the links of a page, and a body
# may be refused.
NOT_PLAIN = ("QUERY_STRING", "SCRIPT_NAME", "CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING")

PORTS = {"http": 80, "https": 443}


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
        self.scheme, self.host = origin_of(site_url)
        self.behind_proxy = behind_proxy
        self.memory = NewestMemory(revision)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO") or "/"
        if not self._is_plain(environ) or path.startswith(PASSED_BY):
            return self._from_django(environ, start_response)
        memory = self.memory()
        page = memory.get(path)
        if page is None:
            status, headers, body = self._as_plain_visitor(path, environ["wsgi.errors"])
            if not keepable(status, headers):
                start_response(status, headers)
                return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
            page = page_of(status, headers, body)
            memory.keep(path, page)
        return send(page, environ, start_response, self._of_this_second())

    def _is_plain(self, environ: Environ) -> bool:
        return (
            environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and environ.get("HTTP_HOST") == self.host
            and self._scheme(environ) == self.scheme
            and not any(map(environ.get, NOT_PLAIN))
        )

    def _scheme(self, environ: Environ) -> str:
        """As Django reads it, where the proxy says it plainly."""
        if self.behind_proxy and "HTTP_X_FORWARDED_PROTO" in environ:
            return str(environ["HTTP_X_FORWARDED_PROTO"])
        return str(environ["wsgi.url_scheme"])

    def _of_this_second(self) -> Headers:
        """Until when nginx may keep a page: it counts whole seconds and makes two of one."""
        return [("X-Accel-Expires", f"@{int(time.time())}")] if self.behind_proxy else []

    def _from_django(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Django's own answer; the body of a HEAD is dropped, which the server would warn about."""
        result = self.application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return result
        close_all(result)
        return []

    def _as_plain_visitor(self, path: str, errors: Any) -> tuple[str, Headers, bytes]:
        """Django's answer to a GET of this address by nobody in particular."""
        started: list[Any] = []
        visit = self._plain_visit(path, errors)
        result = self.application(visit, lambda *start: started.extend(start[:2]))
        try:
            return started[0], started[1], b"".join(result)
        finally:
            close_all(result)

    def _plain_visit(self, path: str, errors: Any) -> Environ:
        """Of what the visitor sent only the address."""
        site = urlsplit(f"{self.scheme}://{self.host}")
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": site.hostname,
            "SERVER_PORT": str(site.port or PORTS[self.scheme]),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": self.host,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self.scheme,
            "wsgi.input": BytesIO(),
            "wsgi.errors": errors,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }


def origin_of(site_url: str) -> tuple[str, str]:
    """Scheme and host as browsers send them: small letters, no port that goes without saying."""
    site = urlsplit(site_url)
    return site.scheme, site.netloc.lower().removesuffix(f":{PORTS[site.scheme]}")


def send(
    page: Page, environ: Environ, start_response: StartResponse, also: Headers
) -> Iterable[bytes]:
    answer = page.answer(environ.get("HTTP_ACCEPT_ENCODING", ""))
    if matches(environ.get("HTTP_IF_NONE_MATCH", ""), answer.etag):
        start_response("304 Not Modified", [*answer.unchanged, *also])
        return []
    start_response(page.status, [*answer.headers, *also])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def close_all(result: Iterable[bytes]) -> None:
    close = getattr(result, "close", None)
    if close:
        close()

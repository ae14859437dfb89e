"""A page as it is kept: its headers and its body in each encoding that a browser may ask for."""

import gzip
from dataclasses import dataclass
from functools import lru_cache

import brotli

from practice_site.etags import OF_THE_BODY, is_public, of_encoding

Headers = list[tuple[str, str]]

# What grows smaller in another encoding. Pictures do not: they are kept as they are.
TEXTS = ("text/", "application/xml", "application/json")
# These belong to one answer and are never kept.
OF_THE_MOMENT = ("date",)
OF_THE_ENCODING = ("content-length", "etag", "vary")
# Browsers say less. Who says more gets the page as it is, and nothing is remembered of it.
LONGEST_ACCEPT = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """One encoding of a page, and what is said where the browser has it already."""

    headers: Headers
    unchanged: Headers
    body: bytes
    etag: str


class Page:
    """All encodings of one page. `used_at` is when someone last asked for it."""

    def __init__(self, status: str, answers: dict[str, Answer]) -> None:
        self.status = status
        self.answers = answers
        self.size = sum(map(_weight, answers.values()))
        self.used_at = 0.0

    def answer(self, accept: str) -> Answer:
        name = chosen_encoding(accept) if len(accept) <= LONGEST_ACCEPT else "identity"
        return self.answers.get(name) or self.answers["identity"]


def _weight(answer: Answer) -> int:
    return len(answer.body) + sum(len(name) + len(value) for name, value in answer.headers)


def keepable(status: str, headers: Headers) -> bool:
    """Only what Django marked public, and what depends on nothing that a visitor sends."""
    names = {name.lower(): value for name, value in headers}
    return (
        status.startswith("200 ")
        and is_public(names.get("cache-control", ""))
        and "etag" in names
        and "set-cookie" not in names
        and "content-encoding" not in names
        and names.get("vary", "Accept-Encoding").lower() == "accept-encoding"
    )


def page_of(status: str, headers: Headers, body: bytes) -> Page:
    """`body` as Django made it, packed once for all who will ask."""
    names = {name.lower(): value for name, value in headers}
    kept = [pair for pair in headers if pair[0].lower() not in OF_THE_MOMENT]
    if not names.get("content-type", "").startswith(TEXTS):
        return Page(status, {"identity": Answer(kept, unchanged(kept), body, names["etag"])})
    bodies = {
        "br": brotli.compress(body, quality=11),
        "gzip": gzip.compress(body, 9, mtime=0),
        "identity": body,
    }
    same = [pair for pair in kept if pair[0].lower() not in OF_THE_ENCODING]
    answers = {name: _encoded(same, names["etag"], name, coded) for name, coded in bodies.items()}
    return Page(status, answers)


def _encoded(headers: Headers, etag: str, encoding: str, body: bytes) -> Answer:
    own = [("Content-Length", str(len(body))), ("Vary", "Accept-Encoding")]
    if encoding != "identity":
        etag = of_encoding(etag, encoding)
        own.append(("Content-Encoding", encoding))
    said = [*headers, *own, ("ETag", etag)]
    return Answer(said, unchanged(said), body, etag)


def unchanged(headers: Headers) -> Headers:
    return [pair for pair in headers if pair[0].lower() not in OF_THE_BODY]


@lru_cache(maxsize=256)
def chosen_encoding(accept: str) -> str:
    """The one the browser likes best; of equals brotli before gzip before none (RFC 9110, 12.5.3).

    Where it refuses all that we have, the page as it is: better than no page.
    """
    weights = dict(_weighed(part) for part in accept.lower().split(","))
    packed = {name: weights.get(name, weights.get("*", 0.0)) for name in ("br", "gzip")}
    best = max(packed, key=lambda name: packed[name])
    return best if packed[best] > 0 and packed[best] >= weights.get("identity", 0.0) else "identity"


def _weighed(part: str) -> tuple[str, float]:
    """`gzip;q=0.5` as its name and 0.5; a weight that is none refuses."""
    name, _, options = part.partition(";")
    weight = "".join(options.split()).removeprefix("q=") or "1"
    try:
        return name.strip(), float(weight)
    except ValueError:
        return name.strip(), 0.0

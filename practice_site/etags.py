"""Which copy of a page a browser has: its ETag, and whether it is still the one we would send."""

import hashlib

from django.utils.http import parse_etags

# A 304 says everything but these: they speak of a body, and it has none.
OF_THE_BODY = ("content-length", "content-encoding", "content-type")


def is_public(cache_control: str) -> bool:
    """Whether an answer with this Cache-Control is the same for everyone."""
    return "public" in [part.strip() for part in cache_control.lower().split(",")]


def etag_of(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:24]}"'


def of_encoding(etag: str, encoding: str) -> str:
    """Other bytes need another name: "a" is "a-br" in brotli."""
    return f'{etag[:-1]}-{encoding}"'


def matches(if_none_match: str, etag: str) -> bool:
    """Compared weakly, as RFC 9110 has it: a proxy that packs what we send marks it as weak."""
    if if_none_match == etag:
        return True
    tags = [tag.removeprefix("W/") for tag in parse_etags(if_none_match)]
    return "*" in tags or etag.removeprefix("W/") in tags

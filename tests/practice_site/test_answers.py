import gzip

import brotli
import pytest

from practice_site.answers import LONGEST_ACCEPT, chosen_encoding, keepable, page_of

BODY = b"a page " * 50
ETAG, PUBLIC = ("ETag", '"a"'), ("Cache-Control", "public, max-age=0")
PAGE = [("Content-Type", "text/html"), PUBLIC, ("Content-Length", "350"), ETAG, ("X-Own", "kept")]


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000, gzip;q=0", "identity"),
        ("deflate", "identity"),
        ("GZIP; q=0.5", "gzip"),
        ("gzip ;\tq=0.5 , br ; q=0.4", "gzip"),
        ("gzip;q=0.8, br;q=0.8", "br"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("identity;q=0", "identity"),
        ("identity;q=0, gzip", "gzip"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("br;q=0, *", "gzip"),
        ("gzip, *;q=0", "gzip"),
        ("gzip;q=much, br;q=", "br"),
        ("gzip;level=9", "identity"),
        ("br;q=nan", "identity"),
        (";;,,=", "identity"),
    ],
)
def test_chosen_encoding(accept, name):
    assert chosen_encoding(accept) == name


def test_endless_list_of_encodings_is_not_remembered():
    page, before = page_of("200 OK", PAGE, BODY), chosen_encoding.cache_info().currsize
    assert page.answer("br," + "x" * LONGEST_ACCEPT).body == BODY
    assert chosen_encoding.cache_info().currsize == before


@pytest.mark.parametrize(
    ("name", "etag", "open_"),
    [
        ("br", '"a-br"', brotli.decompress),
        ("gzip", '"a-gzip"', gzip.decompress),
        ("identity", '"a"', bytes),
    ],
)
def test_page_says_of_each_encoding_what_is_its_own(name, etag, open_):
    answer = page_of("200 OK", PAGE, BODY).answer(name)
    coded = {} if name == "identity" else {"Content-Encoding": name}
    assert open_(answer.body) == BODY
    assert sorted(answer.headers) == sorted(
        {
            "Content-Type": "text/html",
            "Cache-Control": "public, max-age=0",
            "X-Own": "kept",
            "Content-Length": str(len(answer.body)),
            "Vary": "Accept-Encoding",
            "ETag": etag,
            **coded,
        }.items()
    )
    assert (answer.etag, sorted(answer.unchanged)) == (
        etag,
        [
            ("Cache-Control", "public, max-age=0"),
            ("ETag", etag),
            ("Vary", "Accept-Encoding"),
            ("X-Own", "kept"),
        ],
    )


def test_picture_is_kept_as_it_is():
    headers = [("Content-Type", "image/avif"), PUBLIC, ("Content-Length", "350"), ETAG]
    page = page_of("200 OK", headers, BODY)
    for accept in ("br, gzip", "", "identity;q=0"):
        assert (page.answer(accept).headers, page.answer(accept).body) == (headers, BODY)


def test_header_that_comes_twice_is_kept_twice():
    links = [("Link", "</a>; rel=preload"), ("Link", "</b>; rel=preload")]
    answer = page_of("200 OK", [*PAGE, *links], BODY).answer("br")
    assert [pair for pair in answer.headers if pair[0] == "Link"] == links


def test_what_belongs_to_one_answer_is_not_kept():
    once = [("Date", "Mon, 30 Nov 2026 09:00:00 GMT")]
    for accept in ("br", "gzip", ""):
        answer = page_of("200 OK", [*PAGE, *once], BODY).answer(accept)
        assert [pair for pair in answer.headers if pair in once] == []


def test_size_counts_every_encoding():
    page = page_of("200 OK", PAGE, BODY)
    bodies = sum(len(page.answer(name).body) for name in ("br", "gzip", "identity"))
    assert bodies > len(BODY)
    assert page.size > bodies


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("404 Not Found", [PUBLIC, ETAG]),
        ("301 Moved Permanently", [PUBLIC, ETAG]),
        ("200 OK", [("Cache-Control", "no-store"), ETAG]),
        ("200 OK", [PUBLIC, ETAG, ("Set-Cookie", "a=b")]),
        ("200 OK", [PUBLIC, ETAG, ("Vary", "Cookie")]),
        ("200 OK", [PUBLIC, ETAG, ("Vary", "Accept-Encoding, Accept-Language")]),
        ("200 OK", [PUBLIC, ETAG, ("Vary", "*")]),
        ("200 OK", [PUBLIC, ETAG, ("Content-Encoding", "gzip")]),
        ("200 OK", [PUBLIC]),
        ("200 OK", [ETAG]),
    ],
)
def test_answer_that_is_not_for_everyone_is_not_kept(status, headers):
    assert keepable("200 OK", [PUBLIC, ETAG, ("Vary", "accept-encoding")])
    assert not keepable(status, headers)

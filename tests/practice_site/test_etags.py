import pytest

from practice_site.etags import etag_of, is_public, matches, of_encoding


@pytest.mark.parametrize(
    ("header", "same"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ('"b",W/"a"', True),
        ("*", True),
        (" * ", True),
        ('"b"', False),
        ("a", False),
        ('"a', False),
        ('"b", *', False),
        ("", False),
    ],
)
def test_matches(header, same):
    assert matches(header, '"a"') is same


def test_weak_etag_matches_its_strong_one():
    assert matches('"a"', 'W/"a"')


def test_encodings_have_names_of_their_own():
    etag = etag_of(b"a page")
    assert etag != etag_of(b"another page")
    assert of_encoding('"a"', "br") == '"a-br"'
    assert not matches(of_encoding(etag, "br"), etag)


@pytest.mark.parametrize(
    ("cache_control", "public"),
    [
        ("public, max-age=0", True),
        ("max-age=60, Public", True),
        ("private", False),
        ("no-store", False),
        ("publicly", False),
        ("", False),
    ],
)
def test_is_public(cache_control, public):
    assert is_public(cache_control) is public

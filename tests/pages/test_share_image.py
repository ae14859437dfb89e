from io import BytesIO

import pytest
from PIL import Image, ImageChops

from pages import share_image

LONGEST = "The Greater Larkwater Valley Center for Couples, Families, Individuals and More."


def opened(name: str) -> Image.Image:
    return Image.open(BytesIO(share_image.png(name))).convert("RGB")


def drawn(picture: Image.Image) -> tuple[int, int, int, int]:
    """The box of all that is not ground."""
    ground = Image.new("RGB", picture.size, share_image.GROUND)
    box = ImageChops.difference(picture, ground).getbbox()
    assert box
    return box


@pytest.mark.parametrize("name", ["Oak", "Footbridge Lane Therapy", LONGEST, "W" * 80, ""])
def test_picture_has_the_size_that_is_told_and_is_light(name):
    assert opened(name).size == (1200, 630)
    assert len(share_image.png(name)) <= 30_000


@pytest.mark.parametrize("name", ["Oak", "Footbridge Lane Therapy", LONGEST, "W" * 80, ""])
def test_name_fits_the_square_that_some_apps_cut_from_the_middle(name):
    assert len(name) <= 80
    left, top, right, bottom = drawn(opened(name))
    assert left >= 300
    assert right <= 900
    assert top >= 60
    assert bottom <= 570


def test_longest_name_is_whole():
    lines, font = share_image.fitted(LONGEST)
    assert " ".join(lines) == LONGEST
    assert font.size >= 36


def test_name_that_no_size_holds_is_cut_short():
    (line,), _ = share_image.fitted("W" * 80)
    assert line.startswith("WWWWWWWW")
    assert line.endswith("W…")


@pytest.mark.parametrize("name", ["日本", "Ψυχή"])
def test_name_in_letters_the_font_lacks_is_left_out(name):
    assert share_image.png(name) == share_image.png("")


def test_accents_of_latin_letters_are_drawn():
    lines, _ = share_image.fitted("Zoë Müller")
    assert " ".join(lines) == "Zoë Müller"


def test_mark_stands_alone_where_a_page_is_neutral():
    ring = opened("")
    colors = {color for _, color in ring.getcolors(1 << 16)}
    assert share_image.png("") != share_image.png("Oak")
    assert (42, 37, 34) not in colors  # no letter in ink
    left, top, right, bottom = drawn(ring)
    assert abs((left + right) / 2 - 600) < 12
    assert abs((top + bottom) / 2 - 315) < 12


def test_address_changes_with_the_name_and_says_nothing_of_it():
    digests = [share_image.digest(name) for name in ("Oak Therapy", "Elm Therapy", "")]
    assert len(set(digests)) == 3
    assert all(set(digest) <= set("0123456789abcdef") and len(digest) == 16 for digest in digests)
    assert share_image.digest("Oak Therapy") == digests[0]

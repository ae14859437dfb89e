"""Pictures as people have them, made here; and files that are none."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms, ImageDraw

from pages import portraits
from tests.pages.uploads import encoded, photo

PLACE = (51.5, 30.0, 26.0)


def opened(made: portraits.Made) -> Image.Image:
    return Image.open(BytesIO(made.bytes))


def sizes(made: list[portraits.Made]) -> list[tuple[str, int, int]]:
    return [(each.format, each.width, each.height) for each in made]


def near(color, wanted, by=12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(color, wanted, strict=True))


def refusal(upload: bytes) -> str:
    with pytest.raises(portraits.RefusedError) as refused:
        portraits.renditions(upload)
    return str(refused.value)


def test_renditions_come_in_each_size_and_format():
    made = portraits.renditions(photo(1600, 2000))
    assert sizes(made) == [
        ("avif", 320, 400), ("jpeg", 320, 400),
        ("avif", 480, 600), ("jpeg", 480, 600),
        ("avif", 800, 1000), ("jpeg", 800, 1000),
    ]  # fmt: skip
    pictures = [opened(each) for each in made]
    assert [(p.format, p.size, p.mode) for p in pictures] == [
        (each.format.upper(), (each.width, each.height), "RGB") for each in made
    ]
    assert max(len(each.bytes) for each in made) <= 60_000
    assert len({each.sha256 for each in made}) == 6


def test_nothing_is_made_larger_than_it_is():
    assert {each.width for each in portraits.renditions(photo(700, 900))} == {320, 480}
    assert {each.width for each in portraits.renditions(photo(480, 600))} == {320, 480}


def test_even_noise_is_small_enough():
    noise = Image.effect_noise((800, 1000), 200).convert("RGB")
    made = portraits.renditions(encoded(noise, "JPEG", quality=60))
    assert max(len(each.bytes) for each in made) <= portraits.MOST_BYTES_OUT
    assert ("jpeg", 480, 600) in sizes(made)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_place_camera_comment_and_profile_are_gone(kind):
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = "Camera of Quizzaciously", "Quizzaciously at home"
    exif.get_ifd(0x8825).update({1: "N", 2: PLACE, 3: "W", 4: PLACE})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    facts = {"comment": b"Quizzaciously"} if kind == "JPEG" else {}
    upload = photo(900, 1200, kind, exif=exif, icc_profile=profile, xmp=b"Quizzaciously", **facts)
    before = Image.open(BytesIO(upload))
    assert (before.getexif().get_ifd(0x8825)[2], b"Quizzaciously" in upload) == (PLACE, True)
    assert before.info["icc_profile"] == profile
    for made in portraits.renditions(upload):
        after = opened(made)
        assert (dict(after.getexif()), after.info.get("icc_profile")) == ({}, None)
        assert [name for name in ("exif", "xmp", "comment") if name in after.info] == []
        assert b"Quizzaciously" not in made.bytes


@pytest.mark.parametrize("turn", [1, 3, 6, 8])
def test_picture_stands_upright(turn):
    """The camera held in each of four ways; the sky is always red, the ground blue."""
    scene = Image.new("RGB", (960, 1200), "blue")
    ImageDraw.Draw(scene).rectangle((0, 0, 960, 600), "red")
    turned = {1: 0, 3: 180, 6: 90, 8: 270}[turn]
    exif = Image.Exif()
    exif[0x0112] = turn
    upload = encoded(scene.rotate(turned, expand=True), "JPEG", exif=exif, quality=95)
    largest = opened(portraits.renditions(upload)[-1])
    seen = [largest.getpixel((400, y)) for y in (30, 970)]
    assert near(seen[0], (254, 0, 0))
    assert near(seen[1], (0, 0, 254))


def test_wide_picture_is_cut_in_the_middle():
    scene = Image.new("RGB", (2400, 1000), "red")
    ImageDraw.Draw(scene).rectangle((800, 0, 1600, 1000), "blue")
    largest = opened(portraits.renditions(encoded(scene, "PNG"))[-1])
    assert [near(largest.getpixel((x, 500)), (0, 0, 255)) for x in (5, 400, 795)] == [True] * 3


def test_tall_picture_keeps_more_of_its_top():
    scene = Image.new("RGB", (800, 2000), "white")
    ImageDraw.Draw(scene).rectangle((0, 0, 800, 349), "red")  # 35 of each 100 that are cut
    largest = opened(portraits.renditions(encoded(scene, "PNG"))[-1])
    assert near(largest.getpixel((400, 10)), (255, 255, 255))
    assert near(largest.getpixel((400, 990)), (255, 255, 255))


def test_colors_are_as_they_were_meant():
    """In a profile whose red and blue are changed round, what is stored as red is meant as blue."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    turned = srgb.replace(b"rXYZ", b"?").replace(b"bXYZ", b"rXYZ").replace(b"?", b"bXYZ")
    red = Image.new("RGB", (900, 1200), "red")
    plain = portraits.renditions(encoded(red, "PNG"))
    meant = portraits.renditions(encoded(red, "PNG", icc_profile=turned))
    assert near(opened(plain[-1]).getpixel((9, 9)), (254, 0, 0))
    assert near(opened(meant[-1]).getpixel((9, 9)), (0, 0, 254))


def test_broken_profile_is_ignored():
    made = portraits.renditions(photo(900, 1200, icc_profile=b"none at all"))
    assert len(made) == 6


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "CMYK", "1", "I;16"])
def test_every_way_to_keep_a_picture_is_read(mode):
    picture = Image.new("L", (900, 1200), 128).convert("RGB")
    kind = "JPEG" if mode == "CMYK" else "PNG"
    kept = Image.new("I;16", (900, 1200)) if mode == "I;16" else picture.convert(mode)
    assert len(portraits.renditions(encoded(kept, kind))) == 6


def test_see_through_parts_stand_on_the_panel():
    made = portraits.renditions(encoded(Image.new("RGBA", (900, 1200), (0, 0, 0, 0)), "PNG"))
    assert near(opened(made[-1]).getpixel((400, 500)), (241, 232, 220), by=4)


def test_second_picture_inside_a_phone_photo_is_ignored():
    first, second = Image.new("RGB", (900, 1200), "red"), Image.new("RGB", (900, 1200), "blue")
    upload = encoded(first, "MPO", save_all=True, append_images=[second])
    assert Image.open(BytesIO(upload)).n_frames == 2
    assert near(opened(portraits.renditions(upload)[1]).getpixel((9, 9)), (254, 0, 0))


def bomb() -> bytes:
    """A PNG of 400 million pixels in a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000), 9)
    ends = chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + ends


def text_bomb() -> bytes:
    """A small PNG with a compressed note of 100 MB."""
    png = encoded(Image.new("RGB", (900, 1200)), "PNG")
    data = b"Comment\0\0" + zlib.compress(bytes(100_000_000), 9)
    note = struct.pack(">I", len(data)) + b"zTXt" + data
    return png[:33] + note + struct.pack(">I", zlib.crc32(b"zTXt" + data)) + png[33:]


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (900, 1200), color) for color in ("red", "blue")]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:])


HOSTILE = {
    "nothing": (lambda: b"", portraits.NOT_A_PICTURE),
    "words": (lambda: b"These are words. " * 99, portraits.NOT_A_PICTURE),
    "a page": (lambda: b"<html><script>alert(1)</script></html>", portraits.NOT_A_PICTURE),
    "a drawing": (
        lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        portraits.NOT_A_PICTURE,
    ),
    "a GIF": (lambda: encoded(Image.new("P", (900, 1200)), "GIF"), portraits.NOT_A_PICTURE),
    "a TIFF": (lambda: encoded(Image.new("L", (900, 1200)), "TIFF"), portraits.NOT_A_PICTURE),
    "a PDF": (lambda: encoded(Image.new("RGB", (900, 1200)), "PDF"), portraits.NOT_A_PICTURE),
    "half a JPEG": (lambda: photo(900, 1200)[:-2000], portraits.NOT_A_PICTURE),
    "half a PNG": (lambda: photo(900, 1200, "PNG")[:9000], portraits.NOT_A_PICTURE),
    "a head alone": (lambda: photo(900, 1200)[:20], portraits.NOT_A_PICTURE),
    "a text bomb": (text_bomb, portraits.NOT_A_PICTURE),
    "a bomb": (bomb, portraits.TOO_MANY_PIXELS),
    "50 megapixels": (
        lambda: encoded(Image.new("RGB", (8000, 6250)), "JPEG"),
        portraits.TOO_MANY_PIXELS,
    ),
    "a PNG that moves": (lambda: moving("PNG"), portraits.MOVES),
    "a WebP that moves": (lambda: moving("WEBP"), portraits.MOVES),
    "a stamp": (lambda: photo(300, 400), portraits.TOO_SMALL),
    "a strip": (lambda: photo(2000, 480), portraits.TOO_SMALL),
    "over 2 MB": (lambda: photo(900, 1200) + bytes(2 * 1024 * 1024), portraits.TOO_LARGE),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_portrait_is_refused_with_a_reason(name):
    make, reason = HOSTILE[name]
    assert refusal(make()) == reason


def test_two_megabytes_are_fine():
    upload = photo(900, 1200)
    assert len(portraits.renditions(upload + bytes(2 * 1024 * 1024 - len(upload)))) == 6

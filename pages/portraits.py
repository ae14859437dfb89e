"""From the bytes of an uploaded picture to the renditions that are served. Pure.

Every rendition is a new picture made from pixels alone, so nothing else of the upload survives:
no EXIF, no place, no comment, no profile.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageOps

MOST_BYTES_IN = 2 * 1024 * 1024
MOST_BYTES_OUT = 60_000
MOST_PIXELS = 25_000_000
# The widths at which a 4:5 portrait is shown: in a list, on a phone, on a dense or wide screen.
WIDTHS = (320, 480, 800)
SMALLEST = 480
ENOUGH = (2000, 2000)
# Faces are in the upper half: what is too high is cut from below more than from above.
CENTER = (0.5, 0.35)
BEHIND = "#f1e8dc"  # where a picture is see-through
READ = ("JPEG", "PNG", "WEBP", "AVIF")
OPTIONS: dict[str, dict[str, Any]] = {
    "avif": {"format": "AVIF", "speed": 6},
    "jpeg": {"format": "JPEG", "optimize": True, "progressive": True},
}
QUALITIES = (80, 70, 60, 50, 40, 30, 20, 10)

TOO_LARGE = "Choose a picture of 2 MB or less."
NOT_A_PICTURE = "Choose a JPEG, PNG, WebP or AVIF picture. This file is none, or it is damaged."
MOVES = "Choose a picture that does not move."
TOO_MANY_PIXELS = "Choose a smaller picture: 25 million pixels at most."
TOO_SMALL = "Choose a larger picture: at least 480 pixels wide and 600 high."


class RefusedError(ValueError):
    """The upload cannot become a portrait. The message says what to do, for staff."""


@dataclass(frozen=True)
class Made:
    """One rendition: `format` is "avif" or "jpeg"."""

    format: str
    width: int
    height: int
    bytes: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.bytes).hexdigest()


def renditions(upload: bytes) -> list[Made]:
    """Each width in each format, 60 KB or less. Raises RefusedError."""
    if len(upload) > MOST_BYTES_IN:
        raise RefusedError(TOO_LARGE)
    largest = cropped(opened(upload))
    return [
        made
        for width in WIDTHS
        if width <= largest.width
        for made in in_each_format(resized(largest, width))
    ]


def opened(upload: bytes) -> Image.Image:
    """Upright, in sRGB, without anything but its pixels."""
    try:
        with Image.open(BytesIO(upload), formats=READ) as picture:
            check(picture)
            picture.draft(None, ENOUGH)  # a JPEG is decoded no larger than is needed
            picture.load()
            return in_srgb(ImageOps.exif_transpose(picture))
    except RefusedError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise RefusedError(TOO_MANY_PIXELS) from bomb
    except Exception as error:  # what decoders raise at hostile bytes is no closed set
        raise RefusedError(NOT_A_PICTURE) from error


def check(picture: Image.Image) -> None:
    """Before a pixel is decoded. Phones put two stills into one JPEG (MPO); the first counts."""
    if picture.width * picture.height > MOST_PIXELS:
        raise RefusedError(TOO_MANY_PIXELS)
    if picture.format != "MPO" and getattr(picture, "is_animated", False):
        raise RefusedError(MOVES)


def in_srgb(picture: Image.Image) -> Image.Image:
    picture = on_ground(through_profile(picture))
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    return bare


def through_profile(picture: Image.Image) -> Image.Image:
    """Colors as they were meant. A profile that is broken or of another mode is ignored."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "CMYK"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB") or picture
    except (ImageCms.PyCMSError, OSError):
        return picture


def on_ground(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    see_through = picture.convert("RGBA")
    ground = Image.new("RGBA", picture.size, BEHIND)
    return Image.alpha_composite(ground, see_through).convert("RGB")


def cropped(picture: Image.Image) -> Image.Image:
    """The largest 4:5 part of it, at the largest width that it fills."""
    wide = min(picture.width, picture.height * 4 // 5)
    if wide < SMALLEST:
        raise RefusedError(TOO_SMALL)
    return fitted(picture, max(width for width in WIDTHS if width <= wide))


def resized(picture: Image.Image, width: int) -> Image.Image:
    return picture if picture.width == width else fitted(picture, width)


def fitted(picture: Image.Image, width: int) -> Image.Image:
    size = (width, width * 5 // 4)
    return ImageOps.fit(picture, size, Image.Resampling.LANCZOS, centering=CENTER)


def in_each_format(picture: Image.Image) -> Iterator[Made]:
    for name in OPTIONS:
        data = small_enough(picture, name)
        if data is not None:
            yield Made(name, picture.width, picture.height, data)


def small_enough(picture: Image.Image, name: str) -> bytes | None:
    """At the best quality that fits. None where even the least does not: that size is left out."""
    for quality in QUALITIES:
        data = BytesIO()
        picture.save(data, quality=quality, **OPTIONS[name])
        if data.tell() <= MOST_BYTES_OUT:
            return data.getvalue()
    return None

"""The picture beside a shared link: the mark and the practice's name on ground.

Nothing in it says what the practice does. Where a page must stay neutral the name is left out.
"""

import hashlib
from functools import lru_cache
from io import BytesIO
from math import cos, radians, sin

from django.contrib.staticfiles import finders
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
# The name stands within the square that some apps cut from the middle.
ROOM = 600
GROUND, INK, THREAD_A, THREAD_B = "#fbf7f1", "#2a2522", "#1f4e5a", "#743729"  # as in tokens.css
SIZES = range(92, 35, -4)
MOST_LINES = 3
LEADING = 1.15
GAP = 64
# Raise it when the drawing changes: it is part of the address.
DRAWING = 1

Font = ImageFont.FreeTypeFont


def digest(name: str) -> str:
    """What the picture of this name is called, the same on every machine, without drawing it."""
    return hashlib.sha256(f"{DRAWING} {name}".encode()).hexdigest()[:16]


@lru_cache(maxsize=4)
def png(name: str) -> bytes:
    """1200 by 630 pixels, 30 KB or less."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    lines, font = fitted(name)
    leading = LEADING * font.size
    ring = mark(200 if lines else 320)
    high = ring.height + (GAP + leading * len(lines) if lines else 0)
    top = (HEIGHT - high) / 2
    picture.paste(ring, ((WIDTH - ring.width) // 2, round(top)), ring)
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        middle = top + ring.height + GAP + leading * (number + 0.5)
        pen.text((WIDTH / 2, middle), line, INK, font, anchor="mm")
    return saved(picture)


def fitted(name: str) -> tuple[list[str], Font]:
    """The name in lines, in the largest letters that hold it.

    No lines for a name in letters that the font does not have: the mark stands alone.
    """
    if not name or not has_all(font_of(SIZES[0]), name):
        return [], font_of(SIZES[0])
    for size in SIZES:
        font = font_of(size)
        lines = wrapped(name, font)
        if len(lines) <= MOST_LINES and all(font.getlength(line) <= ROOM for line in lines):
            return lines, font
    return cut_short(name, font), font


def wrapped(name: str, font: Font) -> list[str]:
    lines = [""]
    for word in name.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > ROOM:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def cut_short(name: str, font: Font) -> list[str]:
    """Of a name that no size holds, what one line holds."""
    while font.getlength(f"{name}…") > ROOM:
        name = name[:-1].rstrip()
    return [f"{name}…"]


def has_all(font: Font, name: str) -> bool:
    missing = bytes(font.getmask("\uffff"))
    return all(bytes(font.getmask(letter)) != missing for letter in name if not letter.isspace())


@lru_cache
def font_of(size: int) -> Font:
    return ImageFont.truetype(str(finders.find("fonts/fraunces.woff2")), size)


def mark(size: int) -> Image.Image:
    """The open ring with the dot at rest in its gap, as in components/mark.html: 16 units wide."""
    unit = size * 4 / 16  # drawn four times as large, for smooth edges
    large = Image.new("RGBA", (size * 4, size * 4), GROUND)
    pen = ImageDraw.Draw(large)
    radius, thick = 6.5 * unit, unit * 8 / 70 * 6.5

    def at(degrees: float) -> tuple[float, float]:
        """On the ring's own line, clockwise from the top."""
        turn = radians(degrees)
        return 8 * unit + radius * sin(turn), 8 * unit - radius * cos(turn)

    outer = radius + thick / 2
    box = (8 * unit - outer, 8 * unit - outer, 8 * unit + outer, 8 * unit + outer)
    pen.arc(box, 140 - 90, 360 + 100 - 90, THREAD_A, round(thick))
    for end in (140, 100):
        disk(pen, at(end), thick / 2, THREAD_A)
    disk(pen, at(120), 6.5 * unit * 12 / 70, THREAD_B)
    return large.resize((size, size), Image.Resampling.LANCZOS)


def disk(pen: ImageDraw.ImageDraw, at: tuple[float, float], radius: float, color: str) -> None:
    x, y = at
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), color)


def saved(picture: Image.Image) -> bytes:
    """Few colors, so few bytes."""
    file = BytesIO()
    picture.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()

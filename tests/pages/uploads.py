"""Pictures to upload, made on the spot."""

from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    data = BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def photo(
    width: int = 960, height: int = 1200, kind: str = "JPEG", color: str = "#7a9", **options: Any
) -> bytes:
    """Something like a person: a head and shoulders before a wall that is not flat."""
    wall = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    picture = Image.blend(wall, Image.new("RGB", (width, height), color), 0.6)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((width * 0.32, height * 0.2, width * 0.68, height * 0.6), "#c99b7b")
    draw.ellipse((width * 0.1, height * 0.62, width * 0.9, height * 1.4), "#3d5a66")
    return encoded(picture, kind, **options)

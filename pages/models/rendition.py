from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django.db import models
from django.urls import reverse

from pages.models.therapist import Therapist


class RenditionQuerySet(models.QuerySet["Rendition"]):
    def without_bytes(self) -> Self:
        """What a page says of them: the pictures themselves are read where they are served."""
        return self.defer("bytes")


class Rendition(models.Model):
    """A therapist's portrait at one size and in one format, as it is served."""

    class Kind(models.TextChoices):
        AVIF = "avif", "AVIF"
        JPEG = "jpeg", "JPEG"

    ENDINGS = {Kind.AVIF: "avif", Kind.JPEG: "jpg"}
    TYPES = {Kind.AVIF: "image/avif", Kind.JPEG: "image/jpeg"}

    therapist = models.ForeignKey(Therapist, models.CASCADE, related_name="renditions")
    sha256 = models.CharField(max_length=64, unique=True)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    format = models.CharField(max_length=4, choices=Kind)
    bytes = models.BinaryField()

    objects = RenditionQuerySet.as_manager()

    class Meta:
        ordering = ["width", "format"]
        constraints = [
            models.UniqueConstraint("therapist", "width", "format", name="rendition_once")
        ]

    def __str__(self) -> str:
        return f"{self.therapist}, {self.width} px, {self.get_format_display()}"

    def get_absolute_url(self) -> str:
        """It holds the hash of the bytes, so what is there never changes."""
        return reverse("portrait", args=[self.sha256, self.ENDINGS[self.Kind(self.format)]])

    @property
    def content_type(self) -> str:
        return self.TYPES[self.Kind(self.format)]


@dataclass(frozen=True)
class Portrait:
    """One therapist's renditions, as a `<picture>` names them."""

    renditions: Sequence[Rendition]

    @property
    def avif(self) -> str:
        return self._sources(Rendition.Kind.AVIF)

    @property
    def jpeg(self) -> str:
        return self._sources(Rendition.Kind.JPEG)

    @property
    def largest(self) -> Rendition:
        """The one for readers that know no sources, and for other sites."""
        return self._of(Rendition.Kind.JPEG)[-1]

    def _sources(self, kind: Rendition.Kind) -> str:
        return ", ".join(f"{each.get_absolute_url()} {each.width}w" for each in self._of(kind))

    def _of(self, kind: Rendition.Kind) -> list[Rendition]:
        found = [each for each in self.renditions if each.format == kind]
        return sorted(found, key=lambda each: each.width)

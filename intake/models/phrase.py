import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from pages.models import SiteRevision


class PhraseQuerySet(models.QuerySet["Phrase"]):
    def delete(self) -> tuple[int, dict[str, int]]:
        gone = super().delete()
        SiteRevision.raise_()
        return gone


def plain(text: str) -> str:
    """Words in small letters, one blank between them: marks and line ends make no difference."""
    # Each letter that stands in it is looked at once, however often it does.
    for mark in (each for each in set(text) if unicodedata.category(each) == "Cf"):
        text = text.replace(mark, "")
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(re.findall(r"\w+", folded))


class Phrase(models.Model):
    """Words that staff want to see first. They move a request up; they judge nothing else."""

    text = models.CharField(
        max_length=100,
        unique=True,
        help_text="One or more words as people write them. Capital letters do not matter.",
    )

    objects = PhraseQuerySet.as_manager()

    class Meta:
        ordering = ["text"]
        verbose_name = "phrase that moves a request up"
        verbose_name_plural = "phrases that move a request up"

    def __str__(self) -> str:
        return self.text

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        SiteRevision.raise_()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        SiteRevision.raise_()
        return gone

    def clean(self) -> None:
        if self.text and not plain(self.text):
            raise ValidationError({"text": "Write at least one word"})

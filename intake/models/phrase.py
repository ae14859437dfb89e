import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db import models


class PhraseManager(models.Manager["Phrase"]):
    def found_in(self, *texts: str) -> bool:
        """Whether one of them stands there, word for word."""
        words = "|".join(f" {plain(text)} " for text in texts)
        phrases = [plain(text) for text in self.values_list("text", flat=True)]
        return any(phrase and f" {phrase} " in words for phrase in phrases)


def plain(text: str) -> str:
    """Words in small letters, one blank between them: marks and line ends make no difference."""
    shown = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", shown).casefold())
    return " ".join(re.findall(r"\w+", folded))


class Phrase(models.Model):
    """Words that staff want to see first. They move a request up; they judge nothing else."""

    text = models.CharField(
        max_length=100,
        unique=True,
        help_text="One or more words as people write them. Capital letters do not matter.",
    )

    objects = PhraseManager()

    class Meta:
        ordering = ["text"]
        verbose_name = "phrase that moves a request up"
        verbose_name_plural = "phrases that move a request up"

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        if self.text and not plain(self.text):
            raise ValidationError({"text": "Write at least one word"})

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from intake import blanks, starter
from intake.models.ending import WITH_WORDS, Ending, words_of

LONGEST = 2000


class OutcomeTextManager(models.Manager["OutcomeText"]):
    def begin(self) -> int:
        """A row for each ending that has none; how many. What staff wrote stays as it is."""
        there = set(self.values_list("ending", flat=True))
        begun = [
            OutcomeText(ending=ending, text=text)
            for ending, text in starter.ending_words().items()
            if ending not in there
        ]
        self.bulk_create(begun, ignore_conflicts=True)
        return len(begun)

    def words_of(self, ending: Ending) -> str:
        """What is said at this ending: as staff wrote it, else what a site begins with."""
        said = words_of(ending)
        row = self.filter(ending=said).first()
        return row.text if row else starter.ending_words()[said]


def known_blanks(text: str) -> None:
    if wrong := blanks.unknown(text):
        known = ", ".join(f"{{{name}}}" for name in blanks.KNOWN)
        raise ValidationError(f"Nothing fills {{{wrong[0]}}}. These can be filled: {known}.")
    if "{" in blanks.BLANK.sub("", text) or "}" in blanks.BLANK.sub("", text):
        raise ValidationError("A { or } stands alone. Write a blank as {phone}.")


class OutcomeText(models.Model):
    """What a person reads when their request ends this way. One row an ending; staff edit it."""

    ending = models.CharField(
        max_length=20,
        unique=True,
        editable=False,
        choices=[(ending.value, ending.label) for ending in WITH_WORDS],
    )
    text = models.TextField("words", max_length=LONGEST, validators=[known_blanks])

    objects = OutcomeTextManager()

    class Meta:
        ordering = ["pk"]
        verbose_name = "words at the end"
        verbose_name_plural = "words at the end"

    def __str__(self) -> str:
        return str(self.get_ending_display())

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.text = self.text.replace("\r\n", "\n")
        super().save(*args, **kwargs)

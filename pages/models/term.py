from django.db import models


class Term(models.Model):
    """An unusual word and what it means, said where a page first uses it."""

    word = models.CharField(max_length=60, unique=True, help_text="As it stands in the text.")
    meaning = models.CharField(max_length=300, help_text="In one or two plain sentences.")

    class Meta:
        ordering = ["word"]

    def __str__(self) -> str:
        return self.word

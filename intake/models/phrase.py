from django.db import models


class Phrase(models.Model):
    """Words that staff want to see first. They move a request up; they judge nothing else."""

    text = models.CharField(
        max_length=100,
        unique=True,
        help_text="One or more words as people write them. Capital letters do not matter.",
    )

    class Meta:
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text

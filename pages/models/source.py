from django.db import models


class Source(models.Model):
    """What a fact rests on. Its number is its place on the page of sources."""

    key = models.SlugField(
        unique=True, help_text="The short name in brackets in a text: [@who-ptsd] cites who-ptsd."
    )
    authors = models.CharField(max_length=300)
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    container = models.CharField(
        max_length=200, blank=True, help_text="The journal, or the publisher of a book."
    )
    details = models.CharField(max_length=120, blank=True, help_text="Volume, issue and pages.")
    doi = models.CharField("DOI", max_length=120, blank=True)
    url = models.URLField("address", blank=True)
    statement = models.TextField(help_text="What it is cited for, with the figure.")

    class Meta:
        ordering = ["authors", "year", "key"]

    def __str__(self) -> str:
        return f"{self.authors} ({self.year})"

    @property
    def link(self) -> str:
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    @classmethod
    def numbers(cls) -> dict[str, int]:
        """The number of each key, counted as they stand on the page of sources."""
        keys = cls._default_manager.values_list("key", flat=True)
        return {key: number for number, key in enumerate(keys, start=1)}

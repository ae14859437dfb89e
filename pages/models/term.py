from django.db import models


class Term(models.Model):
    """An unusual word and what it means, said where a page first uses it."""

    word = models.CharField(
        max_length=60, unique=True,
        help_text="As it stands in the text, or a plain phrase first and the word in brackets: "
        "settling together (co-regulation).",
    )  # fmt: skip
    meaning = models.CharField(max_length=300, help_text="In one or two plain sentences.")

    class Meta:
        ordering = ["word"]
        verbose_name = "word we explain"
        verbose_name_plural = "words we explain"

    def __str__(self) -> str:
        return self.word

    @classmethod
    def meanings(cls) -> dict[str, str]:
        return dict(cls._default_manager.values_list("word", "meaning"))

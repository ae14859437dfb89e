from django.db import models


class StarterText(models.Model):
    """What the loader last wrote where, so that it never writes over what staff did since."""

    key = models.CharField(max_length=120, unique=True)
    values = models.JSONField()

    def __str__(self) -> str:
        return self.key

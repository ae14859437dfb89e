from dataclasses import dataclass
from typing import Self

from intake.clock import clock_of
from intake.models.phrase import Phrase, plain
from intake.promise import Clock
from pages.models import Practice, Service, Therapist


@dataclass(frozen=True)
class Terms:
    """What a request is taken under: the practice's clock, who can be asked for, and the phrases
    that move it up."""

    clock: Clock
    services: dict[str, int]  # the row of each slug
    therapists: dict[str, int]
    phrases: tuple[str, ...] = ()

    @classmethod
    def of(cls, practice: Practice) -> Self:
        return cls(
            clock=clock_of(practice),
            services=dict(Service.objects.values_list("slug", "pk")),
            therapists=dict(Therapist.objects.values_list("slug", "pk")),
            phrases=tuple(plain(text) for text in Phrase.objects.values_list("text", flat=True)),
        )

    def found_urgent(self, *texts: str) -> bool:
        """Whether one of the phrases stands there, word for word."""
        words = "|".join(f" {plain(text)} " for text in texts)
        return any(phrase and f" {phrase} " in words for phrase in self.phrases)

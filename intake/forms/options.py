"""What the practice offers today: all of the form that is not fixed."""

from dataclasses import dataclass

from pages.models import Practice, Service, Therapist

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Options:
    """Names for the form's choices: values are slugs, words are what people read."""

    states: tuple[str, ...]
    channels: tuple[str, ...]
    services: Pairs = ()
    therapists: Pairs = ()
    full: frozenset[str] = frozenset()  # who of them takes no new people now
    left: Pairs = ()  # who was here before
    phone: str = ""
    hours: str = ""
    region: str = "us"

    @classmethod
    def of(cls, practice: Practice) -> "Options":
        people = list(Therapist.objects.all())
        return cls(
            states=tuple(practice.service_states or [practice.state]),
            channels=tuple(practice.channels),
            services=tuple(Service.objects.values_list("slug", "name")),
            therapists=tuple((each.slug, each.name) for each in people if not each.retired_on),
            full=frozenset(each.slug for each in people if not each.accepting),
            left=tuple((each.slug, each.name) for each in people if each.retired_on),
            phone=practice.phone,
            hours=practice.call_hours,
            region=practice.region.country,
        )

    @property
    def call_us(self) -> str:
        return (
            f"Call {self.phone}, {self.hours}. Give the short code on the next page. "
            "We will not contact you first"
        )

"""One request as its page shows it: closed, or open while a recorded reading lasts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from urllib.parse import quote

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.urls import reverse
from django.utils import timezone

from intake import farewell, moments
from intake.admin import exchange, first_talk, history, safe_contact, wishes_broken
from intake.admin.course import Course
from intake.admin.ended import Ended
from intake.admin.rows import initial, owner_of
from intake.clock import shown_clock
from intake.encryption import SealBroken, WrongKey, keyring
from intake.models import Attempt, CheckIn, ContactRequest, Ending, Event, Opened, OpenedNote
from intake.models.beside import Beside, beside
from intake.models.choices import ContactMethod, GoneBy, NoMail, Outcome, Status
from intake.models.trying import proposed
from intake.receipts import in_blocks
from pages import phone
from pages.models import Practice

Method = ContactMethod
LOCATIONS = {"here": "Yes", "elsewhere": "No, somewhere else", "unsure": "Not sure"}
FAR_AWAY = datetime.max.replace(tzinfo=UTC)
# What makes a question on the list needless.
SETTLES = (Event.Verb.STATUS_SET, Event.Verb.CLOSED, Event.Verb.LIST_ENDED)
# What a link may start, by the way they chose. Nothing for those who will call themselves.
SCHEMES = {Method.CALL: "tel", Method.TEXT: "sms"}


class Person:
    """Everything on the page but the queue beside it and the form."""

    def __init__(
        self,
        request: ContactRequest,
        practice: Practice,
        user: AbstractBaseUser | AnonymousUser,
        is_read: bool,
    ) -> None:
        self.request, self.practice, self.user = request, practice, user
        self.is_read = is_read
        self.now = timezone.now()

    @cached_property
    def opened(self) -> Opened | None:
        """The same reading again: `open_words` recorded it. None where it is over or fails."""
        return read_again(self.request) if self.is_read and self.has_key else None

    @property
    def has_key(self) -> bool:
        """Whether this machine can open it; a purged request has nothing left to open."""
        return self.request.identity_key_id in keyring().private

    @property
    def reference(self) -> str:
        return in_blocks(self.request.reference, "-")

    @property
    def gone(self) -> bool:
        return self.request.identity_purged_at is not None

    @property
    def masked(self) -> str:
        """For the banner, which stands where others may look: "(503) ···-··87"."""
        if not self.contact:
            return ""
        if self.request.contact_method == Method.EMAIL:
            name, _, host = self.contact.partition("@")
            return f"{name[:1]}…@{host}"
        return f"number ending {self.contact.strip()[-2:]}"

    @property
    def initial(self) -> str:
        return initial(self.request)

    @property
    def is_open(self) -> bool:
        return self.request.status != ContactRequest.Status.CLOSED

    @property
    def own(self) -> bool:
        return self.request.contact_method == Method.OWN

    @property
    def left_alone(self) -> str:
        """Why nobody is to reach them first: then nothing here offers a way to."""
        return safe_contact.do_not_contact(self.request)

    @cached_property
    def course(self) -> Course:
        return Course(self.request, self.events, self.user, self.now, self.practice.tz)

    @cached_property
    def not_now(self) -> str:
        """Why this hour is none for a call; '' where it is one."""
        return wishes_broken.not_now(self.request, shown_clock(self.practice), self.now)

    @cached_property
    def next_try(self) -> str:
        """When the next one would be, said before a button is pressed."""
        if not self.is_open or self.left_alone:
            return ""
        result, others = Attempt.Result.NO_ANSWER, self.course.someone_else_at
        again = proposed(self.request, result, shown_clock(self.practice), self.now, others)
        return moments.due(again.due_at, self.now, self.practice.tz, again.part)

    @property
    def may_be_past_promise(self) -> bool:
        """While they still wait for the first word, a reason may be needed."""
        return self.request.is_past_promise(FAR_AWAY)

    @property
    def words_after_tries(self) -> str:
        """What the person reads where it is closed after them. Takes one query."""
        tries = len(self.course.tries)
        return farewell.words(Ending.NO_REPLY, self.request, self.practice, self.now, tries)

    @property
    def known(self) -> list[first_talk.Known]:
        return first_talk.known(self.request, self.practice.state)

    @property
    def asks_on_the_list(self) -> bool:
        """A check-in waits for its answer: whoever calls gets it by one of three buttons."""
        on_list = self.is_open and self.request.status == Status.WAITING
        asked = self._last(Event.Verb.ASKED, Event.Verb.ANSWERED, *SETTLES)
        return on_list and asked is not None and asked.verb == Event.Verb.ASKED

    @cached_property
    def events(self) -> list[Event]:
        return history.events_of(self.request)

    @property
    def changed(self) -> str:
        """The last thing that the person changed about how to reach them."""
        event = self._last(Event.Verb.NARROWED)
        if event is None or not self.is_open:
            return ""
        on = moments.day(event.at, self.practice.tz)
        return f"Changed on {on} by the person: {history.narrowed(event.facts)}. Keep only to this."

    @property
    def harder(self) -> str:
        """Said on the waiting list, and nobody has acted on it yet."""
        event = self._last(Event.Verb.ANSWERED, Event.Verb.TRIED, *SETTLES)
        if event is None or event.facts.get("answer") != CheckIn.Answer.HARDER:
            return ""
        on = moments.exact(event.at, self.practice.tz)
        return f"It has gotten harder. They said so on {on}. Reach them first."

    @property
    def taken_back(self) -> str:
        """Of a request that the person ended, what happens to it now."""
        if self.gone or self.request.outcome != Outcome.WITHDREW:
            return ""
        until = self.request.words_purge_on
        erased = f" What they wrote is erased on {until:%b} {until.day}." if until else ""
        return f"They took this request back. Do not contact them.{erased}"

    @property
    def gone_words(self) -> str:
        if self.request.gone_by == GoneBy.PERSON and self.request.identity_purged_at:
            on = moments.exact(self.request.identity_purged_at, self.practice.tz)
            return f"They erased everything on {on}. Nothing is left to open. Do not contact them."
        return "What this person wrote is erased. Choices and history stay."

    def _last(self, *verbs: str) -> Event | None:
        return next((event for event in self.events if event.verb in verbs), None)

    def statement(self) -> list[tuple[str, str]]:
        """The pages they were shown when they wrote, each with where it is kept."""
        asked = self.request
        kept = {"Privacy": asked.privacy_edition, "Get help now": asked.help_edition}
        on = f"?on={asked.received_at.astimezone(self.practice.tz):%Y-%m-%d}"
        return [
            (name, reverse("admin:pages_page_as_shown", args=[each.page_id, each.number]) + on)
            for name, each in kept.items()
            if each
        ]

    @cached_property
    def ended(self) -> Ended | None:
        return Ended.of(self.request, self.events, self.now, self.practice.tz)

    # Writing to them

    @property
    def has_code(self) -> bool:
        return hasattr(self.request, "receipt")

    @property
    def readers_of_a_message(self) -> str:
        staff = "Read by staff who may open this request"
        if not self.has_code:
            return f"{staff}, and by nobody else: the person’s code is gone."
        return f"{staff}, and by whoever has the person’s private code, at My request."

    @property
    def mail_about_a_message(self) -> str:
        why_not = self.request.why_no_mail or ("" if self.has_code else NoMail.NO_CODE)
        if why_not:
            return f"No mail will say that it waits: {NoMail(why_not).label}."
        return "A mail will say that a message waits, and nothing of what it says."

    def exchange(self) -> list[exchange.Entry]:
        is_read = self.opened is not None
        return exchange.entries(self.request, self.events, self.practice.tz, is_read)

    @property
    def reach(self) -> str:
        return safe_contact.reach(self.request)

    @property
    def wishes(self) -> list[safe_contact.Wish]:
        return safe_contact.wishes(self.request)

    @property
    def due(self) -> str:
        at = self.request.due_at
        part = self.request.due_part or ""
        return moments.due(at, self.now, self.practice.tz, part) if at else ""

    @property
    def late(self) -> bool:
        return self.request.due_at is not None and self.request.due_at < self.now

    @property
    def owner(self) -> str:
        return owner_of(self.request)

    @property
    def others(self) -> list[tuple[str, str, str]]:
        """Others by the same phone or address, or the other half: why, reference, and where."""
        return [
            (
                self._beside(each),
                in_blocks(each.reference, "-"),
                reverse("admin:intake_contactrequest_change", args=[each.pk]),
            )
            for each in beside(self.request)
        ]

    def _beside(self, each: Beside) -> str:
        if each.couple:
            return "A couple: the other record is"
        wrote = "before" if each.received_at <= self.request.received_at else "again"
        return f"Wrote {wrote}, {self._until(each)}:"

    def _until(self, each: Beside) -> str:
        tz = self.practice.tz
        if each.closed_at:
            return f"closed {moments.day(each.closed_at, tz)}"
        return f"open since {moments.day(each.received_at, tz)}"

    @property
    def mine(self) -> bool:
        return self.request.owner_id == self.user.pk

    @property
    def state(self) -> str:
        if self.is_open and self.own and self.request.status in (Status.NEW, Status.IN_REVIEW):
            return "Waiting for their call"
        if self.is_open:
            return str(self.request.get_status_display())
        return f"Closed: {self.request.get_outcome_display()}"

    @property
    def held_by(self) -> str:
        if self.mine:
            return "You have it"
        return f"{self.owner} has it" if self.owner else "Nobody has it yet"

    def facts(self) -> list[tuple[str, str]]:
        """The choices that stand in clear; those left out were not answered."""
        return [(label, text) for label, text in self._facts() if text]

    def _facts(self) -> Iterator[tuple[str, str]]:
        asked = self.request
        yield "For", str(asked.get_seeking_for_display())
        yield "18 or older", str(asked.get_adult_display())
        yield (
            f"In {self.practice.state} during sessions",
            LOCATIONS.get(asked.location, asked.location),
        )
        yield "Kind of help", asked.service.name if asked.service else ""
        yield "Asked for", asked.therapist.name if asked.therapist else ""
        yield "In person or online", str(asked.get_format_display())
        yield "Payment", str(asked.get_payment_display())
        yield "Received", moments.day_and_hour(asked.received_at, self.now, self.practice.tz)
        promised = moments.day_and_hour(asked.promised_at, self.now, self.practice.tz)
        if self.own:
            yield "Told", "We wait for their call, and do not contact them first"
        else:
            yield "Told they would hear by", promised

    def history(self) -> list[history.Line]:
        return history.lines(self.request, self.events, self.now, self.practice.tz)

    # Only while it is read

    @property
    def contact(self) -> str:
        """The one number or address by which they asked to be reached."""
        if self.opened is None or self.left_alone:
            return ""
        return (
            self.opened.email if self.request.contact_method == Method.EMAIL else self.opened.phone
        )

    @property
    def contact_shown(self) -> str:
        return phone.spoken(self.contact, self.practice.region.country)

    @property
    def contact_link(self) -> str:
        if not self.contact:
            return ""
        if self.request.contact_method == Method.EMAIL:
            return f"mailto:{quote(self.contact, safe='@')}"
        return f"{SCHEMES[Method(self.request.contact_method)]}:{phone.link(self.contact)}"

    @property
    def script(self) -> list[safe_contact.Line]:
        if self.opened is None:
            return []
        speaker = getattr(self.user, "first_name", "") or self.practice.first_reader
        return safe_contact.script(self.request, self.opened.preferred_name, speaker, self.practice)

    @property
    def notes(self) -> list[tuple[str, OpenedNote]]:
        """The newest first, each with when."""
        if self.opened is None:
            return []
        tz = self.practice.tz
        return [(moments.ago(n.at, self.now, tz), n) for n in reversed(self.opened.notes)]


def read_again(request: ContactRequest) -> Opened | None:
    """What a reading that was recorded shows again; None where it does not open."""
    try:
        return request.opened()
    except (WrongKey, SealBroken):
        return None

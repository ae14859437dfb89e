"""How someone may be reached, in the words of the banner, and what to say to them."""

from dataclasses import dataclass

from intake.models import ContactRequest
from intake.models.choices import ContactMethod, Kind, Outcome
from pages.models import Practice

Method = ContactMethod
DAY_PARTS = {
    "morning": "mornings",
    "midday": "middle of the day",
    "afternoon": "afternoons",
    "evening": "early evenings",
}
REACH = {
    Method.CALL: "Call",
    Method.TEXT: "Text",
    Method.EMAIL: "Email",
    Method.OWN: "Do not contact: they will call",
}
VOICEMAIL = {
    "full": "voicemail: may say where you call from",
    "first_name": "voicemail: first name and number only",
}
NEUTRAL_SUBJECT = "Your message"
NO_VOICEMAIL = "NO voicemail"
PRACTICE_DATA = "practice data"
SHARED = {
    Method.CALL: "someone else may answer: first name only",
    Method.TEXT: "someone else may see messages: first name only",
    Method.EMAIL: "someone else may read this email: first name only",
}

SHORT = {
    VOICEMAIL["full"]: "voicemail: yes",
    VOICEMAIL["first_name"]: "voicemail: first name only",
    **dict.fromkeys(SHARED.values(), "first name only"),
}

# Who has said that we are to leave them alone.
LEFT_ALONE = {
    Outcome.WITHDREW: "They took it back",
    Outcome.ERASED: "They erased it",
}


def do_not_contact(request: ContactRequest) -> str:
    """Why nobody is to reach them first; '' where they asked to be reached."""
    if request.outcome in LEFT_ALONE:
        return LEFT_ALONE[Outcome(request.outcome)]
    return "They will call" if request.contact_method == Method.OWN else ""


def is_shared(request: ContactRequest) -> bool:
    """Anything but a clear "No": someone else may answer, see or read."""
    return request.contact_private != "no"


def may_leave(request: ContactRequest) -> str:
    """What a voicemail may say: '' none, first_name, full.

    As the check page told them: where someone else may hear it, a full one shrinks to a first name.
    """
    if request.contact_method != Method.CALL or request.voicemail not in VOICEMAIL:
        return ""
    return "first_name" if is_shared(request) else request.voicemail


def reach(request: ContactRequest) -> str:
    if request.outcome in LEFT_ALONE:
        return f"Do not contact: {LEFT_ALONE[Outcome(request.outcome)].lower()}"
    return REACH[Method(request.contact_method)]


@dataclass(frozen=True)
class Wish:
    """`care`: breaking it could harm someone, so it stands out. `short` for a row of the queue."""

    text: str
    care: bool = False

    @property
    def short(self) -> str:
        return SHORT.get(self.text, self.text.replace("middle of the day", "midday"))

    def __str__(self) -> str:
        return self.text


def wishes(request: ContactRequest) -> list[Wish]:
    """What to keep to, by the most careful reading of a blank. Never a name or a number."""
    sample = [Wish(PRACTICE_DATA)] if request.kind == Kind.SAMPLE else []
    if do_not_contact(request):
        return sample
    found = [_voicemail(request), _times(request), _shared(request)]
    care = (NO_VOICEMAIL, *SHARED.values())
    return [*sample, *(Wish(text, text in care) for text in found if text)]


def _voicemail(request: ContactRequest) -> str:
    if request.contact_method != Method.CALL:
        return ""
    return VOICEMAIL.get(may_leave(request), NO_VOICEMAIL)


def _times(request: ContactRequest) -> str:
    return "" if request.contact_method == Method.EMAIL else times(request.times_ok)


def times(chosen: list[str]) -> str:
    """Nothing where any time is good."""
    parts = [DAY_PARTS[part] for part in DAY_PARTS if part in chosen]
    return f"{' or '.join(parts)} only" if 0 < len(parts) < len(DAY_PARTS) else ""


def _shared(request: ContactRequest) -> str:
    return "" if not is_shared(request) else SHARED[Method(request.contact_method)]


@dataclass(frozen=True)
class Line:
    when: str
    say: str


def script(request: ContactRequest, name: str, speaker: str, practice: Practice) -> list[Line]:
    """The sentences that are safe for this person, large enough to read aloud."""
    if do_not_contact(request):
        return []
    if request.contact_method == Method.TEXT:
        return texting(request, speaker, practice)
    if request.contact_method == Method.EMAIL:
        return mailing(request, name, speaker, practice)
    return calling(request, name, speaker, practice)


def calling(request: ContactRequest, name: str, speaker: str, practice: Practice) -> list[Line]:
    return [
        Line(
            "They answer",
            f"Hi, is this {name}? It's {speaker}, returning your request. Is this a good time to "
            "talk on your own? If not, say no, and I will call when you tell me.",
        ),
        Line(
            "They say yes",
            "Thank you for writing. You can tell me as much or as little as you like. I'll ask "
            "four short things, tell you what it costs, and then we decide the next step together.",
        ),
        Line(
            "Someone else answers",
            f"Hi, is {name} there? … No message, thanks. I'll try another time.",
        ),
        Line(
            "They ask who or what about",
            f"It's {speaker}. Nothing urgent. I'll try again. (Never the practice's name.)",
        ),
        Line("Nobody answers", voicemail(request, name, speaker, practice)),
    ]


def texting(request: ContactRequest, speaker: str, practice: Practice) -> list[Line]:
    return [Line("Your text", text_message(speaker)), asked_who(request, speaker, practice)]


def mailing(request: ContactRequest, name: str, speaker: str, practice: Practice) -> list[Line]:
    """For who writes by hand. The subject can stand on a locked screen, so it says nothing."""
    if is_shared(request):
        body = (
            f"Hi, it's {speaker}. You asked me to write. Is this a good way to reach you? "
            "Answer when it suits you. If not, say no, and I will stop."
        )
    else:
        body = (
            f"Hi {name}. This is {speaker} from {practice.name}. You asked us to write. You can "
            "tell me as much or as little as you like. Say no at any time, and I will stop. "
            f"You can also call {practice.phone}, {practice.hours_in_words}."
        )
    return [
        Line("Subject", NEUTRAL_SUBJECT),
        Line("Your mail", body),
        asked_who(request, speaker, practice),
    ]


def asked_who(request: ContactRequest, speaker: str, practice: Practice) -> Line:
    """In writing, to whoever answers."""
    asked = "They ask who you are"
    if is_shared(request):
        return Line(asked, f"It's {speaker}. Nothing urgent. (Never the practice's name.)")
    return Line(asked, f"It's {speaker} from {practice.name}.")


def text_message(speaker: str) -> str:
    return f"Hi, it's {speaker}. You asked me to text. Is now OK? Reply STOP and I will stop."


def voicemail(request: ContactRequest, name: str, speaker: str, practice: Practice) -> str:
    allowed = may_leave(request)
    if allowed == "full":
        return (
            f"Hi {name}, this is {speaker} from {practice.name}. You asked us to call. I'm at "
            f"{practice.phone}, {practice.hours_in_words}. No rush. I'll try you again [say when]."
        )
    if allowed == "first_name":
        return (
            f"Hi, this is {speaker}. My number is {practice.phone}. "
            f"I'm here {practice.hours_in_words}. Thanks."
        )
    return "Hang up before the tone. Leave no message."

"""How someone may be reached, in the words of the banner, and what to say to them."""

from dataclasses import dataclass

from intake.models import ContactRequest
from intake.models.choices import ContactMethod
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
NO_VOICEMAIL = "NO voicemail"
SHARED = {
    Method.CALL: "someone else may answer: first name only",
    Method.TEXT: "someone else may see messages: first name only",
    Method.EMAIL: "someone else may read this email: first name only",
}


def reach(request: ContactRequest) -> str:
    return REACH[Method(request.contact_method)]


@dataclass(frozen=True)
class Wish:
    """`care`: breaking it could harm someone, so it stands out."""

    text: str
    care: bool = False

    def __str__(self) -> str:
        return self.text


def wishes(request: ContactRequest) -> list[Wish]:
    """What to keep to, by the most careful reading of a blank. Never a name or a number."""
    if request.contact_method == Method.OWN:
        return []
    found = [_voicemail(request), _times(request), _shared(request)]
    return [Wish(text, text == NO_VOICEMAIL or text in SHARED.values()) for text in found if text]


def _voicemail(request: ContactRequest) -> str:
    if request.contact_method != Method.CALL:
        return ""
    return VOICEMAIL.get(request.voicemail, NO_VOICEMAIL)


def _times(request: ContactRequest) -> str:
    """Nothing where any time is good."""
    parts = [DAY_PARTS[part] for part in DAY_PARTS if part in request.times_ok]
    if len(parts) in (0, len(DAY_PARTS)) or request.contact_method == Method.EMAIL:
        return ""
    return f"{' or '.join(parts)} only"


def _shared(request: ContactRequest) -> str:
    return "" if request.contact_private == "no" else SHARED[Method(request.contact_method)]


@dataclass(frozen=True)
class Line:
    when: str
    say: str


def script(request: ContactRequest, name: str, speaker: str, practice: Practice) -> list[Line]:
    """The sentences that are safe for this person, large enough to read aloud."""
    if request.contact_method == Method.TEXT:
        return [Line("Your text", text_message(speaker))]
    if request.contact_method != Method.CALL:
        return []
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


def text_message(speaker: str) -> str:
    return f"Hi, it's {speaker}. You asked me to text. Is now OK? Reply STOP and I will stop."


def voicemail(request: ContactRequest, name: str, speaker: str, practice: Practice) -> str:
    if request.voicemail == "full":
        return (
            f"Hi {name}, this is {speaker} from {practice.name}. You asked us to call. I'm at "
            f"{practice.phone}, {practice.hours_in_words}. No rush. I'll try you again [say when]."
        )
    if request.voicemail == "first_name":
        return (
            f"Hi, this is {speaker}. My number is {practice.phone}. "
            f"I'm here {practice.hours_in_words}. Thanks."
        )
    return "Hang up before the tone. Leave no message."

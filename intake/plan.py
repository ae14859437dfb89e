"""How we will reach a person, as sentences they can check before they send. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

TIMES = {
    "morning": "morning",
    "midday": "middle of the day",
    "afternoon": "afternoon",
    "evening": "early evening",
}
REACH = {
    "call": "call the number ending in {}",
    "text": "text the number ending in {}",
    "email": "write to the address {}",
}
# Where not even the last digits are known.
REACH_UNSEEN = {
    "call": "call the number you gave us",
    "text": "text the number you gave us",
    "email": "write to the address you gave us",
}
VOICEMAIL = {
    "first_name": "leave a first name and our number only",
    "full": "leave a message that says where we are calling from",
}

Part = tuple[str, bool]  # words, and whether they are stressed


@dataclass(frozen=True)
class Way:
    """What the answers say about reaching someone; `private` is '', no, yes or unsure."""

    method: str
    private: str = ""
    contact: str = ""  # masked: all that a page ever echoes
    voicemail: str = ""
    times: tuple[str, ...] = ()
    mail: bool = False  # asked for, which is not enough

    @property
    def shared(self) -> bool:
        """Anything but a clear "No" counts as: someone else may see or answer."""
        return self.method != "own" and self.private != "no"


def sentences(way: Way, practice_phone: str, hours: str) -> list[Part]:
    """The plan in parts, in order; joined they read as one short paragraph."""
    if way.method == "own":
        return _own(practice_phone, hours)
    return [*_reach(way), *_message(way), *_mail(way)]


def discretion(way: Way) -> str:
    """What someone else who sees or answers will not learn; '' where nobody else does."""
    if not way.shared:
        return ""
    told = "You told us someone else may see or answer."
    blank = "You did not say whether someone else may see or answer, so we take care."
    why = "why we called" if way.method == "call" else "why we wrote"
    opening = told if way.private else blank
    return f"{opening} We will say only a first name, and not {why}."


def _own(practice_phone: str, hours: str) -> list[Part]:
    return [
        ("You will ", False),
        (f"call us at {practice_phone}", True),
        (f", {hours}. We will ", False),
        ("not contact you first", True),
        (".", False),
    ]


def _reach(way: Way) -> list[Part]:
    reach = REACH if way.contact else REACH_UNSEEN
    return [
        ("We will ", False),
        (reach[way.method].format(way.contact), True),
        *_when(way.times),
        (".", False),
    ]


def _when(times: Iterable[str]) -> list[Part]:
    named = [TIMES[time] for time in TIMES if time in set(times)]
    if not named:
        return []
    if len(named) == len(TIMES):
        return [(" at ", False), ("any time of day", True)]
    return [(" in the ", False), (_either(named), True)]


def _mail(way: Way) -> list[Part]:
    """Said either way to whoever asked: where someone else may read it, none goes by itself."""
    if way.method != "email" or not way.mail:
        return []
    if way.shared:
        return [(" We will ", False), ("send no other mail", True), (".", False)]
    return [
        (" We will also ", False),
        ("mail you when something waits for you", True),
        (".", False),
    ]


def _either(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def _message(way: Way) -> list[Part]:
    """Where someone else may answer, a full message shrinks to a first name."""
    if way.method != "call":
        return []
    kind = "first_name" if way.shared and way.voicemail == "full" else way.voicemail
    if kind not in VOICEMAIL:
        return [(" We will ", False), ("not leave a message", True), (".", False)]
    return [(" If you do not pick up, we will ", False), (VOICEMAIL[kind], True), (".", False)]

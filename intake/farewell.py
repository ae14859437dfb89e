"""What one person reads when their request ends: the practice's words with its blanks filled."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from intake import blanks
from intake.models import ContactRequest, Ending, OutcomeText, Referral
from intake.promise import in_words
from pages import phone
from pages.models import Practice
from pages.sentences import in_a_word, weekday_and_date

DASH = "– "
# What one can follow: an address of the web, an address of mail, a telephone number.
LINKS = re.compile(
    r"(?P<web>https://[^\s,]*[^\s,.;:!?)])"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<phone>\(\d{3}\) \d{3}-\d{4}|(?:\b1-)?\b\d{3}-\d{3}-\d{4}\b"
    r"|(?:(?<=[Cc]all )|(?<=text )|(?<=: ))(?:[2-9]11|988)\b)"
)


def words(
    ending: Ending,
    request: ContactRequest,
    practice: Practice,
    now: datetime,
    tries: int = 0,
    insurer: str = "",
    referrals: Iterable[Referral] = (),
) -> str:
    facts = {
        **practice.facts(),
        "therapist": _first_name(request) or "your therapist",
        "tried": f"tried {in_a_word(tries)} times" if tries > 1 else "tried",
        "insurer": insurer or "your insurance",
        "promise": in_words(request.promised_at, practice.tz) if now < request.promised_at else "",
        "date": weekday_and_date(practice.today(request.closed_at or now)),
        "referrals": "".join(f"\n{referral.line}" for referral in referrals),
    }
    return blanks.fill(OutcomeText.objects.words_of(ending), facts)


def _first_name(request: ContactRequest) -> str:
    return request.therapist.name.split()[0] if request.therapist else ""


@dataclass(frozen=True)
class Piece:
    text: str
    link: str = ""

    @property
    def is_phone(self) -> bool:
        return self.link.startswith("tel:")


@dataclass(frozen=True)
class Block:
    """A paragraph, or one line of a list."""

    pieces: list[Piece]
    is_item: bool


def blocks(text: str, country: str) -> list[Block]:
    """A message as it is read: what one can call, write to or visit is a link."""
    lines = (line.strip() for line in text.splitlines())
    return [
        Block(pieces(line.removeprefix(DASH), country), line.startswith(DASH))
        for line in lines
        if line
    ]


def pieces(line: str, country: str) -> list[Piece]:
    found, end = [], 0
    for match in LINKS.finditer(line):
        found += [Piece(line[end : match.start()]), Piece(match[0], _link(match, country))]
        end = match.end()
    return [piece for piece in [*found, Piece(line[end:])] if piece.text]


def _link(match: re.Match[str], country: str) -> str:
    if match["web"]:
        return match[0]
    return f"mailto:{match[0]}" if match["mail"] else f"tel:{phone.link(match[0], country)}"

"""Words with {blanks} that facts fill. Pure.

A sentence whose blank stays empty is left out, so that no text ever says "we cannot bill ." or
promises a list that is not there.
"""

import re
from collections.abc import Mapping

BLANK = re.compile(r"\{([^{}\n]*)\}")
SENTENCE = re.compile(r"\S.*?(?:[.?!](?=\s)|$)\s*", re.DOTALL)
PARAGRAPH_ENDS = re.compile(r"\n\s*\n")
# Each name that staff may use in the words at the end, and what stands there.
KNOWN = {
    "practice": "the practice’s name",
    "phone": "the practice’s phone number",
    "hours": "when someone picks up",
    "fee": "what a session costs",
    "states": "where you are licensed",
    "crisis_call": "the first crisis number",
    "therapist": "the first name of the therapist they asked for, or “your therapist”",
    "tried": "“tried three times”, or “tried”",
    "insurer": "their insurance, where the request is open, or “your insurance”",
    "promise": "the day and hour they were told, until it has passed",
    "date": "the day on which the request is closed",
    "referrals": "the referrals you tick",
}


def in_text(text: str) -> list[str]:
    """The names of all blanks, in their order."""
    return BLANK.findall(text)


def unknown(text: str) -> list[str]:
    return [name for name in in_text(text) if name not in KNOWN]


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The text with its blanks filled; a name without a fact counts as empty."""
    paragraphs = [_filled(part, facts) for part in PARAGRAPH_ENDS.split(text.strip())]
    return "\n\n".join(part for part in paragraphs if part)


def _filled(paragraph: str, facts: Mapping[str, str]) -> str:
    sentences = SENTENCE.findall(paragraph)
    said = "".join(each for each in sentences if all(facts.get(name) for name in in_text(each)))
    filled = BLANK.sub(lambda blank: str(facts[blank[1]]), said)
    return re.sub(r" +\n", "\n", filled).strip()

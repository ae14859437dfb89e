"""The one search box: what someone typed, and what they may have meant by it."""

import re
import unicodedata

from django import forms

from intake.forms import phone as telephone
from intake.models import Sought
from intake.models.searching import words_of
from intake.receipts import (
    ALPHABET,
    BLOCK,
    REFERENCE_LENGTH,
    in_blocks,
    parse_code,
    parse_reference,
    read_as_code,
)

LONGEST = 200
MOST_WORDS = 12
LEAST_DIGITS = 4
EMPTY = "Type what you know: a first name, a short code, a number, an email or some words"
TOO_LONG = f"Type {LONGEST} characters or less"
TOO_LITTLE = "Type at least two letters, or four digits"
_NUMBER = re.compile(r"[\d\s()./+\-\u2010-\u2015]+")


class SearchForm(forms.Form):
    sought = forms.CharField(
        max_length=LONGEST, error_messages={"required": EMPTY, "max_length": TOO_LONG}
    )

    def __init__(self, *args: object, region: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.region = region
        self.understood = Sought()

    def clean_sought(self) -> str:
        typed: str = self.cleaned_data["sought"]
        self.understood = understood(typed, self.region)
        if not self.understood.kinds:
            raise forms.ValidationError(TOO_LITTLE)
        return typed

    @property
    def shown(self) -> str:
        """What was typed, for the box; of a whole private code only what staff may know."""
        typed = str(self["sought"].value() or "")
        code = private_code(typed)
        return in_blocks(code, "-") if code else typed[:LONGEST]


def understood(typed: str, region: str) -> Sought:
    """Everything that it may mean. Nothing where it is too little to look for."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if email := _email(text):
        return Sought(email=email)
    if _NUMBER.fullmatch(text):
        return _number(text, region)
    if code := _whole(text):
        return Sought(code=code)
    words = words_of(text)[:MOST_WORDS]
    return Sought(code=_part(text), words=words if len("".join(words)) > 1 else ())


def private_code(typed: str) -> str:
    """The reference of a private code that was typed by mistake; '' for anything else."""
    # Of the letters of a code hardly ever none is a digit; a sentence has none.
    code = parse_code(typed) if re.search(r"\d", typed) else None
    return code.reference if code else ""


def _whole(text: str) -> str:
    """The reference where all of it stands there, and no name or word is meant."""
    reference = parse_reference(text) if re.search(r"\d", text) else None
    return private_code(text) or reference or ""


def _email(text: str) -> str:
    """The one with a sign in the middle, as in "Kim <kim@example.org>"."""
    parts = (part.strip("<>()[],;:\"'") for part in text.split())
    return next((part for part in parts if "@" in part.strip("@")), "")


def _number(text: str, region: str) -> Sought:
    """A whole number, or how one ends; four to eight digits may be a part of a code too."""
    digits = "".join(str(unicodedata.decimal(mark)) for mark in text if mark.isdecimal())
    phones = [_dialled(text, region), digits if len(digits) > REFERENCE_LENGTH else ""]
    ends = digits if LEAST_DIGITS <= len(digits) <= REFERENCE_LENGTH else ""
    return Sought(code=_part(text), phones=tuple(filter(None, phones)), digits=ends)


def _dialled(text: str, region: str) -> str:
    try:
        return telephone.parse(text, region)
    except telephone.PhoneError:
        return ""


def _part(text: str) -> str:
    """A reference, or a block or more of one."""
    letters = read_as_code(text)
    fits = BLOCK <= len(letters) <= REFERENCE_LENGTH and set(letters) <= set(ALPHABET)
    return letters if fits else ""

"""How a process says that it will not start, and why."""

import sys
from typing import NoReturn

# A supervisor that sees this status must not start the process again: nothing would change.
REFUSED = 3


def refuse(sentence: str) -> NoReturn:
    say(f"Not started: {sentence}")
    sys.exit(REFUSED)


def say(sentence: str) -> None:
    """To whoever starts it, beside the log."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201

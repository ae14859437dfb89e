"""People who send, and send the same form again until they are told that it arrived."""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from benchmarks.meanwhile import meanwhile
from benchmarks.sending import WORDS
from tests.visitor import ANSWERS, Answer, HiddenFields, Visitor

PAUSE_SECONDS = 0.05
GIVES_UP_AFTER_SECONDS = 180


class People:
    """So many at once, each one request after the other until they are asked to stop."""

    def __init__(self, url: str, checks: bool = False, rest: float = 0) -> None:
        self.url, self.checks, self.rest = url, checks, rest
        self.numbers = count(1)
        self.acknowledged: set[int] = set()
        self.lost: set[int] = set()
        self.answers: Counter[str] = Counter()
        self.took: list[float] = []
        self.enough = threading.Event()

    @contextmanager
    def sending(self, people: int) -> Iterator[None]:
        """Until the block ends, and until what was begun then is acknowledged."""
        threads = [threading.Thread(target=self.live) for _ in range(people)]
        with meanwhile(threads, self.enough):
            yield

    def live(self) -> None:
        visitor = self.visitor()
        while not self.enough.is_set():
            number = next(self.numbers)
            arrived = self.send(visitor, number)
            (self.acknowledged if arrived else self.lost).add(number)
            time.sleep(self.rest)

    def visitor(self) -> Visitor:
        return Visitor(self.url)

    def send(self, visitor: Visitor, number: int) -> bool:
        answers = {**ANSWERS, "preferred_name": f"Person {number}", "message": WORDS}
        form = self.until(200, lambda: visitor.get("/contact/"))
        typed = {**(HiddenFields(form.text).fields if form else {}), **answers}
        if form and self.checks:
            form = self.until(200, lambda: visitor.post("/contact/", {**typed, "step": "check"}))
            typed = HiddenFields(form.text).fields if form else {}
        sent = form and self.until(
            303, lambda: visitor.post("/contact/", {**typed, "step": "send"})
        )
        return bool(sent and sent.headers["location"].startswith("/contact/sent/"))

    def until(self, status: int, ask) -> Answer | None:  # type: ignore[no-untyped-def]
        """The answer with this status, however often it takes. None after giving up."""
        until = time.monotonic() + GIVES_UP_AFTER_SECONDS
        while time.monotonic() < until:
            started = time.perf_counter()
            try:
                answer = ask()
            except (OSError, http.client.HTTPException):
                self.answers["cut off"] += 1
            else:
                self.answers[str(answer.status)] += 1
                self.took.append(time.perf_counter() - started)
                if answer.status == status:
                    return answer
            time.sleep(PAUSE_SECONDS)
        return None

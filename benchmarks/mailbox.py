"""A mail server on loopback that takes all and keeps the Message-IDs."""

import email
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller

from tests.site import free_port

# Each line of a conversation, in a process whose settings let such things be said.
logging.getLogger("mail.log").setLevel(logging.WARNING)


class Mailbox:
    def __init__(self, port: int = 0) -> None:
        self.port = port or free_port()
        self.came: Counter[str] = Counter()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.came[email.message_from_bytes(envelope.content)["Message-ID"]] += 1
        return "250 OK"

    @property
    def copies(self) -> int:
        return self.all - len(self.came)

    @property
    def all(self) -> int:
        return sum(self.came.values())


@contextmanager
def mailbox(port: int = 0) -> Iterator[Mailbox]:
    box = Mailbox(port)
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    try:
        yield box
    finally:
        server.stop()

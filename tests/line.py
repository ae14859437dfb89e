"""A line between a browser and a site, over loopback, that can be cut where a test wants it.

`drop_answers`: the site has done its work and nobody hears of it. `drop_forms`: half of what was
posted arrives. Each for as long as the `with` block lasts.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

CHUNK = 65536
SECONDS = 30


class Line:
    def __init__(self, port: int) -> None:
        self.far_port = port
        self.near = socket.create_server(("127.0.0.1", 0))
        self.drops = ""
        self.dropped = 0
        Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.near.getsockname()[1]}"

    @contextmanager
    def dropping(self, what: str) -> Iterator[None]:
        """`what` is "answers" or "forms": to and of a POST, nothing else."""
        self.drops, self.dropped = what, 0
        try:
            yield
        finally:
            self.drops = ""

    def close(self) -> None:
        self.near.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                Thread(target=self._carry, args=self.near.accept()[:1], daemon=True).start()

    def _carry(self, browser: socket.socket) -> None:
        """One request and its answer, then both hang up: no connection is used twice."""
        with browser, suppress(OSError):
            browser.settimeout(SECONDS)
            asked = _request(browser)
            drops = self.drops if asked.startswith(b"POST") else ""
            with socket.create_connection(("127.0.0.1", self.far_port), SECONDS) as site:
                site.sendall(asked[: -len(asked) // 8] if drops == "forms" else asked)
                if drops == "forms":
                    self.dropped += 1
                    return
                answer = b"".join(iter(lambda: site.recv(CHUNK), b""))
            if drops == "answers":
                self.dropped += 1
                return
            browser.sendall(answer)


def _request(browser: socket.socket) -> bytes:
    """All of it, asked to be the last of its connection."""
    head, body = b"", b""
    while b"\r\n\r\n" not in head:
        part = browser.recv(CHUNK)
        if not part:
            raise OSError
        head += part
    head, body = head.split(b"\r\n\r\n", 1)
    lines = [one for one in head.split(b"\r\n") if not one.lower().startswith(b"connection:")]
    length = next((int(one[15:]) for one in lines if one.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += browser.recv(CHUNK)
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body

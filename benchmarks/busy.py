"""Everyone who is on a site at once: readers, a clerk, an editor, and what is erased."""

import http.client
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks.meanwhile import meanwhile
from benchmarks.sending import ask
from tests.addresses import public_addresses
from tests.end_to_end.editing import Editor
from tests.site import RunningSite
from tests.visitor import Visitor

QUEUE = "/staff/intake/contactrequest/"
REQUEST = re.compile(rf"{QUEUE}([0-9a-f-]{{36}})/")
SHOWN = re.compile(r"Fees in edition (\d+)")
# A worker looks for a new revision each half second; so much later it shows nothing older.
SEEN_WITHIN_SECONDS = 1.0
# Run in a process of the site's own: three that were closed long ago, and what is due is erased.
ERASE = """
from datetime import timedelta
from django.contrib.auth.models import User
from intake import retention
from intake.models import ContactRequest, Event
by = User.objects.get(username="ana")
for pk in PKS:
    request = ContactRequest.objects.get(pk=pk)
    if request.status != "closed":
        request.close(by, "became_client")
    with request.recorded(Event.Verb.DATED, None):
        request.closed_at -= timedelta(days=400)
        request._keep_until(request.closed_at)
print(retention.purge().identity)
"""
PKS = (
    "from intake.models import ContactRequest as R; print(*R.objects.values_list('pk', flat=True))"
)


class Busy:
    """Everything that happens until the block of `going_on` ends."""

    def __init__(self, site: RunningSite) -> None:
        self.site = site
        self.paths = public_addresses(Visitor(site.url))
        self.editor = Editor(site)
        self.to_erase = ask(site, PKS).split()
        self.done: Counter[str] = Counter()
        # When each edition was answered for, by number.
        self.published: dict[int, float] = {}
        self.stale = 0
        self.enough = threading.Event()

    @contextmanager
    def going_on(self) -> Iterator[None]:
        parts = [
            (self.read, 0.05), (self.read, 0.05), (self.look, 0.05), (self.work, 0.5),
            (self.publish, 5), (self.erase, 20),
        ]  # fmt: skip
        threads = [threading.Thread(target=self.again, args=part) for part in parts]
        with meanwhile(threads, self.enough):
            yield

    def again(self, what: Callable[[], None], rest: float) -> None:
        """A server that dies under it is met by trying again."""
        while not self.enough.is_set():
            try:
                what()
            except (OSError, http.client.HTTPException):
                self.done["cut off"] += 1
            self.enough.wait(rest)

    def read(self) -> None:
        answer = Visitor(self.site.url).get(random.choice(self.paths))  # noqa: S311  # no secret
        self.done[f"read {answer.status}"] += 1

    def look(self) -> None:
        """At what was published: never older than what was answered for a second ago."""
        newest = self.newest_before(time.monotonic() - SEEN_WITHIN_SECONDS)
        shown = SHOWN.search(Visitor(self.site.url).get("/fees/").text)
        if shown:
            self.done["looked"] += 1
            self.stale += int(shown[1]) < newest

    def newest_before(self, moment: float) -> int:
        return max((n for n, at in list(self.published.items()) if at <= moment), default=0)

    def publish(self) -> None:
        number = len(self.published) + 1 + self.done["not published"]
        address = f"{self.editor.page}/change/"
        heading = f"Fees in edition {number}"
        typed = self.editor.form(address, _publish="1", heading=heading)
        answer = self.editor.post(address, typed)
        if answer.status == 302:
            self.published[number] = time.monotonic()
        else:
            self.done["not published"] += 1

    def work(self) -> None:
        """One request from the top of the queue: opened, a note, shut."""
        listed = REQUEST.findall(self.editor.get(QUEUE).text)
        if not listed:
            return
        person = f"{QUEUE}{random.choice(listed)}"  # noqa: S311  # no secret
        form = self.editor.form(f"{person}/")
        opened = self.editor.post(f"{person}/open/", form)
        typed = self.editor.form(f"{person}/", step="note", note="Called, nobody there yet.")
        noted = self.editor.post(f"{person}/do/", typed)
        self.done[f"opened {opened.status}"] += 1
        self.done[f"noted {noted.status}"] += 1

    def erase(self) -> None:
        """Three. Where the database dies under it they are tried again later."""
        chosen, self.to_erase = self.to_erase[:3], self.to_erase[3:]
        if chosen:
            program = ERASE.replace("PKS", repr(chosen))
            done = self.site.manage("shell", "-v", "0", "-c", program, check=False)
            if done.returncode:
                self.to_erase += chosen
            self.done["erased"] += int(done.stdout or 0)

    def erase_the_rest(self) -> None:
        while self.to_erase:
            self.erase()

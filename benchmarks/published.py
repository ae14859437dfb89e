"""How long after a commit everybody sees what was published."""

import threading
import time
from collections.abc import Mapping

from benchmarks.sending import ask
from tests.site import RunningSite
from tests.visitor import Visitor

TIMES = 10
PAGE = "/fees/"
GIVES_UP_AFTER_SECONDS = 60
LOOKS_EVERY_SECONDS = 0.02
# Run in a process of the site's own. Prints the moment after the commit.
PUBLISH = """
import time
from pages.models import Page
page = Page.objects.get(slug="fees")
section = page.sections.first()
section.body += "\\n\\nMARK."
section.save()
page.publish(by=None)
print(time.time())
"""


def worst(site: RunningSite, visitors: Mapping[str, Visitor]) -> dict[str, float]:
    """The longest of all times, in seconds, for each visitor."""
    found = dict.fromkeys(visitors, 0.0)
    for number in range(TIMES):
        mark = f"Published for the {number + 100}th time"
        watches = {name: Watch(visitor, mark) for name, visitor in visitors.items()}
        at = float(ask(site, PUBLISH.replace("MARK", mark)).splitlines()[-1])
        for name, watch in watches.items():
            found[name] = max(found[name], watch.seen() - at)
    return found


class Watch(threading.Thread):
    """Looks at the page again and again until it shows the mark."""

    def __init__(self, visitor: Visitor, mark: str) -> None:
        super().__init__(daemon=True)
        self.visitor, self.mark, self.at = visitor, mark, float("inf")
        self.start()

    def run(self) -> None:
        until = time.monotonic() + GIVES_UP_AFTER_SECONDS
        while time.monotonic() < until:
            if self.mark in self.visitor.get(PAGE, **{"X-Forwarded-Proto": "https"}).text:
                self.at = time.time()
                return
            time.sleep(LOOKS_EVERY_SECONDS)

    def seen(self) -> float:
        """The moment, or never."""
        self.join()
        return self.at

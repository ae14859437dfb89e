"""What the benchmarks of sending share: databases that write to the disk, and forms to send."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from benchmarks.table import NotHere
from tests.postgres import Cluster, binaries, cluster
from tests.site import ENDS_WITHIN_SECONDS, RunningSite
from tests.visitor import ANSWERS

# Nobody waits for a form to be filled in, and all come from one address.
UNHURRIED = {"INTAKE_MIN_FILL_SECONDS": "0", "INTAKE_RATE": "0", "WEB_WORKERS": "2"}
WORDS = "I have not slept well since the spring, and I would like to talk to someone about it. " * 6
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# A hundred thousand rows take their time on a slow disk.
FILLED_WITHIN = 1800
# Run in a process of the site's own: `shell -c`.
TOKENS = """
import json, secrets
from dataclasses import replace
from intake import form_token
first = form_token.new()
new = lambda: replace(first, send_key=secrets.token_bytes(form_token.KEY_BYTES))
print(json.dumps([form_token.write(new()) for _ in range(COUNT)]))
"""


@contextmanager
def databases() -> Iterator[dict[str, Cluster | None]]:
    """Those that are here, by name; SQLite has no server. Both write to the disk."""
    try:
        binaries()
    except LookupError:
        yield {"SQLite": None}
        return
    with cluster(durable=True) as server:
        yield {"SQLite": None, "PostgreSQL": server}


@contextmanager
def postgres() -> Iterator[Cluster]:
    """For what is promised on PostgreSQL alone. Raises NotHere."""
    try:
        binaries()
    except LookupError as error:
        raise NotHere(str(error)) from error
    with cluster(durable=True) as server:
        yield server


def variables(server: Cluster | None) -> dict[str, str]:
    """The settings of a site that takes as many requests as come."""
    return UNHURRIED | ({"DATABASE_URL": server.url} if server else {})


def ask(site: RunningSite, program: str, within: float = ENDS_WITHIN_SECONDS) -> str:
    return site.manage("shell", "-v", "0", "-c", program, within=within).stdout.strip()


def forms(site: RunningSite, count: int) -> list[bytes]:
    """As many filled-in forms with tokens of their own, as a browser sends them."""
    tokens = json.loads(ask(site, TOKENS.replace("COUNT", str(count))))
    answers = {**ANSWERS, "message": WORDS, "step": "send"}
    return [urlencode({**answers, "token": token}).encode() for token in tokens]

"""The least that a WSGI application can do: the same bytes for everyone, whatever is asked.

Under the site's own gunicorn settings. `benchmarks.front` leaves the answer in its DATA_DIR.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from practice_site.settings import DATA_DIR

status, headers, body = json.loads((DATA_DIR / "answer.json").read_text())
pairs = [(name, value) for name, value in headers]
whole = [body.encode("latin-1")] if body else []


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response(status, pairs)
    return whole

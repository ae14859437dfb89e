"""Says which queries take long: their shape, never a value."""

import logging
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from practice_site import request_id

logger = logging.getLogger(__name__)

# Values go beside the SQL, as parameters. Whatever stands in it all the same is taken out: texts,
# also ones that are cut off or dollar-quoted, and numbers.
LITERALS = re.compile(r"'(?:[^'\\]|''|\\.)*(?:'|$)|\$(\w*)\$.*?(?:\$\1\$|$)|\b\d[\w.]*", re.DOTALL)
LONGEST = 1000


def watch(program: Sequence[str]) -> None:
    """For every connection that is opened from now on. Django has no other place to say so.

    Only in what runs for long and has a log. A command, started by these words, speaks to whoever
    sits at the terminal: migrations may take what they need.
    """
    is_command = Path(program[0]).name == "manage.py" and list(program[1:2]) != ["work"]
    if settings.SLOW_QUERY_MS and not is_command:
        connection_created.connect(_watch_connection, dispatch_uid="slow queries")


def _watch_connection(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """First of the wrappers: one that is put on for a while is taken off from the end."""
    if _timed not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _timed)


def _timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """Until the first row is there; also of a query that fails, which is often the slow one."""
    started = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        milliseconds = (perf_counter() - started) * 1000
        if milliseconds >= settings.SLOW_QUERY_MS:
            _say(str(sql), milliseconds)


def _say(sql: str, milliseconds: float) -> None:
    facts = {"sql": shape(sql), "ms": round(milliseconds), "route": request_id.current_route()}
    logger.warning("A query took long", extra={"facts": facts})


def shape(sql: str) -> str:
    return LITERALS.sub("?", sql)[:LONGEST]

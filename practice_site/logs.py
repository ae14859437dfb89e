"""Log lines that say that, not what: one JSON object a line."""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

from practice_site import request_id


class TemplateFormatter(logging.Formatter):
    """Writes the message template, never its arguments, and an exception's type and place only.

    Arguments and exception texts can hold what a person typed; templates cannot. A line that was
    written while a request is answered carries that request's id.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": str(record.msg) if record.args else self._plain(record),
            **getattr(record, "facts", {}),
        }
        # Django hands over the request with a line that it writes after everything else.
        if asked := request_id.of(getattr(record, "request", None)) or request_id.current():
            line["request"] = asked
        if record.exc_info and record.exc_info[1]:
            line["exception"] = type(record.exc_info[1]).__name__
            if cause := record.exc_info[1].__cause__:
                line["cause"] = type(cause).__name__
            line["place"] = self._places(record.exc_info[2])
        return json.dumps(line)

    def _plain(self, record: logging.LogRecord) -> str:
        """A message without arguments may have come ready-made from a library: one line of it.

        Django hands over the text of an exception so, with the header that raised it inside.
        """
        if record.exc_info and str(record.msg) == str(record.exc_info[1]):
            return type(record.exc_info[1]).__name__
        return str(record.msg).splitlines()[0][:200] if str(record.msg) else ""

    def _places(self, trace: Any) -> list[str]:
        frames = traceback.extract_tb(trace)[-8:]
        return [f"{file_of(frame.filename)}:{frame.name}:{frame.lineno}" for frame in frames]


def file_of(path: str) -> str:
    """The last two parts of a path: which file, and not where this machine keeps it."""
    return "/".join(path.split("/")[-2:])

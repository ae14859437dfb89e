"""Log lines that say that, not what: one JSON object a line."""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any


class TemplateFormatter(logging.Formatter):
    """Writes the message template, never its arguments, and an exception's type and place only.

    Arguments and exception texts can hold what a person typed; templates cannot.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": str(record.msg) if record.args else self._plain(record),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
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
        return [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(trace)[-8:]]

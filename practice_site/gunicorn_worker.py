"""gunicorn's threaded worker, without what it quotes of a request that makes no sense."""

from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class QuietWorker(ThreadWorker):
    """Neither the log nor the answer repeats words or address of whoever sent it."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        super().handle_error(req, client, None, unsaid(exc))


def unsaid(error: Exception) -> Exception:
    """An error of the same kind, so that it gets the same status, that says its name alone."""
    kind = type(error)
    if not kind.__module__.startswith("gunicorn."):
        return error  # of the application: its type is logged, and its text is quoted nowhere
    silent = {"__init__": lambda self: None, "__str__": lambda self: kind.__name__}
    made: Exception = type(kind.__name__, (kind,), silent)()
    return made.with_traceback(error.__traceback__)

"""gunicorn's settings (`-c python:practice_site.gunicorn_config`)."""

import ctypes
from contextlib import suppress
from typing import Any

from practice_site import contradictions
from practice_site.settings import ENVIRONMENT, LOGGING

bind = ENVIRONMENT.listens_on
workers = ENVIRONMENT.web_workers
worker_class = "practice_site.gunicorn_worker.QuietWorker"
threads = 4
timeout = 30
graceful_timeout = 10
keepalive = 5
control_socket_disable = True
# No access log: an address line can carry what a person is looking for.
accesslog = None
logconfig_dict = {
    **LOGGING,
    "loggers": {"gunicorn.error": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}

# What one thread freed another may use: glibc gives each a heap of its own otherwise, and each only
# grows. Set before the workers are forked; another C library does without.
M_ARENA_MAX = -8
with suppress(AttributeError, OSError):
    ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def on_starting(server: Any) -> None:
    """Unless someone has it speak https itself, by options of their own."""
    if not server.cfg.is_ssl:
        contradictions.refuse_all(ENVIRONMENT)
    contradictions.say_others(ENVIRONMENT)

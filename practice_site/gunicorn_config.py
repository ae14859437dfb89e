"""gunicorn's settings (`-c python:practice_site.gunicorn_config`)."""

from practice_site.settings import ENVIRONMENT, LOGGING

bind = ENVIRONMENT.listens_on
workers = ENVIRONMENT.web_workers
worker_class = "gthread"
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

"""A Django that does nothing, with the libraries of the site: what a worker weighs at least.

Under the site's own gunicorn settings. `benchmarks.weight` leaves their names in its DATA_DIR.
"""

import importlib
import json
from contextlib import suppress

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from practice_site.settings import DATA_DIR, INSTALLED_APPS

OURS = ("practice_site", "pages", "intake")
settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[
        "django.contrib.admin",  # the site's own configuration of it is ours
        *(name for name in INSTALLED_APPS if not name.startswith(OURS)),
    ],
    MIDDLEWARE=[],
    ROOT_URLCONF=__name__,
    SECRET_KEY="bare",  # noqa: S106  # signs nothing
)

import django  # noqa: E402

django.setup()

from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import re_path  # noqa: E402

for name in json.loads((DATA_DIR / "libraries.json").read_text()):
    with suppress(Exception):  # one or two are parts of a library that nobody can import alone
        importlib.import_module(name)


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


urlpatterns = [re_path("", hello)]
application = WSGIHandler()

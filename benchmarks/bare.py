"""The least that Django can do: a view without middleware or form stores a body as one row.

Under the site's own gunicorn settings, in the site's own database. `python -m benchmarks.bare`
makes its table.
"""

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from practice_site.settings import ENVIRONMENT

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": ENVIRONMENT.database},
    MIDDLEWARE=[],
    ROOT_URLCONF=__name__,
    SECRET_KEY="bare",  # noqa: S106  # signs nothing
)

import django  # noqa: E402

django.setup()

from django.db import connection, models  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


class Body(models.Model):  # noqa: DJ008  # never shown
    content = models.BinaryField()

    class Meta:
        app_label = "bare"


def store(request: HttpRequest) -> HttpResponse:
    Body.objects.create(content=request.body)
    return HttpResponse(status=303, headers={"Location": "/"})


urlpatterns = [path("contact/", store)]
application = WSGIHandler()

if __name__ == "__main__":
    with connection.schema_editor() as editor:
        editor.create_model(Body)

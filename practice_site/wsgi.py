"""The WSGI application that gunicorn serves: Django's, with published pages from memory."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice_site.settings")
django_application = get_wsgi_application()

# Models can be imported only once Django is set up.
from practice_site.front import Front  # noqa: E402
from practice_site.revision import site_revision  # noqa: E402
from practice_site.settings import SITE_URL, TRUSTED_PROXIES  # noqa: E402
from practice_site.start import refuse_wrong_keys  # noqa: E402

refuse_wrong_keys()
application = Front(django_application, SITE_URL, site_revision, behind_proxy=TRUSTED_PROXIES > 0)

"""`python -m tests.production COMMAND`: a manage.py command under a production environment.

For the checks that must see what a live site sees: https, a proxy, keys given from outside.
"""

import os
import sys
import tempfile

from django.core.management import execute_from_command_line

from intake.encryption import generate_secrets


def production_environment() -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "practice_site.settings",
        "SITE_URL": "https://practice.example",
        "TRUSTED_PROXIES": "1",
        "EMAIL_URL": "smtp+tls://user:password@mail.example:587",
        "DATA_DIR": tempfile.gettempdir(),
        **generate_secrets(),
    }


if __name__ == "__main__":
    os.environ.update(production_environment())
    execute_from_command_line(["manage.py", *sys.argv[1:]])

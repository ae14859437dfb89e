"""The one settings file. It is production unless the environment says otherwise.

Names apps and paths as strings; the apps read `django.conf.settings`. What staff may decide
lives in the admin (Practice), not here.
"""

import os
import sys
from pathlib import Path

from practice_site.env import SettingError, read

BASE_DIR = Path(__file__).resolve().parent.parent
try:
    ENVIRONMENT = read(os.environ, BASE_DIR)
except SettingError as error:
    sys.exit(f"Settings: {error}")

DEBUG = False
DATA_DIR = ENVIRONMENT.data_dir
SITE_URL = ENVIRONMENT.site_url
STAFF_URL = ENVIRONMENT.staff_url
SURFACE = ENVIRONMENT.surface
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
ALLOWED_HOSTS = ENVIRONMENT.hosts
# Without one the process refuses to start (practice_site.checks); commands that make keys still run.
SECRET_KEY = ENVIRONMENT.secrets.get("SECRET_KEY", "")

INSTALLED_APPS = [
    "practice_site.admin_config.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "crispy_forms",
    "practice_site.apps.PracticeSiteConfig",
    "pages.apps.PagesConfig",
    "intake.apps.IntakeConfig",
]

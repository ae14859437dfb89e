"""Settings of the suite: production's, with fast hashing, plain static files and its own data."""

import os
import tempfile
from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey


def _text(key: bytes) -> str:
    return urlsafe_b64encode(key).decode().rstrip("=")


# The worker processes of one run inherit these, so that all share one set of keys.
_private = X25519PrivateKey.from_private_bytes(bytes(range(32)))
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="secure-base-tests-"))
os.environ.setdefault("SECRET_KEY", "suite-" + "k" * 50)
os.environ.setdefault("INTAKE_PUBLIC_KEYS", _text(_private.public_key().public_bytes_raw()))
os.environ.setdefault("INTAKE_PRIVATE_KEYS", _text(_private.private_bytes_raw()))
os.environ.setdefault("INTAKE_INDEX_KEY", _text(b"i" * 32))
os.environ.setdefault("INTAKE_EVENT_KEY", _text(b"e" * 32))
os.environ.setdefault("INTAKE_THROTTLE_KEY", _text(b"t" * 32))

from practice_site.settings import *  # noqa: E402, F403  # the environment above comes first
from practice_site.settings import DATABASES, INSTALLED_APPS, MIDDLEWARE  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]  # N+1 queries are errors
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
ZEAL_RAISE = True
ZEAL_NPLUSONE_THRESHOLD = 3  # the practice is read once for the page and once for the promise
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads of the live server are connections of their own.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(os.environ["DATA_DIR"], "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA secure_delete=ON;"
    )

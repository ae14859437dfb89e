"""The one settings file. It is production unless the environment says otherwise.

Names apps and paths as strings; the apps read `django.conf.settings`. What staff may decide
lives in the admin (Practice), not here.
"""

import os
import sys
from pathlib import Path

from practice_site.env import SettingError, read, start_again_without

BASE_DIR = Path(__file__).resolve().parent.parent
try:
    ENVIRONMENT = read(os.environ, BASE_DIR)
except SettingError as error:
    sys.exit(f"Settings: {error}")
if ENVIRONMENT.out_of_place:
    print(  # noqa: T201  # said to whoever starts it
        f"Settings: {', '.join(ENVIRONMENT.out_of_place)} must not be where SURFACE is public: "
        "whoever takes over this machine could read every request. Going on without.",
        file=sys.stderr,
    )
    if given := [name for name in ENVIRONMENT.out_of_place if name in os.environ]:
        start_again_without(given)

DEBUG = False
DATA_DIR = ENVIRONMENT.data_dir
SITE_URL = ENVIRONMENT.site_url
STAFF_URL = ENVIRONMENT.staff_url
SURFACE = ENVIRONMENT.surface
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
ALLOWED_HOSTS = ENVIRONMENT.hosts
# Without one the process refuses to start; the commands that make keys still run.
SECRET_KEY = ENVIRONMENT.secrets.get("SECRET_KEY", "")


INSTALLED_APPS = [
    "practice_site.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "crispy_forms",
    "reversion",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_otp_webauthn",
    "practice_site.apps.PracticeSiteConfig",
    "pages.apps.PagesConfig",
    "intake.apps.IntakeConfig",
]

MIDDLEWARE = [
    # Outermost: whatever is logged of a request, and every page about a fault, carries its id.
    "practice_site.request_id.RequestIdMiddleware",
    # Headers first, so that every answer below carries them, the refused ones too.
    "django.middleware.security.SecurityMiddleware",
    "practice_site.middleware.NamedPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "practice_site.middleware.OwnOriginMiddleware",
    "practice_site.middleware.HttpsMiddleware",
    "practice_site.middleware.BodyLimitMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "practice_site.middleware.EtagMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "practice_site.middleware.StaffCsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    # After the protection of forms: what it keeps of a form was sent from one of our own pages.
    "practice_site.sign_in.log_off.LogOffMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "practice_site.middleware.DatabaseAwayMiddleware",
    "practice_site.surface.FormsElsewhereMiddleware",
]

ROOT_URLCONF = "practice_site.urls"
WSGI_APPLICATION = "practice_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pages.context_processors.site",
                "intake.context_processors.promise",
            ],
        },
    },
]

DATABASES = {"default": ENVIRONMENT.database}
# What takes longer than so many milliseconds is logged, without a value; 0 is off.
SLOW_QUERY_MS = ENVIRONMENT.slow_query_ms
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"  # stored and logged; shown in the practice's own time zone
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "practice_site.storage.SiteStaticFilesStorage"},
}

# Pages name nothing else: half to compress, to keep, and to remember in each web process.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

CRISPY_ALLOWED_TEMPLATE_PACKS = ("practice",)
CRISPY_TEMPLATE_PACK = "practice"
CRISPY_FAIL_SILENTLY = False

# Staff accounts. No cookie is ever set outside the staff site.
STAFF_PATH = "/staff/"
AUTHENTICATION_BACKENDS = ["practice_site.sign_in.backend.StaffBackend"]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_PATH = STAFF_PATH
SESSION_COOKIE_SAMESITE = "Lax"
# When a sign-in is over says practice_site/sign_in/session.py. The row outlives it, so that what
# was typed across a weekend still finds whose it is.
SESSION_COOKIE_AGE = 7 * 24 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_PATH = STAFF_PATH
CSRF_FAILURE_VIEW = "practice_site.sign_in.kept.from_an_earlier_sign_in"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# A one-time link is handed to the person it is for: an hour is enough.
PASSWORD_RESET_TIMEOUT = 60 * 60
# Second factors. How often someone may try is counted in practice_site/sign_in/tries.py.
OTP_TOTP_THROTTLE_FACTOR = 0
OTP_STATIC_THROTTLE_FACTOR = 0
OTP_ADMIN_HIDE_SENSITIVE_DATA = True
OTP_WEBAUTHN_RP_ID = ENVIRONMENT.staff_host
OTP_WEBAUTHN_RP_NAME_CALLABLE = "practice_site.sign_in.passkeys.practice_name"
OTP_WEBAUTHN_ALLOWED_ORIGINS = [STAFF_URL]

# Headers. Over https everything that https allows is on.
HTTPS = ENVIRONMENT.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if ENVIRONMENT.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENVIRONMENT.https
SECURE_HSTS_PRELOAD = ENVIRONMENT.https
SESSION_COOKIE_SECURE = ENVIRONMENT.https
CSRF_COOKIE_SECURE = ENVIRONMENT.https
CSRF_TRUSTED_ORIGINS = sorted({SITE_URL, STAFF_URL})
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not no-referrer: Chromium then sends "Origin: null" with every form, and no POST could be trusted.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Three policies, compared as wholes by the suite. Nothing inline anywhere, so no nonce.
_OWN = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "manifest-src": ["'self'"],
    "base-uri": ["'none'"],
}
CSP_PUBLIC = {**_OWN, "form-action": ["'self'"], "frame-ancestors": ["'none'"]}
CSP_STAFF = {
    **_OWN,
    "frame-src": ["'self'"],  # the preview of a page beside its editor
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
CSP_PREVIEW = {**_OWN, "form-action": ["'none'"], "frame-ancestors": ["'self'"]}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": CSP_PUBLIC}
# Only features that browsers know: an unknown one is an error in the console of every page.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in (
        "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
        "encrypted-media", "fullscreen", "geolocation", "gyroscope", "identity-credentials-get",
        "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
        "picture-in-picture", "screen-wake-lock", "serial", "storage-access", "usb",
        "xr-spatial-tracking",
    )
}  # fmt: skip

SILENCED_SYSTEM_CHECKS = [
    # HttpsMiddleware redirects, where that leads anywhere (practice_site/middleware.py).
    "security.W008",
    # Our own subclass of it is in place: it guards the staff site (practice_site/middleware.py).
    "security.W003",
    # On plain http, other than on this machine, browsers offer no passkeys; a code does it there.
    "otp_webauthn.E031",
]

# Bodies: checked by BodyLimitMiddleware before anything is read, and again by Django.
BODY_LIMIT_BYTES = 1_000_000
# A form with a picture of 2 MB, from staff only. It stays in memory: nothing touches the disk.
UPLOAD_LIMIT_BYTES = 2 * 1024 * 1024 + BODY_LIMIT_BYTES
DATA_UPLOAD_MAX_MEMORY_SIZE = BODY_LIMIT_BYTES
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_LIMIT_BYTES

# Mail. Without EMAIL_URL it is written to DATA_DIR/mail, and staff are told so.
MAIL_DIR = DATA_DIR / "mail"
EMAIL_CONFIGURED = ENVIRONMENT.email is not None
if ENVIRONMENT.email is None:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_DIR
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = ENVIRONMENT.email["EMAIL_HOST"]
    EMAIL_PORT = ENVIRONMENT.email["EMAIL_PORT"] or 25
    EMAIL_HOST_USER = ENVIRONMENT.email["EMAIL_HOST_USER"] or ""
    EMAIL_HOST_PASSWORD = ENVIRONMENT.email["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS = ENVIRONMENT.email.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = ENVIRONMENT.email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
# Never mail error reports: Django's carry form data and exception text.
ADMINS: list[tuple[str, str]] = []
MANAGERS: list[tuple[str, str]] = []

# The intake's keys (see docs/operate.md). Empty ones are caught at start, by name.
INTAKE_PUBLIC_KEYS = ENVIRONMENT.key_list("INTAKE_PUBLIC_KEYS")
# Where SURFACE is public, the environment holds neither of the two that read and find.
INTAKE_PRIVATE_KEYS = ENVIRONMENT.key_list("INTAKE_PRIVATE_KEYS")
INTAKE_INDEX_KEY = ENVIRONMENT.key("INTAKE_INDEX_KEY")
INTAKE_EVENT_KEY = ENVIRONMENT.key("INTAKE_EVENT_KEY")
INTAKE_THROTTLE_KEY = ENVIRONMENT.key("INTAKE_THROTTLE_KEY")
INTAKE_RATE = ENVIRONMENT.rate
INTAKE_MIN_FILL_SECONDS = ENVIRONMENT.min_fill_seconds

# Backups: where they are written, and whom they are encrypted to. Nobody here can read them.
BACKUP_DIR = ENVIRONMENT.backup_dir
BACKUP_RECIPIENTS = ENVIRONMENT.backup_recipients

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "practice_site.logs.TemplateFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": ENVIRONMENT.log_level},
    "loggers": {
        # Django's own default adds a handler that mails request data to ADMINS: replaced.
        "django": {"handlers": [], "level": ENVIRONMENT.log_level, "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # Nothing is left of its lines without a person's words: practice_site/request_id.py says
        # route and status instead, and practice_site/errors.py what broke.
        "django.request": {"level": "CRITICAL"},
    },
}

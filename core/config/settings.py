"""Settings, read from the environment. A production that is not safe to start refuses to start."""

import sys
from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env

from core.config import database, headers, keyfile, limits, logs, reading, safety, single_sign_on

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = reading.worded(Env())
env.read_env(str(BASE_DIR / ".env"), recurse=False)

PRODUCTION = env.bool("PRODUCTION", False)
SECRET_KEY = env.str("SECRET_KEY", safety.DEVELOPMENT_SECRET)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])  # the ones before, while their sessions run out
DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
# One or more Fernet keys, newest first: what is personal is encrypted with the first and read with any.
FIELD_KEYS = env.list("FIELD_KEYS", [] if PRODUCTION else [safety.DEVELOPMENT_FIELD_KEY])
# What signs the ledger's checkpoints, as 64 hexadecimal characters or in a file, and the public keys that verify them,
# the present one first; none means the one that belongs to the key. New checkpoints are appended to a folder elsewhere.
CHECKPOINT_KEY = env.str("CHECKPOINT_KEY", "") or keyfile.read(env.str("CHECKPOINT_KEY_FILE", ""))
if not PRODUCTION:
    CHECKPOINT_KEY = CHECKPOINT_KEY or safety.DEVELOPMENT_CHECKPOINT_KEY
CHECKPOINT_PUBLIC_KEYS: list[str] = env.list("CHECKPOINT_PUBLIC_KEYS", [])
WITNESS_FOLDER = env.str("WITNESS_FOLDER", "")

# How many proxies of one's own stand in front, each adding the address it was asked from to X-Forwarded-For.
TRUSTED_PROXIES = env.int(
    "TRUSTED_PROXIES",
    0,
    validate=reading.at_least(0, "It counts the proxies of one's own: 0 where there are none."),
)
# Whether nobody sees a page of the practice before a second factor was used in the session.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", PRODUCTION)
SINGLE_SIGN_ON = single_sign_on.from_environment(env)
# Base64 of 32 bytes each, newest first: backups are encrypted with the first and opened with any. None: not encrypted.
BACKUP_KEYS: list[str] = env.list("BACKUP_KEYS", [])
# How pg_dump and pg_restore reach PostgreSQL where DATABASE_URL leads to a pooler, or to a role that owns no table.
BACKUP_DATABASE_URL = env.str("BACKUP_DATABASE_URL", "")

if PRODUCTION and (
    problems := [
        *safety.problems(secret_key=SECRET_KEY, debug=DEBUG, allowed_hosts=ALLOWED_HOSTS, field_keys=FIELD_KEYS),
        *safety.fallback_problems(SECRET_KEY_FALLBACKS),
        *safety.checkpoint_problems(key=CHECKPOINT_KEY, public_keys=CHECKPOINT_PUBLIC_KEYS),
    ]
):
    raise ImproperlyConfigured(safety.refusal(problems))
if problems := single_sign_on.problems(SINGLE_SIGN_ON, production=PRODUCTION):
    raise ImproperlyConfigured(safety.refusal(problems))

INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",  # development serves static files as production does
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "js_lib_bootstrap5",
    "template_partials",
    "django_structlog",
    "django_tasks",
    "django_tasks_db",
    "core.accounts",
    "core.ledger",
    "core.tenancy",
    "core.operations",
    "screening",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Pages are some 150 kB long and a tenth of that compressed. That a length tells what it holds (BREACH) is guarded
    # against twice: each answer is lengthened at random, and a session's cookie comes with no request of another site
    # but a link that somebody follows.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "core.config.headers.IsolationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.operations.views.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.config.logs.RequestLogMiddleware",
    "core.languages.BrowsersLanguage",
    "core.config.limits.LimitsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.config.sessions.SessionLimitMiddleware",
    "core.languages.PersonsLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.web.ExplainWrongMethods",
    "core.web.RefuseUnguarded",
]

ROOT_URLCONF = "core.config.urls"
WSGI_APPLICATION = "core.config.wsgi.application"
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
                "core.navigation.header",
            ],
        },
    },
]

# On PostgreSQL the application connects as a role that owns nothing; what needs the whole house, as the tables' owner.
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", "")
CONNECTS_AS_OWNER = database.as_owner(sys.argv, DATABASE_OWNER_URL)
DATABASE_APPLICATION_ROLE = database.application_role(env.str("DATABASE_URL", ""), DATABASE_OWNER_URL)
_URL_NAMED_BY = "DATABASE_OWNER_URL" if CONNECTS_AS_OWNER else "DATABASE_URL"
DATABASES = {"default": env.dj_db_url(_URL_NAMED_BY, f"sqlite:///{BASE_DIR / 'soundings.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": database.LONGEST_WAIT_FOR_A_LOCK,
        # Django runs these one by one, on every new connection.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;",
    }
else:
    DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
    if env.bool("BEHIND_POOLER", False):  # PgBouncer hands each transaction another connection
        DATABASES["default"].update(CONN_MAX_AGE=0, DISABLE_SERVER_SIDE_CURSORS=True)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "core.accounts.backends.PasswordBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

# Signing in. After some failures a name is locked for a while at the address they came from: were it locked
# everywhere, anybody could lock out a colleague. Codes are counted by the person alone (core.accounts.limits).
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "printed_name", "email")},
    },
    {"NAME": "core.accounts.passwords.NotEasilyGuessed"},
]
AXES_FAILURE_LIMIT = env.int(
    "SIGN_IN_FAILURES", 5, validate=reading.at_least(1, "It says how often somebody may be wrong.")
)
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = "core.accounts.limits.counted_by"
AXES_CLIENT_IP_CALLABLE = "core.config.addresses.client_address"
AXES_LOCKOUT_TEMPLATE = "errors/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "core.accounts.lockout.counted_as"  # what was typed as a name may be a password
AXES_SENSITIVE_PARAMETERS = ["username", "login", "next", "ip_address"]  # an address may hold what was searched for
AXES_VERBOSE = False  # its log lines name people
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True  # sign-ins are in the ledger, without addresses

# django-allauth brings the steps of signing in and the second factors. Its pages and its limiter are not used.
ACCOUNT_ADAPTER = "core.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]  # nobody signs up; its checks ask for this
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False  # django-axes is the only limiter: two would contradict each other
ACCOUNT_PRESERVE_USERNAME_CASING = True
MFA_ADAPTER = "core.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_TOLERANCE = 1  # half a minute either way, for a phone whose clock is off
MFA_RECOVERY_CODE_DIGITS = 10
SOCIALACCOUNT_ADAPTER = "core.accounts.adapters.SingleSignOnAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # the policy lets no form lead to another site, so a link does
SOCIALACCOUNT_PROVIDERS = single_sign_on.providers(SINGLE_SIGN_ON)

# A session ends when nothing was asked for that long; core.config.sessions also ends it after twelve hours.
SESSION_ENGINE = "core.accounts.sessions"
SESSION_COOKIE_AGE = env.int(
    "SESSION_COOKIE_AGE",
    60 * 60,
    validate=reading.at_least(1, "It says after how many seconds an unused session ends."),
)
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if PRODUCTION:  # a browser takes these names only over https, for this host alone
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
CSRF_FAILURE_VIEW = "core.web.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # messages may name a case: not in a cookie

SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if env.bool("BEHIND_TLS_PROXY", False):  # only where a proxy of one's own always sets, or strips, this header
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = headers.CONTENT_SECURITY_POLICY
PERMISSIONS_POLICY = headers.PERMISSIONS_POLICY
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # joining the browsers' preload list is the practice's decision

# What is sent is bounded before it is parsed.
DATA_UPLOAD_MAX_MEMORY_SIZE = limits.LARGEST_BODY
DATA_UPLOAD_MAX_NUMBER_FIELDS = limits.MOST_FIELDS
DATA_UPLOAD_MAX_NUMBER_FILES = 0
FILE_UPLOAD_HANDLERS = ["core.config.limits.NoFiles"]

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend"
        if PRODUCTION
        else "django_tasks.backends.immediate.ImmediateBackend"
    }
}

logs.configure()
LOGGING = logs.logging_settings(as_json=PRODUCTION)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = False  # a name for a request that anybody could write would name nothing
DJANGO_STRUCTLOG_TRUST_UPSTREAM_CORRELATION_ID = False

# English is the language of the record, and of what Django says where no other is asked for (core.languages).
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "core" / "locale", BASE_DIR / "screening" / "locale"]
FORMAT_MODULE_PATH = ["core.formats"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SECURE = PRODUCTION
LANGUAGE_COOKIE_HTTPONLY = True
TIME_ZONE = env.str("TIME_ZONE", "UTC", validate=reading.a_time_zone)
PAPER_SIZE = env.str("PAPER_SIZE", "A4", validate=reading.one_of(["A4", "letter"]))  # of PDFs for the chart
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "core.config.static.LibrariesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION  # no collectstatic while developing
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

"""Every setting of the platform, read from the environment.

`.env.example` lists the variables a deployment sets. A wrong value stops the start with a sentence that names the
variable and what it wants. Upper floors are named here by strings only.
"""

from pathlib import Path

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from loyalty.conf import (
    broker,
    database,
    one_of,
    positive,
    secret_key,
    time_of_day,
    voucher_code_key,
    whole,
)

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
# The environment, then .env, then what a running `make run` says of itself (for manage.py in another terminal).
# Tests say everything themselves.
for settings_file in (BASE_DIR / ".env", Path(env.str("RUN_DIR", default="") or BASE_DIR / ".run") / "env"):
    if settings_file.is_file() and env.str("MODE", default="") != "test":
        environ.Env.read_env(settings_file)

MODE = one_of(env, "MODE", default="production", choices=("production", "demo", "test"))
DEBUG = env.bool("DEBUG", default=False)
if DEBUG and MODE == "production":
    raise ImproperlyConfigured("DEBUG shows secrets to visitors: it is refused while MODE=production.")
SECRET_KEY = secret_key(env)
VOUCHER_CODE_KEY = voucher_code_key(env, default=SECRET_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000").rstrip("/")
BEHIND_TLS = PUBLIC_URL.startswith("https://")

# --- the house ------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "dashboard.apps.ShopAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # allauth's list of passkeys
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "phonenumber_field",
    "csp",
    "pgtrigger",
    "pghistory",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "events",
    "members",
    "loyalty",
    "rewards",
    "analytics",
    "campaigns",
    "api",
    "counter",
    "portal",
    "dashboard",
]

# Who hears an event: (reader, event types it takes; "*" = all). A reader is a dotted name of `reader(event=…)`, run by
# the worker in the transaction that marks its delivery done.
EVENT_READERS: list[tuple[str, tuple[str, ...]]] = [
    ("members.timeline.absorb", ("*",)),
    ("events.webhooks.fan_out", ("*",)),
    (
        "analytics.absorbing.absorb",
        (
            "purchase.recorded",
            "purchase.returned",
            "purchase.cancelled",
            "purchase.corrected",
            "purchase.reviewed",
            "purchase.moved",
            "purchase.claimed",
            "purchases.imported",
            "member.joined",
            "members.imported",
        ),
    ),
    (
        "rewards.filling.hear",
        (
            "purchase.recorded",
            "purchase.returned",
            "purchase.cancelled",
            "purchase.corrected",
            "purchase.reviewed",
            "purchase.moved",
            "purchase.moved_away",
            "purchase.claimed",
        ),
    ),
    ("loyalty.hearing.hear", ("member.joined", "member.changed")),
    ("campaigns.reacting.react", ("member.joined",)),
    ("campaigns.warning.hear", ("member.phone_moved", "member.phone_passed")),
]
# What somebody may be asked who changes the number without the old phone: fact -> its judge, see `members.facts`.
IDENTITY_FACTS: dict[str, str] = {
    "birthday": "members.facts.birthday",
    "card": "members.facts.card",
    "last_bill_amount": "loyalty.facts.last_bill_amount",
    "last_bill_date": "loyalty.facts.last_bill_date",
}
# Who tells a member what the house knows of them, in the order of the export: see `members.exporting`.
PERSONAL_DATA: list[str] = [
    "members.own_data.tell",
    "members.own_data.agreed",
    "members.own_data.said",
    "loyalty.own_data.tell",
    "rewards.own_data.tell",
    "campaigns.own_data.tell",
]
# Who forgets what, before the member itself is blanked: see `members.erasing`.
ERASERS: list[str] = [
    "members.own_data.forget",
    "rewards.own_data.forget",
    "campaigns.own_data.forget",
]
# What `audit_ledger` checks: dotted names of functions that yield (invariant, query).
AUDIT_QUERIES: list[str] = [
    "loyalty.ledger.invariants.queries",
    "events.invariants.queries",
    "rewards.invariants.queries",
    "analytics.invariants.queries",
    "campaigns.invariants.queries",
]
# Steps of the nightly run, in order; later floors add theirs. A step is `step(*, date, at) -> rows`: `date` is the
# business date that ended. It commits in chunks and comes to the same end however often it is killed and run again.
NIGHTLY_STEPS: list[str] = [
    "loyalty.expiry.book_due",
    "loyalty.expiry.end_overrides",
    "loyalty.tier_turns.apply_tables",
    "members.closing.erase_due",
    "loyalty.hearing.birthdays",
    "analytics.nightly.count_retention",
    "analytics.nightly.count_revenue",
    "analytics.holding.count",
    "campaigns.nightly.birthdays",
    "campaigns.nightly.silences",
    "dashboard.importing.files.forget_old",
]
# What the relay looks for, whom it tells, and in which queue: (claim, task, queue), see `events.relaying`. Queues are
# events (a sale's deliveries, webhooks), sending (messages to people) and jobs (the night and other long work).
DUE_WORK: list[tuple[str, str, str]] = [
    ("events.delivering.claim", "events.deliver", "events"),
    ("events.webhooks.claim", "events.send_webhooks", "events"),
    ("campaigns.codes.claim", "campaigns.send_codes", "sending"),
    ("campaigns.dispatching.claim", "campaigns.dispatch", "sending"),
    ("events.jobs.claim", "events.run_jobs", "jobs"),
]
# What a job of each kind does, chunk by chunk: see `events.jobs`.
JOB_KINDS: dict[str, str] = {
    "night": "loyalty.nightly.chunk",
    "import": "dashboard.importing.running.chunk",
    "cards": "members.card_stock.chunk",
    "backtest": "loyalty.backtesting.working.chunk",
}
# Where files wait that people brought in the dashboard: web and worker must both see it.
IMPORT_DIR = env.str("IMPORT_DIR", default="") or str(
    Path(env.str("RUN_DIR", default="") or BASE_DIR / ".run") / "imports"
)
# They are personal data: so many days after an import has ended, the night removes its file and its refused rows.
IMPORT_KEPT_DAYS = positive(env, "IMPORT_KEPT_DAYS", default=30)

# With CLOCK_FILE set (tests, demo) `events.clock.now()` adds the seconds in that file.
CLOCK_FILE = env.str("CLOCK_FILE", default="")

# --- engines --------------------------------------------------------------------------------------------------------

DATABASES = {"default": database(env)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

CELERY_BROKER_URL = broker(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 60
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_VISIBILITY_TIMEOUT = 900
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "events"

# The nightly run of a business date begins at this time after its end. Beat only asks for what is due by the clock of
# CLOCK_FILE, often: a date that was missed is run as soon as somebody is there to run it. Nudges nobody heard expire.
NIGHTLY_AT = time_of_day(env, "NIGHTLY_AT", default="02:30")
CATCH_UP_SECONDS = positive(env, "CATCH_UP_SECONDS", default=60)
_NUDGE = {"task": "loyalty.nightly", "options": {"queue": "jobs", "expires": CATCH_UP_SECONDS}}
CELERY_BEAT_SCHEDULE = {
    "nightly": {**_NUDGE, "schedule": crontab(hour=NIGHTLY_AT.hour, minute=NIGHTLY_AT.minute)},
    "nightly-catch-up": {**_NUDGE, "schedule": CATCH_UP_SECONDS},
}

# The relay claims what is due for this long; a worker that dies gives it back when the lease ends.
RELAY_LEASE_SECONDS = positive(env, "RELAY_LEASE_SECONDS", default=60)
# How often an idle relay looks.
RELAY_POLL_SECONDS = positive(env, "RELAY_POLL_MILLISECONDS", default=250) / 1000
# Webhooks to private addresses and without TLS: for tests and demonstrations on one machine only.
WEBHOOK_ALLOW_PRIVATE = env.bool("WEBHOOK_ALLOW_PRIVATE", default=False)

# --- messages to people ---------------------------------------------------------------------------------------------

# smtp://USER:PASSWORD@HOST:587 or smtp+tls://…; empty: no e-mail leaves the building.
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    globals().update(env.email_url("EMAIL_URL"))
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="Loyalty <loyalty@localhost>")
# Who takes messages of each channel. Where there is nobody, tests and demonstrations have the fake provider, which
# keeps what it "sent"; in production the channel is closed.
_NOBODY = "" if MODE == "production" else "campaigns.channels.fake.send"
MESSAGE_PROVIDERS: dict[str, str] = {
    "email": "campaigns.channels.mail.send" if EMAIL_URL else _NOBODY,
    "sms": _NOBODY,
    "zalo": _NOBODY,
}

# --- web ------------------------------------------------------------------------------------------------------------

ROOT_URLCONF = "loyalty.urls"
WSGI_APPLICATION = "loyalty.wsgi.application"
# A day that begins at 00:00 is no slip for "now", even where the checks are run at midnight.
SILENCED_SYSTEM_CHECKS = ["fields.W161"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.compressing.CompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.sessions.DoorSessionMiddleware",
    "dashboard.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "dashboard.doorman.NotKeptMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "loyalty.look.context.BrandMiddleware",
    "dashboard.doorman.PeopleHistoryMiddleware",
    "dashboard.doorman.AdminPolicyMiddleware",
]
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
                "loyalty.look.context.shop",
                "dashboard.shell.sign_in_pages",
            ]
        },
    }
]
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static" / "collected"
STATICFILES_DIRS = [("dist", BASE_DIR / "static" / "dist")]  # made by `make assets`, committed
# Hashed names need `collectstatic`, which only a production image runs; elsewhere files are served from where they lie.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if MODE == "production"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE == "test"  # elsewhere they are collected before the first page
WHITENOISE_AUTOREFRESH = False

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_AGE = 12 * 3600
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
# How many reverse proxies of ours add to X-Forwarded-For: guesses at sign-in are counted per address of the visitor.
ALLAUTH_TRUSTED_PROXY_COUNT = whole(env, "TRUSTED_PROXIES", default=0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

# The strict policy of every door; the admin's looser one stands in `dashboard.doorman`. The counter
# allows itself WebAssembly, for its scanner of bar codes.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- sign-in of staff -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/admin/"
ACCOUNT_ADAPTER = "dashboard.signing_in.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_SESSION_REMEMBER = False
# Guesses are counted in PostgreSQL by StaffAdapter: limits that live in Valkey would be emptied by its restart.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
MFA_ADAPTER = "dashboard.signing_in.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "dashboard.signing_in.CodeForm",
    "reauthenticate": "dashboard.signing_in.CodeAgainForm",
}
MFA_TOTP_TOLERANCE = 1  # RFC 6238, 5.2: a code typed as it changes is right, and so is a phone half a minute off
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True  # whoever sits down at an unlocked screen later reads none
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = MODE != "production"  # http://localhost

# --- language, money, time ------------------------------------------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["loyalty.formats"]  # Django's own `vi` does not group digits
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Ho_Chi_Minh")
CURRENCY = env.str("CURRENCY", default="VND")

# --- the POS API ----------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Loyalty POS API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["api.schema.batch_of_purchases"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
API_KEY_CACHE_SECONDS = positive(env, "API_KEY_CACHE_SECONDS", default=30)
# One key's calls in a minute, and those among them that look people up.
API_CALLS_PER_MINUTE = positive(env, "API_CALLS_PER_MINUTE", default=3000)
API_LOOKUPS_PER_MINUTE = positive(env, "API_LOOKUPS_PER_MINUTE", default=600)
# Who may read /metrics: whoever bears this token; empty = this machine only.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- the dashboard's look (django-unfold); the words come from the functions named ----------------------------------

UNFOLD = {
    "SITE_TITLE": "dashboard.shell.shop_name",
    "SITE_HEADER": "dashboard.shell.shop_name",
    "SITE_SUBHEADER": "dashboard.shell.subtitle",
    "SITE_ICON": "dashboard.shell.icon",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/png", "href": "dashboard.shell.favicon"}],
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "ENVIRONMENT": "dashboard.shell.badge",
    "LANGUAGES": {"action": "dashboard.shell.language_url"},
    "ACCOUNT": {"navigation": "dashboard.shell.account_links"},
    "SIDEBAR": {"show_search": False, "navigation": "dashboard.sidebar.groups"},
    "STYLES": ["dashboard.shell.stylesheet", "dashboard.shell.colours"],
    "COLORS": {
        "primary": {
            "50": "236 253 245",
            "100": "209 250 229",
            "200": "167 243 208",
            "300": "110 231 183",
            "400": "52 211 153",
            "500": "16 166 118",
            "600": "4 122 87",
            "700": "4 108 78",
            "800": "6 95 70",
            "900": "6 78 59",
            "950": "2 44 34",
        }
    },
}

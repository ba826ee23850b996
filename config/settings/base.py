"""What is the same everywhere. The other files add what differs."""

from pathlib import Path

import pghistory
from django.utils.translation import gettext_lazy as _

from config import providers
from config.env import env, required

BASE_DIR = Path(__file__).resolve().parent.parent.parent

# -- Apps and middleware ---------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",  # its widget templates, for FORM_RENDERER
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_celery_beat",
    "django_countries",
    "pgtrigger",
    "pghistory",
    "core",
    "users",
    "accounts",
    "contacts",
    "sales",
    "correspondence",
    "surveys",
    "cadences",
    "imports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "core.middleware.SecurityHeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "users.middleware.SignInRequiredMiddleware",
    "users.middleware.UserLocaleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.htmx.ToastMiddleware",
    "core.history.HistoryMiddleware",
    "imports.duplicates.old_links.OldLinksMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["core.templatetags.paths"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cadences.context.engine_alarm",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# core.written_once
STATEMENTS_ARE_COMPARED = False

# -- Secrets and hosts -----------------------------------------------------------------------------

SECRET_KEY = required("SECRET_KEY", "a long random text that signs sessions and links")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Links in mails begin with it; never with what a request claims as its host.
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{env.str('PORT', default='') or 8000}")
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# -- Database and cache ----------------------------------------------------------------------------

required("DATABASE_URL", "the PostgreSQL database, as postgres://user:password@host/name")
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True, ATOMIC_REQUESTS=False)
_database = DATABASES["default"].setdefault("OPTIONS", {})
# What is prepared (core.prepared, cadences.chain) is prepared to be planned once, not for each value.
_database["options"] = f"-c plan_cache_mode=force_generic_plan {_database.get('options', '')}".rstrip()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the database, so that login limits survive a flush of the broker.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        # The default of 300 would let an attacker push the counters of a victim out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Parts of pages that depend on nothing but code: navigation, help, command palette. Per process.
    "shell": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "shell",
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}

# -- Users -----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "users.adapter.AccountAdapter"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_FORMS = {
    "login": "users.auth_forms.LoginForm",
    "reset_password": "users.auth_forms.ResetPasswordForm",
    "reset_password_from_key": "users.auth_forms.ResetPasswordKeyForm",
    "change_password": "users.auth_forms.ChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # read for the fields of the sign-in form too
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "users.tokens.ResetTokens"  # noqa: S105 - a class
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    # key: who is tried, counted apart for browsers that signed in before (users/known_browsers.py)
    "login_failed": "10/m/ip,5/5m/key,20/h/key",
    "reset_password": "20/m/ip,5/15m/key",
    # the public form beside a survey; key: where from, unreadable (surveys/contact_me/views.py)
    "contact_me": "10/h/key",
    # calendars ask every few minutes at most, several devices share an address; and whoever guesses at one
    "calendar": "120/h/key",
    "calendar_guess": "60/h/key",
}
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds that a link for a new password works
INVITATION_TIMEOUT = 7 * 24 * 60 * 60  # seconds that an invitation works
# How many proxies of ours stand in front: only then is X-Forwarded-For believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Seconds from signing in to signing out, however busy the user is: a long working day. There is no
# shorter limit for idleness: a visit to a customer must not cost what was typed before it.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_ENGINE = "users.sessions"
CSRF_COOKIE_HTTPONLY = True  # scripts take the token from the page
CSRF_COOKIE_SAMESITE = "Lax"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

# -- Language and time -----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")

# -- Files -----------------------------------------------------------------------------------------

STATIC_URL = "static/"
# static_npm holds the few files copied from npm packages at set-up; it is not in the repository.
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "static_npm"]
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
# Archives of everything, and the register of erased people. Not among the uploads: no backup may hold the
# first, no restore may bring an older state of the second; that lies beside the backups, to go with them.
TAKEN_OUT_ROOT = env.str("TAKEN_OUT_ROOT", default=str(Path(MEDIA_ROOT).parent / "taken_out"))
ERASURES_FILE = env.str("ERASURES_FILE", default=str(Path(MEDIA_ROOT).parent / "backups" / "erasures.jsonl"))
# The most megabytes that a file on an account may have.
ACCOUNT_FILE_MB = env.int("ACCOUNT_FILE_MB", default=10)
# The most megabytes that go with one e-mail: on the way they are a third larger, and many servers take 25.
MAIL_FILES_MB = env.int("MAIL_FILES_MB", default=15)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# -- Mail ------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Tend <tend@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Every mail is a row of the outbox first; a worker hands it to MAIL_TRANSPORT (docs/mail.md).
EMAIL_BACKEND = "correspondence.backend.OutboxBackend"
MAIL_TRANSPORT = "correspondence.transport.SmtpBackend"
if env.str("EMAIL_URL", default=""):
    _mail = env.email_url("EMAIL_URL")
    EMAIL_HOST = _mail["EMAIL_HOST"]
    EMAIL_PORT = _mail["EMAIL_PORT"]
    EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20  # seconds
# A provider's API instead of SMTP, and the secret that its reports (bounces, complaints) must bring.
MAIL_PROVIDER = env.str("MAIL_PROVIDER", default="").strip().lower()
MAIL_WEBHOOK_SECRET = env.str("MAIL_WEBHOOK_SECRET", default="")
if MAIL_PROVIDER:
    MAIL_TRANSPORT = providers.backend(MAIL_PROVIDER)
    ANYMAIL = providers.settings(
        MAIL_PROVIDER,
        key=required("MAIL_PROVIDER_KEY", f"the key of {MAIL_PROVIDER}'s API"),
        options=env.dict("MAIL_PROVIDER_OPTIONS", default={}),
        webhook_secret=MAIL_WEBHOOK_SECRET,
    )
# Bounces come back to b+<letters>@this domain; without one, to the sender.
MAIL_BOUNCE_DOMAIN = env.str("MAIL_BOUNCE_DOMAIN", default="").strip().lower()
# How fast mail leaves; 0 means without limit.
MAIL_BOUNCES = env.str("MAIL_BOUNCES", default="").strip()  # Maildir or mbox that read_bounces empties
MAIL_PER_MINUTE = env.int("MAIL_PER_MINUTE", default=0)
MAIL_PER_MINUTE_AND_DOMAIN = env.int("MAIL_PER_MINUTE_AND_DOMAIN", default=0)
MAIL_CONNECTIONS = env.int("MAIL_CONNECTIONS", default=2)  # dispatchers that send at the same time
# Where a trial installation catches its mail (see dev.py); None: mail is really sent.
MAIL_SINK_DIR: Path | None = None
MAIL_SINK_SOCKET: Path | None = None

# -- Surveys (docs/anonymity.md) -------------------------------------------------------------------
# All optional: without BALLOTS_RESULTS_URL surveys are not set up, and every page of theirs says so.

# The ballots' own database as the role that may plan waves and read what was released.
BALLOTS_RESULTS_URL = env.str("BALLOTS_RESULTS_URL", default="")
# Where the mailer keeps the keys behind tickets; outside every database and backup.
SURVEY_KEYS = env.str("SURVEY_KEYS", default="")
# Where the ballot box finds its waves, one file each.
BOX_WAVES = env.str("BOX_WAVES", default="")
# What links in survey mails begin with: the ballot box's own address.
SURVEY_URL = env.str("SURVEY_URL", default="")

# -- Task queue ------------------------------------------------------------------------------------

required("REDIS_URL", "the broker, as redis://host:6379/0")
CELERY_BROKER_URL = env.str("REDIS_URL")
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
# After this long (seconds) a message whose worker was killed is delivered again. A long task may
# so be rung twice; PostgreSQL decides that it runs once.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False

# Whether `python -m config.prepare` fills a new database with the demo company.
DEMO = False

# -- Logging ---------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django": {"level": "INFO", "handlers": [], "propagate": True}},
}

# -- History: who changed what ---------------------------------------------------------------------

# Trackers are declared per record, see core/history.py.
# Events are read per object; foreign keys inside the old row need no index of their own.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

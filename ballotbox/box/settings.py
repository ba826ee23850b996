"""The ballot box's settings. What is not here is missing on purpose: no session, no sign-in, no cookie, no
message, no admin, no error report, no access log, and no database that Django knows.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from ballotbox.box import env

HOME = Path(__file__).resolve().parent.parent

DEBUG = False
SECRET_KEY = secrets.token_urlsafe(48)  # Django wants one; nothing is signed with it
ALLOWED_HOSTS = env.words("SURVEY_HOSTS", "localhost,127.0.0.1,[::1]")

BALLOTS_BOX_URL = env.database_url("BALLOTS_BOX_URL", "the ballots' database as the box's role reaches it")
BOX_WAVES = Path(env.required("BOX_WAVES", "the folder with one file per wave"))
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0)
# Requests a second from one address, in the long run; ten times as many at once.
BOX_RATE = env.number("BOX_RATE", 60)

INSTALLED_APPS: list[str] = []
DATABASES: dict[str, dict[str, str]] = {}
MIDDLEWARE = [
    "ballotbox.box.middleware.PlainAnswers",
    "ballotbox.box.middleware.KnownHosts",
    "ballotbox.box.middleware.FairShare",
]
ROOT_URLCONF = "ballotbox.box.urls"
WSGI_APPLICATION = "ballotbox.box.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HOME / "templates"],
        "APP_DIRS": False,
    }
]

# A form is read in memory and never touches a disk; files are not taken at all.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_HANDLERS = ["ballotbox.box.middleware.NoFiles"]

# Questions come in the languages of their wave; the box's own words in those that have a catalogue here.
LANGUAGE_CODE = "en"
LOCALE_PATHS = [HOME / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

LOGGING_CONFIG = "ballotbox.box.logs.configure"
LOGGING = {"level": os.environ.get("LOG_LEVEL", "").strip() or "INFO"}

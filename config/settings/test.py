"""What pytest uses: fast password hashes, mail kept in memory, a database of its own."""

import os

from stack import local

local.fill(os.environ)

from config.env import env  # noqa: E402
from config.settings.base import *  # noqa: E402, F403
from config.settings.base import DATABASES  # noqa: E402

DEBUG = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# What pages send lands in mail.outbox at once; tests of the outbox name its backend themselves.
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MAIL_TRANSPORT = env.str("TEND_TEST_TRANSPORT", default="django.core.mail.backends.locmem.EmailBackend")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

# Several people (or several runs) can test at once on one server, each in a database of their own.
DATABASES["default"]["TEST"] = {"NAME": env.str("TEND_TEST_DB", default="test_tend")}
# Nothing in a test database needs to survive a power cut.
DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
DATABASES["default"]["CONN_MAX_AGE"] = 0

# The ballots of this checkout are real: tests have a database and folders of their own (tests/ballots.py).
BALLOTS_RESULTS_URL = SURVEY_KEYS = BOX_WAVES = SURVEY_URL = ""

# Whatever is written once is compared with what Django would write each time.
STATEMENTS_ARE_COMPARED = True

# Fault tests may kill a worker at a named step (TEND_KILL_AT); nowhere else does that do anything.
FAULT_TESTS = True

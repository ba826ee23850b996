"""What `make run` uses: this checkout's own servers, everything on this machine."""

import os

from stack import local, paths

local.fill(os.environ)

from config.env import env  # noqa: E402 - the line above provides what base requires
from config.settings.base import *  # noqa: E402, F403

DEBUG = False
DEMO = env.bool("DEMO", default=True)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".localhost"]

# Straight from the source folders: nothing to collect. Browsers ask each time and get a 304.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = env.bool("RELOAD", default=False)
WHITENOISE_MAX_AGE = 0

if not env.str("EMAIL_URL", default="") and not env.str("MAIL_PROVIDER", default=""):
    MAIL_TRANSPORT = "config.mail.SinkBackend"
    MAIL_SINK_DIR = paths.MAIL
    MAIL_SINK_SOCKET = paths.MAIL_SOCKET

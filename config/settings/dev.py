"""What `make run` uses: this checkout's own servers, everything on this machine."""

import os

from stack import local

local.fill(os.environ)

from config.settings.base import *  # noqa: E402, F403 - the line above provides what base requires

DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".localhost"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

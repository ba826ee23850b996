"""The product's own settings, plus one minimal page to compare with."""

from config.settings.dev import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
WHITENOISE_AUTOREFRESH = False

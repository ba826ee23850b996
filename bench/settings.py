"""The product's own settings, plus one minimal page to compare with. No mail leaves, no bell rings."""

from config.settings.dev import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
WHITENOISE_AUTOREFRESH = False
CELERY_BROKER_URL = "memory://"
MAIL_TRANSPORT = "config.mail.SinkBackend"
MAIL_PER_MINUTE = MAIL_PER_MINUTE_AND_DOMAIN = 0

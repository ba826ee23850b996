"""Settings of a process that is killed: the keys of the test that starts it."""

import os

from config.settings.test import *  # noqa: F403

SURVEY_KEYS = os.environ["KILLED_KEYS"]

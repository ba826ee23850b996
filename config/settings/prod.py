"""Production: everything from the environment, nothing guessed."""

from config.settings.base import *  # noqa: F403

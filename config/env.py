"""Reading settings from the environment, loudly: what is missing or wrong stops the start."""

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()


def required(name: str, purpose: str) -> str:
    """The value of a variable that must be set. Raises ImproperlyConfigured with one clear sentence."""
    value: str = env.str(name, default="").strip()
    if not value:
        raise ImproperlyConfigured(f"Set {name}: {purpose}.")
    return value

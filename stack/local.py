"""The environment of an installation that runs on its own servers under `var/`."""

from collections.abc import MutableMapping

from stack import paths, services, surveys
from stack.secrets import secret


def fill(environment: MutableMapping[str, str]) -> None:
    """Set what the caller has not set: key, database, broker, surveys, where files lie; and the ports
    of the last `make run`, for links that a command prints."""
    if not environment.get("SECRET_KEY"):
        environment["SECRET_KEY"] = secret("secret-key")
    surveys.fill(environment)
    if not environment.get("DATABASE_URL"):
        environment["DATABASE_URL"] = services.database_url()
    if not environment.get("REDIS_URL"):
        environment["REDIS_URL"] = services.broker_url()
    if not environment.get("PORT") and paths.PORT.exists():
        environment["PORT"] = paths.PORT.read_text().strip()
    environment.setdefault("MEDIA_ROOT", str(paths.MEDIA))

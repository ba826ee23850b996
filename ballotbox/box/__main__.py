"""``python -m ballotbox.box``: the ballot box under gunicorn, without an access log.

BOX_BIND says where it listens (``127.0.0.1:8001``, or a socket).
"""

from __future__ import annotations

import os
import resource
import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from gunicorn.app.base import BaseApplication


class Box(BaseApplication):
    """One process: the fair share of an address and the key of the day's tags are in its memory."""

    def load_config(self) -> None:
        options = {
            "bind": os.environ.get("BOX_BIND") or "127.0.0.1:8001",
            "workers": 1, "worker_class": "gthread", "threads": 32, "graceful_timeout": 10,
            "logger_class": "ballotbox.box.logs.QuietLogger", "accesslog": None,
            "control_socket_disable": True,
            "proc_name": "ballotbox", "keepalive": 5,
        }  # fmt: skip
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from ballotbox.box.wsgi import application  # noqa: PLC0415 - in the worker, after its settings

        return application


def main() -> int:
    """Check the settings, then serve until told to stop."""
    try:
        from ballotbox.box import settings  # noqa: F401, PLC0415 - its sentence instead of gunicorn's traceback
    except ImproperlyConfigured as error:
        print(f"Configuration: {error}", file=sys.stderr)
        return 1
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash writes no memory to a disk
    Box().run()
    return 0


if __name__ == "__main__":
    sys.exit(main())

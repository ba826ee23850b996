"""A log that cannot say who came: a day, a level, a logger and the name of an error's class.

A path holds a ticket, a message may hold a value, a clock says when somebody answered: none is written. Only
sentences of our own, which hold no value of a request, are written as they are.
"""

from __future__ import annotations

import logging
import sys
import threading
from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

OURS = "ballotbox"
# gunicorn's master never sees a request: why it cannot start may be said.
HARMLESS_MODULES = frozenset({"arbiter", "sock"})


class Bare(logging.Formatter):
    """One short line per record, never a traceback, never somebody else's message."""

    default_time_format = "%Y-%m-%d"
    default_msec_format = ""

    def format(self, record: logging.LogRecord) -> str:
        words = [self.formatTime(record), record.levelname, record.name]
        if record.exc_info and record.exc_info[0]:
            words.append(record.exc_info[0].__name__)
        elif record.name == OURS or (record.name == "gunicorn.error" and record.module in HARMLESS_MODULES):
            words.append(record.getMessage())
        return " ".join(words)


def configure(given: dict[str, Any]) -> None:
    """Everything goes to standard error, in bare lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(Bare())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.getLevelNamesMapping().get(str(given.get("level", "")).upper(), logging.INFO))
    for name in ("django", "django.request", "django.security", "py.warnings"):
        found = logging.getLogger(name)
        found.handlers, found.propagate = [], True
        found.setLevel(logging.ERROR)  # a link that opens nothing is no event
    sys.excepthook = _uncaught
    threading.excepthook = lambda what: _uncaught(what.exc_type, what.exc_value, what.exc_traceback)


def _uncaught(kind: type[BaseException], _value: object, _traceback: object) -> None:
    logging.getLogger(OURS).critical("ended by %s", kind.__name__)


class QuietLogger(Logger):
    """gunicorn's log, as bare as the rest; there is no access log at all."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(Bare())
        self.error_log.setLevel(max(self.error_log.level, logging.INFO))

    def info(self, msg: str, *args: Any, **kwargs: Any) -> None:
        self.error_log.info(msg, *args, **kwargs, stacklevel=2)  # the caller's module decides what is written

    def error(self, msg: str, *args: Any, **kwargs: Any) -> None:
        self.error_log.error(msg, *args, **kwargs, stacklevel=2)

    def access(self, *_: Any) -> None:
        """Nothing."""

"""Where everything lies.

Everything private is under `var/` (mode 0700). Only sockets are elsewhere: a Unix socket's path
may have no more than about 107 bytes, so they go to a short directory named after the checkout,
which also keeps two checkouts apart.
"""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from stack.say import Problem

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("TEND_VAR") or ROOT / "var").resolve()
VENV = ROOT / ".venv"
NPM_STATIC = ROOT / "static_npm"

SECRETS = VAR / "secrets"
LOGS = VAR / "log"
STAMPS = VAR / "stamps"
PORT = VAR / "port"
SURVEY_PORT = VAR / "survey-port"
KEYS = VAR / "keys"
MAIL = VAR / "mail"
MEDIA = VAR / "media"
BACKUPS = VAR / "backups"


def _temporary_directory() -> Path:
    """The usual one if possible: unlike $TMPDIR it is the same in every shell."""
    usual = Path("/tmp")  # noqa: S108 - a private directory below it, checked when made
    return usual if os.access(usual, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


def _short_name() -> str:
    return hashlib.sha256(f"{VAR}:{os.getuid()}".encode()).hexdigest()[:10]


SOCKETS = _temporary_directory() / f"tend-{_short_name()}"
MAIL_SOCKET = SOCKETS / "mail.sock"


def make_private(directory: Path) -> Path:
    """Create a directory only its owner can enter; refuse one that belongs to somebody else."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(f"Cannot create {directory}: {error.strerror}.") from error
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise Problem(f"{directory} belongs to somebody else: remove it, or run as its owner.")
    directory.chmod(0o700)
    return directory


def prepare() -> None:
    """Create the private directories. Raises Problem when `var/` cannot be written."""
    for directory in (VAR, SECRETS, LOGS, STAMPS, MAIL, MEDIA, BACKUPS, SOCKETS):
        make_private(directory)
    if not os.access(VAR, os.W_OK):
        raise Problem(f"{VAR} is not writable: change its owner or its permissions.")

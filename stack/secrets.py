"""Secrets of this installation, each in a file only its owner can read."""

import os
import secrets

from stack.paths import SECRETS, make_private


def secret(name: str) -> str:
    """The secret called `name`, made at the first call."""
    path = SECRETS / name
    if not path.exists():
        make_private(SECRETS)
        # Written beside and linked into place: two processes at once agree on one value, and a
        # crash leaves no half-written secret.
        draft = SECRETS / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()

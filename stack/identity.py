"""PostgreSQL refuses to run as root. When we are root, its programs run as somebody harmless."""

import functools
import os
import subprocess
from collections.abc import Sequence

# A user namespace in which root is known as "nobody": PostgreSQL is content, and the files on disk
# stay ours, so no directory has to change its owner.
_NAMESPACE = ("unshare", "--user", "--map-user=65534", "--map-group=65534", "--")


@functools.cache
def _prefix() -> tuple[str, ...]:
    if os.getuid() != 0:
        return ()
    tried = subprocess.run((*_NAMESPACE, "true"), capture_output=True, check=False)
    return _NAMESPACE if tried.returncode == 0 else ()


def unprivileged(command: Sequence[str]) -> list[str]:
    """The command, wrapped so that it does not run as root."""
    return [*_prefix(), *command]

"""PostgreSQL refuses to run as root. When we are root, its programs run as somebody harmless."""

import functools
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from stack.say import Problem

NOBODY = 65534

# A user namespace in which root is known as "nobody": PostgreSQL is content, and the files on disk
# stay ours, so no directory has to change its owner.
NAMESPACE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")

# Where user namespaces are forbidden: really nobody, who keeps the one right to enter our private
# directories (and, by the secure bit, also when a program only asks whether it might). The data
# directory then belongs to nobody.
CAPABILITY = (
    "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
    "--inh-caps=+dac_override", "--ambient-caps=+dac_override",
    "--securebits=+no_setuid_fixup", "--",
)  # fmt: skip


@functools.cache
def _prefix() -> tuple[str, ...]:
    """What goes before a command. Raises Problem when root cannot become anybody else."""
    if os.getuid() != 0:
        return ()
    ways = {"namespace": NAMESPACE, "capability": CAPABILITY}
    chosen = os.environ.get("TEND_AS_ROOT")
    for name, way in ways.items():
        if chosen in (None, name) and _works(way):
            return way
    raise Problem("PostgreSQL does not run as root, and root cannot change here: start as an ordinary user.")


def _works(way: Sequence[str]) -> bool:
    try:
        return subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def unprivileged(command: Sequence[str]) -> list[str]:
    """The command, wrapped so that it does not run as root."""
    return [*_prefix(), *command]


def hand_over(folder: Path) -> None:
    """Give a data directory to whoever the server now runs as, if it belonged to somebody else."""
    if os.getuid() != 0:
        return
    owner = NOBODY if _prefix() == CAPABILITY else 0
    if folder.exists() and folder.stat().st_uid != owner:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner, owner, follow_symlinks=False)

"""Keys as files of their own, outside every database and every backup; destroyed for good when their time
is over.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

MODE_FOLDER, MODE_FILE = 0o700, 0o600


class KeyMissingError(Exception):
    """The key is not here: not made yet, destroyed, or lost."""


class KeyFiles:
    """A folder of keys that belongs to one role."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, name: str, value: bytes) -> bytes:
        """Keep a key under a name; returns the one that is kept, which is an earlier one if there is one."""
        self.folder.mkdir(mode=MODE_FOLDER, parents=True, exist_ok=True)
        draft = self.folder / f".{name}.{os.getpid()}.{os.urandom(4).hex()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE_FILE), "wb") as file:
            file.write(value)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, self._path(name))  # whoever comes first; nothing half-written is ever seen
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        keep_names(self.folder)
        return self.read(name)

    def read(self, name: str) -> bytes:
        """The key of that name. Raises KeyMissingError."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise KeyMissingError(name) from error

    def has(self, name: str) -> bool:
        """True when the key is here."""
        return self._path(name).exists()

    def names(self) -> Iterator[str]:
        """The names of all keys."""
        if self.folder.is_dir():
            yield from sorted(path.name for path in self.folder.iterdir() if not path.name.startswith("."))

    def destroy(self, name: str) -> bool:
        """Overwrite and remove. True when there was one.

        What a disk keeps of overwritten blocks is beyond a program: docs/anonymity.md says so.
        """
        if not shred(self._path(name)):
            return False
        keep_names(self.folder)
        return True

    def _path(self, name: str) -> Path:
        if "/" in name or name.startswith("."):
            raise ValueError(f"{name} is no name of a key.")
        return self.folder / name


def shred(path: Path) -> bool:
    """Overwrite and remove a file. True when there was one."""
    try:
        with path.open("r+b") as file:
            overwrite(file)
    except FileNotFoundError:
        return False
    path.unlink(missing_ok=True)
    return True


def overwrite(file: IO[bytes]) -> None:
    """Put noise in place of everything a file holds, on the disk."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    file.write(os.urandom(size))
    file.flush()
    os.fsync(file.fileno())


def keep_names(folder: Path) -> None:
    """Bring what was added to a folder, or removed from it, onto the disk."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def ticket_key(wave: object) -> str:
    """The name of the key that makes and opens a wave's tickets."""
    return f"{wave}.ticket"


def tag_key(wave: object, day: object) -> str:
    """The name of the key behind the tags of one wave and send day."""
    return f"{wave}.{day}.tag"


def private_key(wave: object) -> str:
    """The name of the private key of a wave."""
    return f"{wave}.private"


def key_copy(wave: object) -> str:
    """The name of the copy of a private key that is sealed for a trustee, who keeps it elsewhere."""
    return f"{wave}.private.sealed"

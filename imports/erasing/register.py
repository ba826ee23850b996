"""The register of erasures: a file beside the database, so that no restore brings an erased person back.

One line of JSON each, and nothing of it says who somebody was: ids, and keyed hashes that tell whether the
row of that id is still the same one. Appended and flushed to the disk before the erasure is committed. A line
whose erasure was rolled back is followed by one that voids it; one that was cut short by a crash is finished
by the next replay, because an admin had said yes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "imports.erasing.register"


@dataclass(frozen=True)
class Entry:
    """One erasure: when, by which user, why; contacts and chosen rows with the marks of the rows."""

    id: str
    at: str
    by: int | None
    why: str
    contacts: list[list[Any]]
    rows: dict[str, list[list[Any]]]


def append(entry: Entry) -> None:
    """Raises OSError: then nothing may be erased."""
    _write(asdict(entry))


def void(entry_id: str) -> None:
    """It was rolled back."""
    _write({"id": entry_id, "void": True})


def entries() -> Iterator[Entry]:
    """What was erased, the oldest first. A line that a crash cut off is passed over: it was not committed."""
    lines = list(_lines())
    voided = {line["id"] for line in lines if line.get("void")}
    for line in lines:
        if not line.get("void") and line["id"] not in voided:
            yield Entry(**line)


def mark_of(row: models.Model, secret: str = "") -> str:
    """Tells this row from another one that a restored database gives the same id."""
    born: datetime | None = getattr(row, "created_at", None)
    said = f"{row._meta.label_lower}:{row.pk}:{born.isoformat() if born else getattr(row, 'account_id', '')}"
    return salted_hmac(SALT, said, secret=secret or None, algorithm="sha256").hexdigest()[:32]


def is_same(row: models.Model, mark: str) -> bool:
    """Whether the mark was made of this row, by the key of today or an earlier one."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(mark_of(row, secret), mark) for secret in secrets)


def _path() -> Path:
    return Path(settings.ERASURES_FILE)


def _lines() -> Iterator[dict[str, Any]]:
    if not _path().is_file():
        return
    for line in _path().read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _write(line: dict[str, Any]) -> None:
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # begins with a line end: what a crash cut off before it does not spoil this one
    content = f"\n{json.dumps(line)}\n".encode()
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)

"""What the box knows of a wave: one file, written by the CRM, read by the box.

It holds the key that opens tickets, the public key that ballots are sealed to, the questionnaire and the
words of the public page. No database can be read through it, and nobody's name is in it.
"""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from ballotbox import keyfiles
from ballotbox.policy import Policy
from ballotbox.questionnaire import Questionnaire

STALE = 60  # seconds: no write takes that long


class BundleMissingError(Exception):
    """No file of that wave, or none that can be read."""


@dataclass(frozen=True)
class Bundle:
    """A wave as the box sees it.

    ``closes``: the last day on which a ballot counts, by the company's clock. ``public``: facts for the
    public page that are known later (``state``, ``key_destroyed_on``, ``released_on``). Keys are None once
    they are destroyed.
    """

    wave: UUID
    programme: str
    label: str
    company: str
    time_zone: str
    opens: date
    closes: date
    questionnaire: Questionnaire
    policy: Policy
    ticket_key: bytes | None
    public_key: bytes | None
    fingerprint: str = ""
    contact_address: str = ""  # the mailbox that people may write to
    public: dict[str, Any] = field(default_factory=dict)


def write(folder: Path, bundle: Bundle) -> Path:
    """Write or replace the file of a wave, in one step. The key in the old one is overwritten where it lay.

    Also where the same key is in the new one: what was left of the old would outlive its destruction.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{bundle.wave}.json"
    draft = folder / f".{bundle.wave}.{os.getpid()}.{os.urandom(4).hex()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(_out(bundle), file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    with _old(path) as old:
        draft.replace(path)
        # Only now: until here the box could still read the file with the key.
        if old is not None and _held_key(old):
            keyfiles.overwrite(old)
    _remove_drafts(folder, bundle.wave)
    keyfiles.keep_names(folder)
    return path


def read(folder: Path, wave: UUID) -> Bundle:
    """The bundle of a wave. Raises BundleMissingError."""
    path = folder / f"{wave}.json"
    try:
        try:
            return _in(json.loads(path.read_text()))
        except ValueError:  # overwritten while it was read: by now the name leads to the new one
            return _in(json.loads(path.read_text()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleMissingError(str(wave)) from error


@contextmanager
def _old(path: Path) -> Iterator[IO[bytes] | None]:
    """The file that is replaced: open, it can still be reached when its name leads to the new one."""
    try:
        file = path.open("r+b")
    except FileNotFoundError:
        yield None
        return
    with file:
        yield file


def _held_key(file: IO[bytes]) -> bool:
    """Whether there is a ticket's key in it; a file that nobody can read may hold one."""
    try:
        return json.load(file)["ticket_key"] is not None
    except (ValueError, KeyError, TypeError):
        return True


def _remove_drafts(folder: Path, wave: UUID) -> None:
    """What a write that was interrupted has left behind: it may hold keys."""
    for draft in folder.glob(f".{wave}.*"):
        with suppress(FileNotFoundError):  # another write was faster
            if time.time() - draft.stat().st_mtime > STALE:  # not one that is being written
                keyfiles.shred(draft)


def _out(bundle: Bundle) -> dict[str, Any]:
    return {
        "wave": str(bundle.wave), "programme": bundle.programme, "label": bundle.label,
        "company": bundle.company, "time_zone": bundle.time_zone,
        "opens": bundle.opens.isoformat(), "closes": bundle.closes.isoformat(),
        "questionnaire": bundle.questionnaire.to_json(), "policy": bundle.policy.to_json(),
        "ticket_key": _text(bundle.ticket_key), "public_key": _text(bundle.public_key),
        "fingerprint": bundle.fingerprint, "contact_address": bundle.contact_address, "public": bundle.public,
    }  # fmt: skip


def _in(data: dict[str, Any]) -> Bundle:
    return Bundle(
        wave=UUID(data["wave"]), programme=data["programme"], label=data["label"], company=data["company"],
        time_zone=data["time_zone"], opens=date.fromisoformat(data["opens"]),
        closes=date.fromisoformat(data["closes"]),
        questionnaire=Questionnaire.from_json(data["questionnaire"]),
        policy=Policy.from_json(data["policy"]), ticket_key=_bytes(data["ticket_key"]),
        public_key=_bytes(data["public_key"]), fingerprint=data.get("fingerprint", ""),
        contact_address=data.get("contact_address", ""), public=dict(data.get("public") or {}),
    )  # fmt: skip


def _text(key: bytes | None) -> str | None:
    return None if key is None else base64.b64encode(key).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)

"""``manage.py read_bounces``: mails that came back, from a mailbox or from the mail server's pipe."""

from __future__ import annotations

import mailbox
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError

from correspondence.bounces import LARGEST_BYTES, Came, take

TRY_AGAIN = 75  # EX_TEMPFAIL: mail servers keep the mail and come again
WORDS = {
    Came.NOTED: "noted", Came.KNOWN: "known already", Came.PASSING: "no failure",
    Came.STRANGE: "about no mail of ours (left where they are)",
}  # fmt: skip


class Command(BaseCommand):
    help = "Read bounces from the mailbox in MAIL_BOUNCES, or one from standard input."
    stealth_options = ("stdin",)  # tests bring their own

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pipe", action="store_true", help="one mail from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        """With --pipe exit code 75 asks the mail server to come again: the database did not answer."""
        if not settings.MAIL_BOUNCE_DOMAIN:
            raise CommandError("Set MAIL_BOUNCE_DOMAIN: without it mails have no return path of their own.")
        if options["pipe"]:
            self._pipe(options.get("stdin") or sys.stdin.buffer)
            return
        counts = _empty(_place())
        told = [f"{counts[came]} {words}" for came, words in WORDS.items() if counts[came]]
        self.stdout.write(", ".join(told) or "No bounces.")

    def _pipe(self, stream: Any) -> None:
        raw = stream.read(LARGEST_BYTES)
        while stream.read(LARGEST_BYTES):  # whoever writes to us gets no broken pipe
            pass
        try:
            came = take(raw)
        except DatabaseError as error:
            self.stderr.write(f"The database did not answer: {type(error).__name__}")
            sys.exit(TRY_AGAIN)
        self.stdout.write(WORDS[came].partition(" (")[0])


def _place() -> Path:
    if not settings.MAIL_BOUNCES:
        raise CommandError("Set MAIL_BOUNCES to a Maildir or an mbox file, or use --pipe.")
    place = Path(settings.MAIL_BOUNCES)
    if not place.exists():
        raise CommandError("There is nothing at MAIL_BOUNCES: give the path of a Maildir or an mbox file.")
    return place


def _empty(place: Path) -> Counter[Came]:
    """Take every mail that has not been looked at; what was understood goes, the rest is marked as seen."""
    counts: Counter[Came] = Counter()
    with _opened(place) as box:
        for key in list(box.iterkeys()):
            if "S" in _flags(box, key):
                continue
            came = take(box.get_bytes(key)[:LARGEST_BYTES])
            counts[came] += 1
            if came is Came.STRANGE:
                _mark_seen(box, key)
            else:
                box.discard(key)
    return counts


@contextmanager
def _opened(place: Path) -> Iterator[Any]:
    try:
        box: Any = (
            mailbox.Maildir(place, create=False) if place.is_dir() else mailbox.mbox(place, create=False)
        )
        box.lock()
    except (mailbox.Error, OSError) as error:
        raise CommandError(f"The mailbox in MAIL_BOUNCES cannot be opened: {error}") from error
    try:
        yield box
        box.flush()
    finally:
        box.unlock()
        box.close()


def _flags(box: Any, key: Any) -> str:
    flags = str(box.get_message(key).get_flags())
    return flags if isinstance(box, mailbox.Maildir) else flags.replace("R", "S")


def _mark_seen(box: Any, key: Any) -> None:
    message = box.get_message(key)
    if isinstance(box, mailbox.Maildir):
        message.set_subdir("cur")
        message.add_flag("S")
    else:
        message.add_flag("R")
    box[key] = message

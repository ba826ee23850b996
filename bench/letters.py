"""A batch of letters from the queue to one PDF, beside a bare run of the typesetter over the same words."""

from __future__ import annotations

import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typst
from django.test.utils import override_settings
from pypdf import PdfReader

from accounts.models import Account
from bench import memory
from bench.report import Line
from contacts.models import Contact
from correspondence.letters import batches, typesetting
from correspondence.models import Piece, PrintBatch
from users.models import User

GOAL_SECONDS = 120.0  # nobody waits longer at the printer, for five thousand
GOAL_MB = 300.0  # of worker and typesetter together, whatever the number of letters
MEGABYTE = 1024 * 1024
BODY = (
    "Dear {name},\n\nThank you for the talk of today about the pumps in the north. We agreed on this:\n\n"
    "- The quote for two pumps of the series P-{n} comes by Friday.\n- We send drawings of the **seal**.\n"
    "- We talk again on 8 January.\n\nIf anything of this is not as you remember it, call me. "
    f"{'It matters. ' * 30}\n\nKind regards"
)
BARE = b"""
#let data = json("data.json")
#set page(paper: "a4")
#for letter in data { for words in letter { par(text(words)) }; pagebreak(weak: true) }
"""


@dataclass
class Letters:
    """How many were printed, in how many seconds, with how many bytes of private memory at the most."""

    printed: int = 0
    pages: int = 0
    seconds: float = 0.0
    bare: float = 0.0
    peak: int = 0


def measure(number: int, say: Callable[[str], None]) -> Letters:
    """Print so many letters. Raises RuntimeError when one is missing."""
    user = _queued(number)
    found = Letters()
    with tempfile.TemporaryDirectory() as media, override_settings(MEDIA_ROOT=media), _watched() as peak:
        start = time.perf_counter()
        batch = batches.start(user, Piece.objects.letters_to_print().order_by("id"))
        batches.work(batch.pk)
        found.seconds = time.perf_counter() - start
        found.peak = max(peak)
        batch.refresh_from_db()
        if batch.state != PrintBatch.State.READY:
            raise RuntimeError(f"The batch is {batch.state}: {batch.error}")
        found.printed = batch.lines.on_paper().count()
        with batch.file.open("rb") as content:
            found.pages = len(PdfReader(content).pages)
    if not number == found.printed <= found.pages:
        raise RuntimeError(f"Of {number} letters {found.printed} were printed on {found.pages} pages.")
    say(f"  {number:,} letters in {found.seconds:.0f} s")
    found.bare = _bare(number)
    say(f"  bare run over the same words in {found.bare:.0f} s")
    return found


def lines(found: Letters) -> list[Line]:
    return [
        Line(
            f"letters printed, {found.printed:,}", found.seconds, "s", GOAL_SECONDS,
            detail=f"{found.printed / found.seconds:.0f} a second, checked, set and joined: "
            f"{found.seconds / found.bare:.1f} times a bare run of the typesetter over the same words",
        ),
        Line(
            f"peak memory of printing {found.printed:,} letters", found.peak / MEGABYTE, "MB", GOAL_MB,
            detail="worker and typesetter together",
        ),
    ]  # fmt: skip


def _queued(number: int) -> User:
    """Somebody with so many letters in the queue, each to another account."""
    user = User.objects.create_user(
        email="letters@bench.example", display_name="Kari Holm", roles=["salesperson"]
    )
    address = {"street": "Havnegata 7", "postal_code": "5003", "city": "Bergen", "country": "NO"}
    accounts = Account.objects.bulk_create(
        [Account(name=f"Acme Machining {n}", owner=user, **address) for n in range(number)], 1_000
    )
    contacts = Contact.objects.bulk_create(
        [Contact(account=account, first_name="Eva", last_name=f"Lind {account.pk}") for account in accounts],
        1_000,
    )
    pieces = [
        Piece(
            medium="letter", state="queued", account=contact.account, contact=contact, sender=user,
            created_by=user, subject="Our talk of today", body=BODY.format(name=contact.name, n=contact.pk),
        )
        for contact in contacts
    ]  # fmt: skip
    Piece.objects.bulk_create(pieces, 1_000)
    return user


def _bare(number: int) -> float:
    """Seconds of the typesetter alone, on paragraphs of the same words, in parts of the same size."""
    fonts = typst.Fonts(include_system_fonts=False)
    seconds = 0.0
    for first in range(0, number, batches.AT_ONCE):
        numbers = range(first, min(first + batches.AT_ONCE, number))
        words = [BODY.format(name=f"Eva Lind {n}", n=n).split("\n\n") for n in numbers]
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / typesetting.MAIN).write_bytes(BARE)
            (folder / typesetting.DATA).write_text(json.dumps(words), encoding="utf-8")
            start = time.perf_counter()
            typst.compile(folder / typesetting.MAIN, root=folder, font_paths=fonts, pdf_tags=False)
            seconds += time.perf_counter() - start
    return seconds


@contextmanager
def _watched() -> Iterator[list[int]]:
    """Private bytes of this process and its children, beyond what it has now, every tenth of a second."""
    own = os.getpid()
    before = memory.private(own)
    seen = [0]
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(memory.INTERVAL):
            seen.append(sum(map(memory.private, [own, *memory.children(own)])) - before)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()

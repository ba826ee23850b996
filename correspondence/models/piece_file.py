"""What goes with an e-mail."""

from __future__ import annotations

from typing import IO
from uuid import uuid4

from django.db import models
from django.db.models import Q

from core.history import tracked
from core.models import TimeStamped
from correspondence.querysets import PieceFileQuerySet

FOLDER = "pieces"
"""Where they are stored, below ``MEDIA_ROOT``."""


def random_name(file: PieceFile, filename: str) -> str:
    """Where it is stored: nothing of the uploaded name, so that no name can do harm or be guessed."""
    return f"{FOLDER}/{uuid4().hex}"


@tracked()
class PieceFile(TimeStamped):
    """An attachment: uploaded with the mail or, while that is a draft, a file that lies on the account."""

    piece = models.ForeignKey("correspondence.Piece", on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to=random_name, max_length=120, blank=True)
    account_file = models.ForeignKey(
        "accounts.AccountFile", null=True, blank=True, on_delete=models.RESTRICT, related_name="+"
    )
    name = models.CharField(max_length=150, help_text="As its recipient reads it.")
    kind = models.CharField(max_length=100, help_text="Media type, found in the content and not in the name.")
    size = models.PositiveIntegerField(help_text="Bytes.")

    objects = PieceFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="piece_file_lies_in_one_place",
                condition=Q(file="", account_file__isnull=False) | ~Q(file="") & Q(account_file__isnull=True),
            ),
            # chosen twice is attached once
            models.UniqueConstraint(fields=["piece", "account_file"], name="piece_file_chosen_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_there(self) -> bool:
        """Whether it can still be sent: not removed from the account, and not lost."""
        source = self.account_file
        stored = source.file if source else self.file
        is_removed = source is not None and source.removed_at is not None
        return not is_removed and bool(stored) and bool(stored.storage.exists(str(stored.name)))

    def opened(self) -> IO[bytes]:
        """Its content. Raises FileNotFoundError when the store has it no more."""
        stored = self.account_file.file if self.account_file else self.file
        if not stored:
            raise FileNotFoundError(self.name)
        content: IO[bytes] = stored.open("rb")
        return content

    def read(self) -> bytes:
        """Its bytes. Raises FileNotFoundError when the store has lost it: then the mail does not leave."""
        with self.opened() as content:
            return bytes(content.read())

"""Files on an account: contracts, drawings, mails that somebody kept."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.querysets import AccountFileQuerySet
from core.history import tracked
from core.models import TimeStamped

FOLDER = "accounts"
"""Where they are stored, below ``MEDIA_ROOT``."""
REMOVED_FOR = timedelta(days=30)
"""For so long a removal can be undone."""


def random_name(file: AccountFile, filename: str) -> str:
    """Where it is stored: nothing of the uploaded name, so that no name can do harm or be guessed."""
    return f"{FOLDER}/{uuid4().hex}"


@tracked(exclude=("token",))
class AccountFile(TimeStamped):
    """One uploaded file. Everybody reads it, as a download only; removed ones come back within 30 days.

    After that ``file`` is empty: the row says who removed it, its content is deleted.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to=random_name, max_length=120)
    name = models.CharField(max_length=150, help_text="As it was called where it came from.")
    kind = models.CharField(max_length=100, help_text="Media type, found in the content and not in the name.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    about = models.CharField(max_length=200, blank=True)
    added_by = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    token = models.UUIDField(
        null=True, blank=True, unique=True, editable=False, help_text="The same form sent twice adds once."
    )

    objects = AccountFileQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "-created_at"],
                name="file_of_account",
                condition=Q(removed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.name

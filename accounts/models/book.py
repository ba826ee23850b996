"""The accounts a salesperson works now, out of all they own (R7). A filter, never a wall."""

from __future__ import annotations

from django.db import models


class BookEntry(models.Model):
    """One account in one user's book."""

    user = models.ForeignKey("users.User", on_delete=models.CASCADE, related_name="book")
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="books")
    added_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "account"], name="bookentry_once")]
        verbose_name_plural = "book entries"

    def __str__(self) -> str:
        return f"{self.account} in the book of {self.user}"

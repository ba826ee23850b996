"""Passwords. allauth's pages come here too (``users.adapter``)."""

from __future__ import annotations

from django.db import transaction

from users.models import User


@transaction.atomic
def set_password(user: User, password: str) -> None:
    """A new password ends every session; the page that changed it signs its own browser in again."""
    user.set_password(password)
    user.save(update_fields=["password", "updated_at"])
    user.sessions.all().delete()

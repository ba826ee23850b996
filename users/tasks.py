"""What beat rings for users."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from users.sessions import SessionStore


@shared_task(name="users.tasks.forget_old_sessions")
def forget_old_sessions(**_: Any) -> None:
    """Delete the rows of sign-ins that have run out; safe at any time."""
    SessionStore.clear_expired()

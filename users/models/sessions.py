"""Sessions that know whose they are, so that they end together with the right to them."""

from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """A signed-in browser; without ``user`` while nobody has signed in."""

    user = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.CASCADE, related_name="sessions"
    )

    class Meta:
        verbose_name = "session"

    @classmethod
    def get_session_store_class(cls) -> type:
        from users.sessions import SessionStore  # noqa: PLC0415 - the store needs this model

        return SessionStore

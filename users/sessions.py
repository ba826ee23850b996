"""The session engine (``settings.SESSION_ENGINE``): Django's database sessions plus the user's id."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from users.models import Session


class SessionStore(DatabaseStore):
    """Stores the user beside the data. A session whose row is gone cannot be saved again."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        user_id = data.get(SESSION_KEY)
        row.user_id = int(user_id) if user_id else None
        return row

"""Sign-ins that have run out are forgotten; those that last stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from users.models import Session
from users.sessions import SessionStore
from users.tasks import forget_old_sessions

pytestmark = pytest.mark.django_db
SIGNED_IN = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def test_only_expired_sessions_are_forgotten() -> None:
    with time_machine.travel(SIGNED_IN, tick=False):
        old = SessionStore()
        old.set_expiry(timedelta(hours=1))
        old.create()
    with time_machine.travel(SIGNED_IN + timedelta(hours=2), tick=False):
        fresh = SessionStore()
        fresh.create()
        forget_old_sessions.run()
    assert list(Session.objects.values_list("session_key", flat=True)) == [fresh.session_key]

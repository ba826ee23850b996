"""The secret address of a user's calendar: made, made anew, given up."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from cadences.models import CalendarFeed
from users.access import require_active
from users.models import User

SECRET_BYTES = 32


@transaction.atomic
def make(user: User) -> str:
    """A new address; the one before, if there is one, reads nothing from now on. Returns the secret, once."""
    require_active(user)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    CalendarFeed.objects.update_or_create(
        user=user, defaults={"token_hash": hashed(secret), "created_at": timezone.now()}
    )
    return secret


def give_up(user: User) -> None:
    """The address reads nothing from now on."""
    require_active(user)
    CalendarFeed.objects.filter(user=user).delete()


def say_notes(user: User, with_notes: bool) -> None:
    """Whether it tells people, agenda and what was noted, too."""
    require_active(user)
    CalendarFeed.objects.filter(user=user).update(with_notes=with_notes, updated_at=timezone.now())


def of(secret: str) -> CalendarFeed | None:
    """The feed behind an address. What is looked up is a hash: how long that takes tells nothing of it."""
    found: CalendarFeed | None = CalendarFeed.objects.of_token(hashed(secret))
    return found


def hashed(secret: str) -> str:
    """A hash is enough: nobody guesses 32 random bytes, so there is nothing to slow down."""
    return hashlib.sha256(secret.encode()).hexdigest()

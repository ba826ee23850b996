"""What "today" is. Query, badge, mail and feed all ask here; dates are local civil dates."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from users.models import Company

if TYPE_CHECKING:
    from users.models import User


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The time zone of that name; UTC where the name is unknown, so that no page breaks on it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def today_for(user: User) -> date:
    """The civil date at the user's place."""
    return timezone.now().astimezone(zone(user.time_zone)).date()


def company_today() -> date:
    """The civil date of the company: the period of the nightly run."""
    return timezone.now().astimezone(zone(Company.get().time_zone)).date()


def local(moment: datetime, user: User) -> datetime:
    """An instant as the user reads it."""
    return moment.astimezone(zone(user.time_zone))

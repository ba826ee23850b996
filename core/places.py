"""Where an account is: which clock hangs on its wall. Pure."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@lru_cache(maxsize=300)
def zone_of(country: str) -> str:
    """The time zone of a country whose zones all keep the same time; empty where they differ."""
    from babel.core import get_global  # noqa: PLC0415 - loaded by the first page that asks

    names = get_global("territory_zones").get((country or "").upper(), [])
    clocks = {tuple(_offset(name, month) for month in (1, 7)) for name in names}
    return names[0] if len(clocks) == 1 else ""


def _offset(name: str, month: int) -> str:
    try:
        return str(datetime(2026, month, 1, tzinfo=ZoneInfo(name)).utcoffset())
    except ZoneInfoNotFoundError:
        return name

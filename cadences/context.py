"""What every page is given by cadences: the alarm that admins see when a night did not run."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cadences.conscience import missed_night


def engine_alarm(request: HttpRequest) -> dict[str, object]:
    """``engine_alarm``: the missed night, for admins alone; one query, only where a page asks."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_admin:
        return {}
    return {"engine_alarm": SimpleLazyObject(_missed)}


def _missed() -> dict[str, date] | None:
    on = missed_night()
    return {"on": on} if on else None

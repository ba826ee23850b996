"""The calendar: a day, a week or a month; one's own, a colleague's or the team's."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadences.meetings.calendar import VIEWS, Span, days_of
from cadences.meetings.lanes import FIRST_HOUR, LAST_HOUR
from cadences.services.dates import FARTHEST
from core.text import whole_number
from users.clock import today_for
from users.http import Request
from users.models import User


@require_safe
def calendar(request: Request) -> HttpResponse:
    """What is on; a day that nobody can mean is today."""
    user = request.user
    today = today_for(user)
    view = request.GET.get("view", "week")
    span = Span.of(view if view in VIEWS else "week", _day(request.GET.get("on", ""), today))
    who, people = _people(user, request.GET.get("who", ""))
    days = days_of(span, people, user, today)
    context: dict[str, Any] = {
        "span": span,
        "today": today,
        "who": who,
        "people": people,
        "colleagues": User.objects.visible_to(user).active().exclude(pk=user.pk).by_name(),
        "is_mine": who == "me",
        "days": days,
        "weeks": [days[start : start + 7] for start in range(0, len(days), 7)],
        "hours": range(FIRST_HOUR, LAST_HOUR),
        # more than two side by side in a seventh of the page nobody reads
        "is_list": span.view == "week" and max(one.lanes for one in days) > 2,
        "is_empty": not any(one.timed or one.whole for one in days),
        "views": [("day", _("Day")), ("week", _("Week")), ("month", _("Month"))],
    }
    return render(request, "meetings/calendar.html", context)


def _day(said: str, today: date) -> date:
    try:
        on = date.fromisoformat(said)
    except ValueError:
        return today
    return on if abs(on - today) <= 3 * FARTHEST else today


def _people(user: User, who: str) -> tuple[str, list[User]]:
    """Whose calendar: ``me``, ``team`` (those one works with and those one leads), or a colleague's id."""
    everybody = User.objects.visible_to(user).active().select_related("calendar")
    if who == "team":
        team = everybody.of_teams_of(user)
        return "team", list(team.by_name())
    chosen = everybody.filter(pk=whole_number(who)).first() if who and who != "me" else None
    if chosen is not None and chosen != user:
        return str(chosen.pk), [chosen]
    return "me", list(everybody.filter(pk=user.pk))

"""Both mails as the outbox knows them: rendered when they leave, dropped when their day is over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from cadences.digest.content import DayMail, TeamMail, day_mail, team_mail
from correspondence import kinds
from correspondence.kinds import Rendered
from correspondence.models import Message
from correspondence.rendering import inlined, strictly
from users.clock import today_for, zone
from users.mail import absolute
from users.models import User

DAY, TEAM = "day_digest", "team_digest"
TEAM_MAIL_LASTS = timedelta(days=6)


def register() -> None:
    """Make both kinds known. Twice the same list does no harm, none at all does: doubt sends again."""
    kinds.register(DAY, render=render_day, once=False, label=lazy("Their day"))
    kinds.register(TEAM, render=render_team, once=False, label=lazy("Their team's week"))


def render_day(message: Message) -> Rendered | None:
    """The day as it stands now; None when it is over, empty by now, or no longer wanted."""
    user = _reader(message)
    if user is None or user.digest_at is None or today_for(user) != _day(message):
        return None
    content = day_mail(user, _day(message))
    if content.is_empty:
        return None
    with translation.override(user.language):
        return _rendered("day", user, day_subject(content), {"mail": content, "today": _day(message)})


def render_team(message: Message) -> Rendered | None:
    """The team's week; None when the week is over or the reader manages nobody any more."""
    user = _reader(message)
    if user is None or not (user.is_manager and user.team_digest):
        return None
    today = today_for(user)
    if today - _day(message) > TEAM_MAIL_LASTS:
        return None
    content = team_mail(user, today)
    if content.is_empty:
        return None
    with translation.override(user.language):
        return _rendered("team", user, team_subject(content), {"mail": content, "today": today})


def day_subject(mail: DayMail) -> str:
    """What the day holds, in one line: "3 late, 7 today"."""
    parts = []
    if mail.late.count:
        parts.append(_("%(n)d late") % {"n": mail.late.count})
    if mail.due.count:
        parts.append(_("%(n)d today") % {"n": mail.due.count})
    if mail.promises.count:
        words = ngettext("%(n)d promise due", "%(n)d promises due", mail.promises.count)
        parts.append(words % {"n": mail.promises.count})
    if mail.concerns.count:
        words = ngettext("%(n)d new concern", "%(n)d new concerns", mail.concerns.count)
        parts.append(words % {"n": mail.concerns.count})
    return ", ".join(parts) or _("Customers who hear nothing from us")


def team_subject(mail: TeamMail) -> str:
    """What the week begins with: "Your team: 12 late, 4 accounts at risk"."""
    late = sum(member.late for member, _made in mail.members)
    words = ngettext(
        "Your team: %(late)d late, %(n)d account at risk",
        "Your team: %(late)d late, %(n)d accounts at risk",
        mail.risk_count,
    )
    return words % {"late": late, "n": mail.risk_count}


def _rendered(name: str, user: User, subject: str, context: dict[str, Any]) -> Rendered:
    context |= {
        "user": user,
        "subject": subject,
        "site": absolute("").rstrip("/"),
        "profile": absolute(reverse("users:profile")),
        "home": absolute(reverse("cadences:day")),
        "silence": absolute(reverse("ledger:silence")),
        "language": user.language,
    }
    with timezone.override(zone(user.time_zone)):
        text = strictly(f"digest/{name}.txt", context, user.language)
        html = strictly(f"digest/{name}.html", context, user.language)
    return Rendered(subject, text.strip() + "\n", inlined(html), user.language)


def _reader(message: Message) -> User | None:
    """Whoever it is for, if they still work here under this address."""
    user: User | None = User.objects.active().filter(pk=message.payload["user"]).first()
    return user if user and (user.email or "").lower() == message.recipient.lower() else None


def _day(message: Message) -> date:
    return date.fromisoformat(message.payload["day"])

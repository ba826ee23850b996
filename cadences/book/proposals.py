"""Which account comes into the book next, and why (R7).

First whom nobody ever reached, then the longest silence; among equals the latest sale, then the higher
tier. What was finished lately waits at the end: it has just had its turn.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Case, DateField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account, BookEntry, BookFinish
from contacts.models import Interaction
from core.templatetags.ui import said_day
from sales.models import Purchase
from users.models import User

REST = timedelta(days=90)
"""How long a finished account stands behind all others."""


def proposals(user: User, today: date) -> QuerySet[Account]:
    """Accounts this user owns and does not work now, in the order in which they should come in."""
    contacts = Interaction.objects.standing().filter(account=OuterRef("pk"), reached=True).order_by()
    sales = Purchase.objects.filter(account=OuterRef("pk"), voided_at=None, amount__gt=0).order_by()
    finished = BookFinish.objects.filter(account=OuterRef("pk"), user=user).order_by()
    rows = (
        Account.objects.visible_to(user)
        .filter(owner=user)
        .exclude(status=Account.Status.FORMER)
        .exclude(Q(paused_from__lte=today, paused_until__gte=today))
        .exclude(Exists(BookEntry.objects.filter(account=OuterRef("pk"), user=user)))
    )
    return (
        rows.annotate(
            last_contact_on=_latest(contacts, "happened_on"),
            last_sale_on=_latest(sales, "purchased_on"),
            finished_on=_latest(finished, "finished_on"),
        )
        .annotate(resting=Case(When(finished_on__gt=today - REST, then=F("finished_on")), default=None))
        .select_related("tier")
        .order_by(
            F("resting").asc(nulls_first=True),
            F("last_contact_on").asc(nulls_first=True),
            F("last_sale_on").desc(nulls_last=True),
            F("tier__rank").desc(nulls_last=True),
            "name_folded",
            "pk",
        )
    )


def _latest(rows: QuerySet[Any], column: str) -> Subquery:
    latest = rows.values("account").annotate(latest=Max(column)).values("latest")
    return Subquery(latest, output_field=DateField())


def reason(account: Any, today: date) -> str:
    """Why a proposed account stands where it stands; it is kept with the entry."""
    parts = [_silence(account.last_contact_on, today)]
    if account.last_sale_on:
        parts.append(_("last sale %(day)s") % {"day": said_day(account.last_sale_on)})
    else:
        parts.append(_("no sale yet"))
    if account.tier:
        parts.append(str(account.tier))
    if account.resting:
        parts.append(_("finished %(day)s") % {"day": said_day(account.resting)})
    return ", ".join(parts)[:200]


def _silence(last: date | None, today: date) -> str:
    if last is None:
        return _("never reached")
    days = (today - last).days
    return ngettext("silent for %(n)d day", "silent for %(n)d days", days) % {"n": days}

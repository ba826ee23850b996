"""Criteria are the account list's: what its address says is what a mailing keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from cadences.lists import rows
from cadences.lists.choice import Choice
from correspondence.mailings import services
from correspondence.mailings.audience import Audience
from correspondence.models import Identity, Mailing, Medium
from surveys.models import Programme
from users.clock import today_for
from users.models import User


def choice_of(mailing: Mailing, user: User) -> Choice:
    """The criteria as its maker meant them: "mine" are the maker's accounts, whoever looks."""
    return Choice.read(QueryDict(mailing.query), mailing.created_by or user)


def accounts_of(mailing: Mailing, user: User) -> QuerySet[Any, Any]:
    """The ids of the accounts that the criteria find now."""
    maker = mailing.created_by or user
    return rows.ids_of(maker, choice_of(mailing, user), today_for(maker))


def audience_of(mailing: Mailing, user: User) -> Audience:
    """Whom a draft reaches, if this user sends it now."""
    return Audience(mailing, accounts=accounts_of(mailing, user), user=user)


def schedule(user: User, mailing: Mailing, starts_at: datetime | None, per_hour: int | None) -> Mailing:
    """Freeze and start. Raises ValidationError, also where the sender is one that surveys have."""
    _require_no_survey(mailing)
    accounts = accounts_of(mailing, user)
    return services.schedule(user, mailing, accounts, starts_at=starts_at, per_hour=per_hour)


def _require_no_survey(mailing: Mailing) -> None:
    """Whoever answers a survey's sender must be able to trust that it is nobody's own (R30)."""
    if mailing.medium != Medium.EMAIL:
        return
    neutral = Programme.objects.exclude(sender_address="").values("sender_address")
    senders = Identity.objects.verified().filter(address__in=neutral)
    if not mailing.by_owner:
        senders = senders.filter(user=mailing.sender_id)
    if names := list(senders.values_list("user__display_name", flat=True)):
        words = _("%(names)s would write from the address of surveys: that stays neutral.")
        raise ValidationError({"sender": words % {"names": ", ".join(names)}})

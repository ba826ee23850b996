"""How pages get campaigns; every page's query is a named method here."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, OuterRef, Value
from django.db.models.functions import Cast, Concat, JSONObject

from accounts.models import Account
from contacts.querysets import OfAccountQuerySet

if TYPE_CHECKING:
    from users.models import User


class CampaignQuerySet(OfAccountQuerySet):
    """Everybody reads every campaign; those who may edit the account start and end them."""

    def running(self) -> Self:
        return self.filter(ended_on=None)

    def ended(self) -> Self:
        return self.filter(ended_on__isnull=False)

    def ran_out(self, on: date) -> Self:
        """Running by the record, although their last day is over."""
        return self.running().filter(ends_on__lt=on)

    def of_owner(self, choice: str, user: User) -> Self:
        """On accounts of ``me``, ``team``, ``nobody``, a user's id, or ``all``."""
        if choice == "all":
            return self
        return self.filter(account__in=Account.objects.of_owner(choice, user))

    def in_list_order(self, *, ended: bool) -> Self:
        """Running ones by their last day, ended ones latest first."""
        return self.order_by("-ended_on", "-pk") if ended else self.order_by("ends_on", "pk")

    def with_steps(self) -> Self:
        """``steps``: what each owed and owes, by day; with account and people. One query."""
        from cadences.models import Touchpoint  # noqa: PLC0415 - models import this module

        key = Concat(Value("E"), Cast(OuterRef("pk"), CharField()))
        rows = Touchpoint.objects.filter(account=OuterRef("account"), basis="campaign", cycle=key)
        step = JSONObject(
            pk=F("pk"), slot=F("slot__name"), kind=F("kind"), state=F("state"), due_on=F("due_on"),
            planned_on=F("planned_on"), closed_on=F("closed_on"), tolerance=F("tolerance_days"),
        )  # fmt: skip
        steps = rows.order_by("due_on", "slot__position", "pk").values(json=step)
        return self.annotate(steps=ArraySubquery(steps)).select_related(
            "account__owner", "account__tier", "started_by", "ended_by"
        )


def last_day(first: date, weeks: int) -> date:
    """The last of so many weeks that begin on ``first``."""
    return first + timedelta(days=7 * weeks - 1)

"""How pages and calendars get appointments; every page's query is a named method here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Prefetch, Q

from contacts.querysets import OfAccountQuerySet

if TYPE_CHECKING:
    from users.models import User


class AppointmentQuerySet(OfAccountQuerySet):
    """Everybody reads them; the host and those who may edit the account move, hold and cancel them."""

    own_paths = ("host",)

    def planned(self) -> Self:
        return self.filter(state="planned")

    def hosted_by(self, user: User) -> Self:
        return self.filter(host=user)

    def of_people(self, user_ids: Collection[int]) -> Self:
        """Hosted by one of them, or with one of them."""
        joined = self.model.colleagues.through.objects.filter(user__in=user_ids).values("appointment")
        return self.filter(Q(host__in=user_ids) | Q(pk__in=joined))

    def between(self, first: datetime, last: datetime) -> Self:
        """That touch the time from ``first`` until before ``last``."""
        return self.filter(starts_at__lt=last, ends_at__gt=first)

    def on_calendars(self) -> Self:
        """Not cancelled."""
        return self.exclude(state="cancelled")

    def with_people(self) -> Self:
        """Account, host and those of theirs and ours who come: three queries, however many rows."""
        from cadences.models import Guest  # noqa: PLC0415 - models import this module

        guests = Prefetch("guests", Guest.objects.select_related("contact"))
        return self.select_related("account", "host").prefetch_related(guests, "colleagues")

    def for_page(self) -> Self:
        """The page of one: everything it reads."""
        return self.with_people().select_related(
            "account__owner__team", "touchpoint__slot", "touchpoint__assignee", "interaction__user", "made_by"
        )

    def for_panel(self) -> Self:
        """Of one account: what is to come first, then the latest."""
        is_planned = models.Case(models.When(state="planned", then=0), default=1)
        return self.with_people().order_by(is_planned, "-starts_at", "-pk")

    def for_feed(self, user_id: int, first: datetime, last: datetime, cancelled_since: datetime) -> Self:
        """A user's, with those that were cancelled lately."""
        rows = self.of_people([user_id]).between(first, last)
        rows = rows.filter(~Q(state="cancelled") | Q(closed_at__gte=cancelled_since))
        return rows.with_people().order_by("starts_at", "pk")


class FeedQuerySet(models.QuerySet[Any]):
    """Calendar addresses: each user's own."""

    def visible_to(self, user: User) -> Self:
        return self.filter(user=user) if user.is_active else self.none()

    def of_token(self, token_hash: str) -> Any:
        """The feed of that secret, if its user still works here."""
        return self.select_related("user").filter(token_hash=token_hash, user__is_active=True).first()

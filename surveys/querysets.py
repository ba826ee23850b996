"""How pages get rows: every one of them for managers alone. Everybody else must not know that they exist."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Q

if TYPE_CHECKING:
    from users.models import User


class ForManagersQuerySet(models.QuerySet[Any]):
    """Seen and changed by managers; nobody else, admins without that role included."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_manager else self.none()

    def editable_by(self, user: User) -> Self:
        return self.visible_to(user)


class ProgrammeQuerySet(ForManagersQuerySet):
    def for_list(self) -> Self:
        """After the purchase, yearly, then those that were sent once, the newest first."""
        order = models.Case(
            models.When(kind="after_purchase", then=0), models.When(kind="yearly", then=1), default=2
        )
        return self.order_by(order, "-created_at", "-id")

    def serving(self, slots: set[str]) -> Self:
        """Those that are switched on and answer for one of these slots of the plan."""
        return self.filter(is_on=True, slot_key__in=slots)


class QuestionsQuerySet(ForManagersQuerySet):
    def current(self) -> Self:
        return self.filter(state="current")

    def drafts(self) -> Self:
        return self.filter(state="draft")


class WaveQuerySet(ForManagersQuerySet):
    def sending_on(self, day: date) -> Self:
        """Open waves in whose days this one falls: only their links would be taken."""
        return self.filter(state="ready", opens_on__lte=day, last_send_on__gte=day)

    def unsettled(self) -> Self:
        return self.exclude(state__in=["released", "destroyed"])

    def for_list(self) -> Self:
        return self.select_related("programme").order_by("-opens_on", "-closes_on", "id")


class InvitationQuerySet(ForManagersQuerySet):
    def that_count(self) -> Self:
        """Those that left and did not come back."""
        return self.filter(state="handed_over")


class ExclusionQuerySet(ForManagersQuerySet):
    def in_force(self, on: date) -> Self:
        return self.filter(Q(until__isnull=True) | Q(until__gte=on))

    def for_list(self) -> Self:
        related = self.select_related("account", "contact", "contact__account", "by", "account__owner")
        return related.order_by("-created_at", "-id")


class HeldBackQuerySet(ForManagersQuerySet):
    def open(self) -> Self:
        return self.filter(state="open")

    def for_list(self) -> Self:
        """The oldest first: they lapse first."""
        return self.select_related("programme", "account", "contact").order_by("since", "id")

    def waiting_by_programme(self) -> dict[int, int]:
        return dict(self.open().order_by().values_list("programme").annotate(n=Count("id")))


class ContactRequestQuerySet(ForManagersQuerySet):
    def for_list(self) -> Self:
        """Those that wait first, the oldest on top; then what was done, the newest first."""
        return self.select_related("handled_by").order_by("-state", "handled_on", "received_on", "id")

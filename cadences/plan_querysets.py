"""How views get versions of the plan, slots and sheets: everybody reads them, admins change drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Count, F, Q, When

if TYPE_CHECKING:
    from users.models import User


class OfThePlanQuerySet(models.QuerySet[Any]):
    """Part of the plan: open to every active user, changed by admins."""

    def visible_to(self, user: User) -> Self:
        return self.all() if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        return self.all() if user.is_active and user.is_admin else self.none()


class PlanQuerySet(OfThePlanQuerySet):
    """Versions of the plan. Running, scheduled and retired ones are history: nobody edits them."""

    def editable_by(self, user: User) -> Self:
        return super().editable_by(user).filter(state="draft")

    def running(self) -> Self:
        return self.filter(state="running")

    def scheduled(self) -> Self:
        return self.filter(state="scheduled")

    def drafts(self) -> Self:
        return self.filter(state="draft")

    def with_people(self) -> Self:
        """With whoever made and activated it, and the version it was made from."""
        return self.select_related("made_by", "activated_by", "made_from")

    def newest_first(self) -> Self:
        return self.order_by("-version")

    def not_retired_or(self, plan: Any) -> Self:
        """What runs, waits or is worked on, and this one."""
        return self.filter(~Q(state="retired") | Q(pk=plan.pk))

    def that_ran(self) -> Self:
        """The versions that ran and no longer do, the latest first."""
        ran = self.filter(state="retired", effective_from__isnull=False)
        return ran.order_by(F("effective_from").desc(), F("activated_at").desc(nulls_last=True), "-version")


class PlanItemQuerySet(OfThePlanQuerySet):
    """Cells of the ladder."""

    def with_words(self) -> Self:
        """With all that a sentence about an item reads."""
        return self.select_related("slot", "tier", "purpose", "template")


class SlotQuerySet(OfThePlanQuerySet):
    """What items are for."""

    def of_plans(self) -> Self:
        """Without agreed dates and to-dos, which are built in and in no plan."""
        return self.exclude(key__in=["agreed", "todo"])

    def in_order(self) -> Self:
        """The track, what comes all year, what a new owner, a thank-you and a campaign owe."""
        ranks = {"owner": 1, "letter": 2, "campaign": 3}
        events = Case(*(When(event=event, then=rank) for event, rank in ranks.items()), default=0)
        return self.order_by("-is_track", events, "position", "id")

    def with_use(self) -> Self:
        """``versions``: in how many versions of the plan the slot has an item."""
        return self.annotate(versions=Count("items__plan", distinct=True))

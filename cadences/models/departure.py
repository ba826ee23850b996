"""What a departure moved, kept for as long as it can be taken back."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from contacts.models.contact import TAKE_BACK_FOR
from core.models import TimeStamped


class DepartureQuerySet(models.QuerySet["NotedDeparture"]):
    """Asked for one person at a time."""

    def to_take_back(self, contact_id: int) -> NotedDeparture | None:
        """The latest of this person, if it is not older than a day and still stands."""
        fresh = self.filter(contact=contact_id, created_at__gt=timezone.now() - NotedDeparture.UNDO_FOR)
        latest = fresh.order_by("-id").first()
        return latest if latest is not None and latest.taken_back_at is None else None


class NotedDeparture(TimeStamped):
    """Somebody was said to have left. ``moved``: what went to whom, and what was made of it.

    Machine-made, therefore without history: the records that it moved have their own.
    """

    UNDO_FOR = TAKE_BACK_FOR

    contact = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="departures")
    noted_by = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="+")
    moved = models.JSONField(default=dict)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = DepartureQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.contact_id} {self.created_at:%Y-%m-%d}"

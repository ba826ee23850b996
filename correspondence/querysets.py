"""How pages and the dispatcher get rows: pages for admins only."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

if TYPE_CHECKING:
    from users.models import User

SUMMARY_DAYS = 14


class _ForAdmins(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        return self if user.is_active and user.is_admin else self.none()

    def editable_by(self, user: User) -> Self:
        return self.visible_to(user)


class MessageQuerySet(_ForAdmins):
    """Rows of the outbox."""

    def due(self, now: datetime) -> Self:
        """What may be sent now, what somebody waits for first."""
        waiting = self.filter(state="pending", next_try_at__lte=now)
        return waiting.order_by("-is_urgent", "next_try_at", "id")

    def by_provider(self, provider_id: str, recipient: str) -> Self:
        """The mail that a provider's report is about; some report our own Message-ID."""
        ours = Q(provider_id=provider_id) | Q(message_id=provider_id) | Q(message_id=f"<{provider_id}>")
        return self.filter(ours, recipient=recipient)

    def by_return_path(self, letters: str) -> Self:
        """The mail that came back to ``b+<letters>@`` our domain."""
        return self.filter(message_id__startswith=f"<{letters}")

    def for_list(self) -> Self:
        """The newest first; neither texts nor ids that the page does not show."""
        return self.defer("stored", "payload").order_by("-created_at", "-id")

    def senders(self) -> models.QuerySet[Any, Any]:
        """The addresses that mails are sent from, the settings' own apart."""
        used = self.exclude(from_address="").order_by().values_list("from_address", flat=True)
        return used.distinct()

    def on_day(self, day: date) -> Self:
        """Made on that civil day in the active time zone."""
        start = timezone.make_aware(datetime.combine(day, datetime.min.time()))
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()))
        return self.filter(created_at__gte=start, created_at__lt=end)

    def by_day_and_kind(self, today: date) -> models.QuerySet[Any, dict[str, Any]]:
        """``day, kind, state, n`` of the last two weeks, in one query."""
        first = timezone.make_aware(
            datetime.combine(today - timedelta(days=SUMMARY_DAYS - 1), datetime.min.time())
        )
        recent = self.filter(created_at__gte=first).annotate(day=TruncDate("created_at"))
        return recent.values("day", "kind", "state").annotate(n=Count("id")).order_by("-day", "kind", "state")

    def by_state(self) -> dict[str, int]:
        """How many rows are in each state, states that nobody knows included."""
        rows = self.order_by().values_list("state").annotate(n=Count("id"))
        return dict(rows)


class SuppressionQuerySet(_ForAdmins):
    """Addresses that get no mail."""

    def in_force(self, now: datetime) -> Self:
        return self.filter(Q(until__isnull=True) | Q(until__gt=now))

    def about(self, topic: str) -> Self:
        """Those that hold for this topic."""
        return self.filter(topic__in=["", topic])

    def for_list(self) -> Self:
        return self.order_by("-created_at", "-id")

    def matching(self, words: str) -> Self:
        """Those whose address contains the words."""
        plain = words.replace("\x00", "").lower()
        return self.filter(address__contains=plain) if plain else self


class ReportQuerySet(models.QuerySet[Any]):
    """Bounces and complaints."""

    def since(self, moment: datetime) -> Self:
        return self.filter(reported_at__gte=moment)


class HaltQuerySet(_ForAdmins):
    """Halted topics."""

    def standing(self) -> Self:
        return self.filter(halted_at__isnull=False).order_by("topic")

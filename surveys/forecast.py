"""How many a programme will ask: from what was sold in the last year, and who can be reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from ballotbox.policy import FEWEST_QUARTERLY
from contacts.models import Contact
from surveys.models import Programme
from surveys.selection import matching

RESPONSE = (20, 40)  # per cent of the invited who usually answer such mails


@dataclass(frozen=True)
class Forecast:
    """What to expect. ``a_quarter``: invitations; a yearly programme: ``a_year`` alone says something."""

    eligible_a_year: int
    reachable: int
    is_yearly: bool

    @property
    def a_quarter(self) -> int:
        return round(self.reachable / 4)

    @property
    def invitations(self) -> int:
        """Of one wave of the usual length."""
        return self.reachable if self.is_yearly else self.a_quarter

    @property
    def is_small(self) -> bool:
        """Too few a quarter: waves last half a year and show the whole company alone."""
        return self.invitations < FEWEST_QUARTERLY

    @property
    def answers(self) -> tuple[int, int]:
        """Of one wave, from and to."""
        invited = self.invitations * (2 if self.is_small and not self.is_yearly else 1)
        return invited * RESPONSE[0] // 100, invited * RESPONSE[1] // 100


def forecast(programme: Programme, on: date) -> Forecast:
    """Two queries."""
    found = matching(programme.who, on)
    is_yearly = programme.kind == Programme.Kind.YEARLY
    if programme.kind == Programme.Kind.AFTER_PURCHASE:
        found = found.filter(became_customer_on__gt=on - timedelta(days=365), became_customer_on__lte=on)
    first = Contact.objects.filter(account=OuterRef("pk"), left_on__isnull=True).exclude(email="")
    reachable = found.filter(Exists(first))
    return Forecast(found.count(), reachable.count(), is_yearly)


def by_half(programme: Programme, on: date) -> bool:
    """Whether the next wave lasts half a year."""
    if programme.rhythm == Programme.Rhythm.HALF:
        return True
    return programme.kind == Programme.Kind.AFTER_PURCHASE and forecast(programme, on).is_small

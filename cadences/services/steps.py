"""The date for the next contact, without which no contact ends (R11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Self

from contacts.models import Contact


@dataclass(frozen=True)
class NextStep:
    """As the plan says, agreed with the customer, or none with a reason.

    ``on`` and ``at`` are civil at the place of whoever logs; ``channel`` is a kind of touchpoint.
    """

    on: date | None = None
    at: time | None = None
    channel: str = "call"
    contact: Contact | None = None
    about: str = ""
    reason: str = ""

    @classmethod
    def as_planned(cls) -> Self:
        """The plan's date is taken as it stands: nothing is created."""
        return cls()

    @classmethod
    def agreed(
        cls,
        on: date,
        at: time | None = None,
        channel: str = "call",
        contact: Contact | None = None,
        about: str = "",
    ) -> Self:
        """A date, and a time if one was promised: becomes an agreed touchpoint."""
        return cls(on=on, at=at, channel=channel, contact=contact, about=about)

    @classmethod
    def none(cls, reason: str) -> Self:
        """No next date, and why."""
        return cls(reason=reason)

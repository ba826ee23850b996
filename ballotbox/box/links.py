"""From a link to a survey: which wave, whose key, still open?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from ballotbox import bundle, tickets
from ballotbox.box import settings
from ballotbox.bundle import Bundle, BundleMissingError
from ballotbox.tickets import Ticket, TicketError


@dataclass(frozen=True)
class Opened:
    """A ticket of an open wave, with all that is needed to show the survey and to seal its ballot."""

    wave: Bundle
    ticket: Ticket
    public_key: bytes
    mark: bytes  # of its invitation


def open_link(text: str) -> Opened | None:
    """What a link opens. None for everything else, without a reason: a stranger learns nothing."""
    try:
        found = bundle.read(settings.BOX_WAVES, tickets.wave_of(text))
        if found.ticket_key is None or found.public_key is None:
            return None
        ticket = tickets.read(found.ticket_key, text)
    except (TicketError, BundleMissingError):
        return None
    if today(found) > found.closes:
        return None
    return Opened(found, ticket, found.public_key, tickets.mark_of(found.ticket_key, ticket))


def today(wave: Bundle) -> date:
    """The day by the company's clock."""
    return datetime.now(UTC).astimezone(ZoneInfo(wave.time_zone)).date()

"""What is handed to the verbs: plain data, checked by them and not by the form alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from contacts.models import Contact, Interaction
from users.models import User


@dataclass(frozen=True)
class ConcernDraft:
    """A worry heard in the talk; without an owner, whoever owns the account takes it (R2)."""

    what: str
    severity: int = 2
    owner: User | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class CommitmentDraft:
    """A promise made in the talk (R12); ``by_us`` False: the customer promised."""

    what: str
    due_on: date
    by_us: bool = True
    channel: str = ""


@dataclass(frozen=True)
class AskDraft:
    """A referral or testimonial that was asked for (R4)."""

    kind: str
    answer: str = "open"
    referred_company: str = ""


@dataclass(frozen=True)
class LogEntry:
    """A contact that happened or was tried.

    ``happened_at`` empty: now; ``happened_on`` for an earlier day whose time nobody remembers.
    ``others``: who else of theirs was there. ``refused_reason``: why a channel was used that ``contact``
    does not want. ``expectation``: what they expect of us from now on. ``token``: made with the form; the
    same token twice is one log.
    """

    kind: str
    outcome: str
    summary: str = ""
    sentiment: int | None = None
    contact: Contact | None = None
    others: Sequence[Contact] = ()
    refused_reason: str = ""
    direction: str = Interaction.Direction.OUT
    happened_at: datetime | None = None
    happened_on: date | None = None
    concern: ConcernDraft | None = None
    commitment: CommitmentDraft | None = None
    expectation: str = ""
    asks: list[AskDraft] = field(default_factory=list)
    covered: list[str] = field(default_factory=list)
    no_next_reason: str = ""
    token: UUID | None = None

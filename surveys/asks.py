"""What cadences asks, and what surveys answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_noop


class Outcome(StrEnum):
    """What becomes of somebody who could be asked today."""

    INVITED = "invited"
    LAPSED = "lapsed"
    WAITS = "waits"


@dataclass(frozen=True)
class Ask:
    """A survey that is owed to an account. ``key``: what the answer comes back under.

    ``cycle`` names it within its slot; ``due_on``: since when it could have been sent; ``bought_on``: the
    purchase day it follows, if it follows one; ``contact_id``: whom a person chose for it, if anybody.
    """

    key: int
    slot: str
    account_id: int
    cycle: str
    due_on: date
    bought_on: date | None = None
    contact_id: int | None = None


@dataclass(frozen=True)
class Answer:
    """``reason`` is one of the phrases below, shown through gettext; empty for who was invited."""

    outcome: Outcome
    reason: str = ""


INVITED = Answer(Outcome.INVITED)


def lapsed(reason: str) -> Answer:
    """Not asked, and not later either."""
    return Answer(Outcome.LAPSED, reason)


def waits(reason: str) -> Answer:
    """Not tonight; another night asks again."""
    return Answer(Outcome.WAITS, reason)


ASKED_RECENTLY = gettext_noop("asked recently")
ASKED_FOR_PURCHASE = gettext_noop("asked about this purchase before")
OPTED_OUT = gettext_noop("opted out")
OWN_COMPANY = gettext_noop("address of our own company")
SHARED = gettext_noop("address shared by many")
BY_RULE = gettext_noop("not among those this survey asks")
EXCLUDED = gettext_noop("excluded by a manager")
NOT_RELEASED = gettext_noop("left out by a manager")
BAD_ADDRESS = gettext_noop("address is none")

NO_WAVE = gettext_noop("no open wave")
HELD_BACK = gettext_noop("waits for a manager")
PAUSED = gettext_noop("contact paused")

LAPSE_REASONS = (
    ASKED_RECENTLY, ASKED_FOR_PURCHASE, OPTED_OUT, OWN_COMPANY, SHARED, BY_RULE, EXCLUDED, NOT_RELEASED,
    BAD_ADDRESS,
)  # fmt: skip

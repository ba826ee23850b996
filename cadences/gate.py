"""When the one-month call may offer more (R4 c). Pure; survey answers never enter."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FAVOURABLE_FROM = 4
"""The last logged sentiment since the purchase must be 4 or 5."""


class Because(StrEnum):
    """Why cross-selling is offered or not."""

    FAVOURABLE = "favourable"
    CONCERN = "concern"
    NO_MOOD = "no_mood"
    MOOD = "mood"


@dataclass(frozen=True)
class Gate:
    """Whether what the customer told us so far is favourable, and what decided."""

    because: Because
    mood: int | None = None

    @property
    def is_open(self) -> bool:
        return self.because is Because.FAVOURABLE


def favourable(open_concerns: int, last_mood: int | None) -> Gate:
    """No open concern, and the last mood logged since the purchase is 4 or 5."""
    if open_concerns:
        return Gate(Because.CONCERN, last_mood)
    if last_mood is None:
        return Gate(Because.NO_MOOD)
    return Gate(Because.FAVOURABLE if last_mood >= FAVOURABLE_FROM else Because.MOOD, last_mood)

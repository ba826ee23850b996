"""What the Outbox page shows: the filter, a line per mail, a table of days and kinds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from correspondence import kinds
from correspondence.models import Message, State, Topic

TONES = {
    State.PENDING: "soon",
    State.SENDING: "accent",
    State.SENT: "kept",
    State.FAILED: "late",
    State.UNCERTAIN: "late",
    State.CANCELLED: "quiet",
}
MEANINGS = {
    State.PENDING: _("Leaves as soon as its time has come and the mail server takes it."),
    State.SENDING: _("A worker has it right now."),
    State.SENT: _("The mail server has taken it."),
    State.FAILED: _("The mail server refused it for good, or it could not be written."),
    State.UNCERTAIN: _("It may have gone out. Nobody but you sends it again."),
    State.CANCELLED: _("Was not to be sent any more when its turn came."),
}


@dataclass(frozen=True)
class Choice:
    """The filter in the address; what makes no sense is left out."""

    state: str = ""
    kind: str = ""
    topic: str = ""
    day: date | None = None
    q: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Choice:
        try:
            day = date.fromisoformat(params.get("day", ""))
        except ValueError:
            day = None
        topic = params.get("topic", "")
        return cls(
            state=params.get("state", "")[:10],
            kind=params.get("kind", "")[:40],
            topic=topic if topic in Topic.values else "",
            day=day,
            q=params.get("q", "").replace("\x00", "").strip().lower()[:100],
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.state or self.kind or self.topic or self.day or self.q)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return sorted(kinds.labels().items(), key=lambda pair: pair[1])

    @property
    def topics(self) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in Topic.choices]

    def apply(self, found: QuerySet[Any]) -> Any:
        """The rows that are like that."""
        exact = {"state": self.state, "kind": self.kind, "topic": self.topic}
        found = found.filter(**{name: value for name, value in exact.items() if value})
        if self.q:
            found = found.filter(recipient__contains=self.q)
        return found.on_day(self.day) if self.day else found  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Line:
    """One mail on the page."""

    message: Message
    kind: str
    state: str
    tone: str
    note: str


def rows(messages: Sequence[Message]) -> list[Line]:
    """The mails in words."""
    words = kinds.labels()
    return [
        Line(
            message=message,
            kind=words.get(message.kind) or kinds.word(message.kind),
            state=state_word(message.state),
            tone=tone(message.state),
            note=message.reason or message.last_error,
        )
        for message in messages
    ]


def state_word(state: str) -> str:
    """A state as people say it; one that this version does not know is shown as it is."""
    return str(State(state).label) if state in State.values else state


def tone(state: str) -> str:
    return TONES[State(state)] if state in State.values else "late"


@dataclass(frozen=True)
class Tile:
    """How many mails are in a state, and what the state means."""

    state: str
    word: str
    meaning: str
    tone: str
    count: int


def tiles(counts: dict[str, int]) -> list[Tile]:
    """Every state in the order of a mail's life, then those that nobody knows."""
    unknown = [state for state in counts if state not in State.values]
    return [
        Tile(
            state=state,
            word=state_word(state),
            meaning=str(MEANINGS[State(state)]) if state in State.values else "",
            tone=tone(state),
            count=counts.get(state, 0),
        )
        for state in [*State.values, *unknown]
    ]


@dataclass
class DayKind:
    """One kind on one day: how many in which state."""

    day: date
    kind: str
    word: str
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        return self.counts.get(State.PENDING, 0) + self.counts.get(State.SENDING, 0)

    @property
    def other(self) -> int:
        """In states that this version does not know."""
        return sum(n for state, n in self.counts.items() if state not in State.values)


def summary(found: Iterable[dict[str, Any]]) -> list[DayKind]:
    """A line per day and kind, the newest day first."""
    words = kinds.labels()
    lines: dict[tuple[date, str], DayKind] = {}
    for row in found:
        at = (row["day"], row["kind"])
        line = lines.setdefault(
            at, DayKind(row["day"], row["kind"], words.get(row["kind"]) or kinds.word(row["kind"]))
        )
        line.counts[row["state"]] = row["n"]
    return list(lines.values())

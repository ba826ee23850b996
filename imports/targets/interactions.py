"""A file of contacts that happened: calls, meetings, mails and notes of another CRM."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext as _

from contacts.models import Interaction
from contacts.reaching import was_reached
from imports.history_fields import BULK
from imports.targets.base import Values
from imports.targets.history import History

Kind, Outcome = Interaction.Kind, Interaction.Outcome
USUAL = {
    Kind.CALL: Outcome.TALKED,
    Kind.MEETING: Outcome.HELD,
    Kind.VIDEO: Outcome.HELD,
    Kind.VISIT: Outcome.HELD,
    Kind.LUNCH: Outcome.HELD,
    Kind.NOTE: Outcome.NOTED,
}
"""What a kind of contact came to where the file does not say; anything else was sent."""

ANSWERED = frozenset({Kind.EMAIL, Kind.TEXT, Kind.SOCIAL})
"""Who writes to us has been reached."""


class Interactions(History):
    """History counts as it would have counted here: whom we reached, by the owner's side.

    What went to many at once never reached anybody (DESIGN.md, qualifying interaction).
    """

    kind: ClassVar[str] = "interactions"
    key_field: ClassVar[str] = "interaction.external_id"
    prefix: ClassVar[str] = "interaction"
    model: ClassVar[type[models.Model]] = Interaction
    derived: ClassVar[tuple[str, ...]] = (
        "interaction_kind", "interaction_outcome", "interaction_direction", "interaction_summary",
    )  # fmt: skip
    extra: ClassVar[tuple[tuple[str, str], ...]] = (
        ("interaction_reached", "boolean"),
        ("interaction_kind_said", "boolean"),
        ("interaction_direction_said", "boolean"),
        ("interaction_outcome_said", "boolean"),
    )
    text: ClassVar[str] = "s.interaction_summary"
    told_by: ClassVar[str] = "w.account_id, w.interaction_happened_on, w.interaction_kind"
    settled: ClassVar[str] = "r.withdrawn_at IS NOT NULL"
    someone: ClassVar[str] = "k.interaction_user IS NOT NULL"
    given: ClassVar[dict[str, str]] = {
        "account_id": "j.account_id",
        "contact_id": "j.contact_id",
        # what is usual where the file says nothing is for new rows: it undoes nobody's correction
        "kind": "CASE WHEN s.interaction_kind_said THEN s.interaction_kind END",
        "direction": "CASE WHEN s.interaction_direction_said THEN s.interaction_direction END",
        "outcome": "CASE WHEN s.interaction_outcome_said THEN s.interaction_outcome END",
        "reached": "CASE WHEN s.interaction_outcome_said THEN s.interaction_reached END",
        "happened_on": "s.interaction_happened_on",
        "user_id": "j.user_id",
        "summary": "j.text",
        "sentiment": "s.interaction_sentiment::smallint",
    }
    given_new: ClassVar[dict[str, str]] = {
        "kind": "s.interaction_kind",
        "direction": "s.interaction_direction",
        "outcome": "s.interaction_outcome",
        "reached": "s.interaction_reached",
        "by_owner_side": "true",
        "source": f"'{Interaction.Source.IMPORT}'",
    }
    named: ClassVar[dict[str, tuple[str, ...]]] = {
        "account_id": ("interaction.account",),
        "contact_id": ("interaction.contact",),
        "user_id": ("interaction.user",),
        "summary": (
            "interaction.summary",
            "interaction.subject",
        ),
        "reached": ("interaction.outcome",),
    }
    shown: ClassVar[dict[str, str]] = {
        "interaction_summary": "r.summary",
        "interaction_happened_on": "r.happened_on",
        "interaction_kind": "CASE WHEN s.interaction_kind_said THEN r.kind ELSE s.interaction_kind END",
        "interaction_outcome": "CASE WHEN s.interaction_outcome_said THEN r.outcome "
        "ELSE s.interaction_outcome END",
        "interaction_sentiment": "r.sentiment",
    }
    joined: ClassVar[str] = "LEFT JOIN contacts_interaction r ON r.id = j.record_id"

    def finish(self, values: Values) -> None:
        subject, said = values.get("interaction_subject"), values.get("interaction_summary")
        if subject and said and not said.startswith(subject):
            said = f"{subject}\n{said}"
        values["interaction_summary"] = said or subject
        is_bulk = values.get("interaction_kind") == BULK
        for name in ("kind", "direction", "outcome"):
            said_so = bool(values.get(f"interaction_{name}"))
            values[f"interaction_{name}_said"] = said_so or (is_bulk and name == "outcome")
        kind = values.get("interaction_kind") or self.options.contact_kind or Kind.NOTE
        direction = values.get("interaction_direction") or Interaction.Direction.OUT
        outcome = values.get("interaction_outcome") or self._usual(kind, direction)
        if kind == BULK:
            kind, outcome = Kind.EMAIL, Outcome.SENT
        values["interaction_kind"], values["interaction_direction"] = str(kind), str(direction)
        values["interaction_outcome"] = str(outcome)
        values["interaction_reached"] = was_reached(str(kind), str(outcome))

    @staticmethod
    def _usual(kind: str, direction: str) -> str:
        if kind in ANSWERED and direction == Interaction.Direction.IN:
            return Outcome.TALKED
        return USUAL.get(Kind(kind) if kind in Kind.values else Kind.EMAIL, Outcome.SENT)

    def faults(self) -> list[tuple[str, str, str]]:
        return [
            *super().faults(),
            ("s.interaction_happened_on > %(today)s", "'interaction.happened_on'", "%(not_yet)s"),
        ]

    def words(self) -> dict[str, str]:
        return super().words() | {
            "not_yet": _("This day is still to come: only what has happened is history.")
        }

"""Words for what the account list and page show out of several apps."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template

from cadences.forms.choices import outcomes
from cadences.models import Touchpoint
from contacts.models import Interaction

register = template.Library()

_KINDS = {**dict(Touchpoint.Kind.choices), **dict(Interaction.Kind.choices)}
_OUTCOMES = dict(Interaction.Outcome.choices)
_STATES = dict(Touchpoint.State.choices)


@register.filter
def kind(value: str) -> str:
    """The name of a kind of interaction or touchpoint."""
    return str(_KINDS.get(value, value))


@register.filter
def outcome(value: str, kind: str = "") -> str:
    """What came of a contact, as the form of that kind calls it: an e-mail is answered, not "talked"."""
    return dict(outcomes(kind)).get(value) or str(_OUTCOMES.get(value, value))


@register.filter
def touchpoint_state(value: str) -> str:
    return str(_STATES.get(value, value))


@register.filter
def late_by(owed: dict[str, Any], today: date) -> int:
    """Days since the tolerance of what is owed ended; 0 while it is in time."""
    planned = date.fromisoformat(owed["planned"])
    return max(0, (today - planned).days - int(owed["tolerance"]))

"""Words and icons for the part that people play at their account; an icon never stands alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template

from contacts import watch
from contacts.models import Contact, DecisionRole, Interaction

register = template.Library()

_ROLE_ICONS = {
    "decides": "check2-square",
    "champions": "star-fill",
    "influences": "megaphone",
    "blocks": "slash-circle",
    "pays": "cash-coin",
    "uses": "tools",
}
_ATTITUDE_ICONS = {
    1: "emoji-frown",
    2: "hand-thumbs-down",
    3: "dash-circle",
    4: "hand-thumbs-up",
    5: "emoji-smile",
}
_ATTITUDE_TONES = {1: "late", 2: "soon", 4: "kept", 5: "kept"}
_KINDS = dict(Interaction.Kind.choices)


@register.filter
def role_words(contact: Contact) -> list[tuple[str, str]]:
    """(icon, word) of each role, in their order."""
    held = set(contact.decision_roles)
    return [(_ROLE_ICONS[role.value], str(role.label)) for role in DecisionRole if role.value in held]


@register.filter
def attitude_icon(contact: Contact) -> str:
    return _ATTITUDE_ICONS.get(contact.attitude or 0, "")


@register.filter
def attitude_tone(contact: Contact) -> str:
    return _ATTITUDE_TONES.get(contact.attitude or 0, "quiet")


@register.filter
def contact_kind(value: str) -> str:
    """The name of a kind of contact."""
    return str(_KINDS.get(value, value)).lower()


@register.filter
def people_warnings(people: Iterable[Any], today: date) -> list[watch.Warned]:
    """What is thin about these people, who were read by ``for_panel``."""
    return watch.warnings_of(people, today)

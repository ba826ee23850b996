"""Words for what the account list and page show out of several apps."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django import template
from django.utils import formats
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cadences.forms.choices import outcomes
from cadences.models import Campaign, Touchpoint
from contacts.models import Interaction
from core.templatetags.ui import NO_BREAK

register = template.Library()

_KINDS = {**dict(Touchpoint.Kind.choices), **dict(Interaction.Kind.choices)}
_OUTCOMES = dict(Interaction.Outcome.choices)
_STATES = dict(Touchpoint.State.choices)
_RESULTS = dict(Campaign.Result.choices)


@register.filter
def kind(value: str) -> str:
    """The name of a kind of interaction or touchpoint."""
    return _kind(value, get_language() or "")


@lru_cache(maxsize=256)
def _kind(value: str, _language: str) -> str:
    return str(_KINDS.get(value, value))


@register.filter
def outcome(value: str, kind: str = "") -> str:
    """What came of a contact, as the form of that kind calls it: an e-mail is answered, not "talked"."""
    return _outcome(value, kind, get_language() or "")


@lru_cache(maxsize=512)
def _outcome(value: str, kind: str, _language: str) -> str:
    return str(dict(outcomes(kind)).get(value) or _OUTCOMES.get(value, value))


@register.filter
def touchpoint_state(value: str) -> str:
    return str(_STATES.get(value, value))


@register.filter
def campaign_result(value: str) -> str:
    return str(_RESULTS.get(value, value))


@register.filter
def late_by(owed: dict[str, Any], today: date) -> int:
    """Days since the tolerance of what is owed ended; 0 while it is in time."""
    planned = date.fromisoformat(owed["planned"])
    return max(0, (today - planned).days - int(owed["tolerance"]))


@register.filter
def share(value: float) -> str:
    """0.0312 -> "3.1 %"; what is too small for that says so."""
    if value < 0.0005:
        return _("under %(n)s %%") % {"n": formats.number_format(0.1, 1)}
    return f"{formats.number_format(round(value * 100, 1), 1 if value < 0.0995 else 0)} %".replace(
        " ", NO_BREAK
    )


@register.filter
def rhythm(days: int) -> str:
    """How often they buy, from the median of days between two purchases: "about every 6 weeks"."""
    if days <= 10:
        return ngettext("Buys every day", "Buys about every %(n)d days", days) % {"n": days}
    if days < 60:
        return _("Buys about every %(n)d weeks") % {"n": round(days / 7)}
    if days < 330:
        return _("Buys about every %(n)d months") % {"n": round(days / 30.4)}
    years = round(days / 365)
    return ngettext("Buys about once a year", "Buys about every %(n)d years", max(years, 1)) % {"n": years}

"""Words of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.dates import MONTHS
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from cadences.ledger_pages.choice import DIMENSIONS
from cadences.ledger_pages.marks import WORDS

register = template.Library()


@register.filter
def mark_word(mark: str) -> str:
    """What a column of figures is called."""
    return str(WORDS[mark])


@register.filter
def dimension_word(by: str) -> str:
    return str(DIMENSIONS[by])


@register.filter
def month_word(number: int) -> str:
    return str(MONTHS[number])


@register.filter
def at(values: Sequence[Any], place: int) -> Any:
    return values[place]


@register.filter
def duration(minutes: int) -> str:
    """40 -> "40 min", 130 -> "2 h 10", 120 -> "2 h": contact time as people say it."""
    hours, rest = divmod(int(minutes), 60)
    if not hours:
        return _("%(m)d min") % {"m": rest}
    words = {"h": number_format(hours, force_grouping=True), "m": f"{rest:02d}"}
    return (_("%(h)s h %(m)s") if rest else _("%(h)s h")) % words

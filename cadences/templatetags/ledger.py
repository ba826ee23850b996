"""Words of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.dates import MONTHS

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

"""What a plan item says, for templates: see cadences.plans.words."""

from __future__ import annotations

from django import template

from cadences.models import PlanItem
from cadences.plans import words

register = template.Library()

for say in (
    words.offset, words.whole, words.rhythm, words.window, words.starts, words.lateness, words.lapse,
    words.written,
):  # fmt: skip
    register.filter(say.__name__, say)


@register.filter
def minutes(item: PlanItem) -> str:
    return words.minutes(item.minutes)


@register.filter
def kinds(item: PlanItem) -> str:
    return words.kinds(item.qualifying)

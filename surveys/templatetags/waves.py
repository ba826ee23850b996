"""What templates say of waves."""

from __future__ import annotations

from django import template

from surveys import left_out
from surveys.models import Wave

register = template.Library()


@register.filter
def not_asked(wave: Wave) -> list[left_out.Line]:
    """Why customers were owed this survey and not asked: reasons in words, and how many each."""
    return left_out.of([wave])

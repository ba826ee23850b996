"""Languages by their names."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from correspondence.words.languages import name_of

register = template.Library()


@register.filter
def language_name(code: str) -> str:
    """ "German" for "de", in the language of the page."""
    return name_of(code, get_language() or "en")


@register.filter
def language_names(codes: list[str]) -> str:
    """Several, in their order."""
    return ", ".join(language_name(code) for code in codes)

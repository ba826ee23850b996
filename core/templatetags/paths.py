"""``{% url %}`` for pages of many links: the address of a page is worked out once, not once in a row.

Takes the place of Django's tag in every template (``builtins`` in the settings) and says the same, as long as
no app is included under two names.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as compile_url
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString

register = template.Library()
STANDS_FOR = 7_000_000_007  # a number that is in no address


class PathNode(URLNode):
    """Fills numbers into a known address; whatever else it is given goes Django's way."""

    def render(self, context: template.Context) -> str:
        if not self.kwargs:
            numbers = [argument.resolve(context) for argument in self.args]
            if all(type(number) is int and number >= 0 for number in numbers):
                name = self.view_name.resolve(context)
                known = _known(name, len(numbers), get_script_prefix(), get_urlconf())
                if known is not None:
                    return self._said(context, known.format(*numbers))
        return super().render(context)

    def _said(self, context: template.Context, address: str) -> SafeString:
        if self.asvar is None:
            return SafeString(address)
        context[self.asvar] = address
        return SafeString("")


@lru_cache(maxsize=2000)
def _known(name: Any, numbers: int, _prefix: str, _urlconf: str | None) -> str | None:
    """The address with a gap for each number; None where it cannot be made up in advance."""
    given = [STANDS_FOR + place for place in range(numbers)]
    try:
        address = reverse(name, args=given)
    except NoReverseMatch:
        return None
    if "{" in address or "}" in address or escape(address) != address:
        return None
    for place, number in enumerate(given):
        if address.count(str(number)) != 1:
            return None
        address = address.replace(str(number), f"{{{place}}}")
    return address


@register.tag
def url(parser: Parser, token: Token) -> PathNode:
    """As Django's own, see there."""
    made = compile_url(parser, token)
    return PathNode(made.view_name, made.args, made.kwargs, made.asvar)

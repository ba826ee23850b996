"""Words of mails and letters on pages."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from correspondence.models import Piece
from correspondence.pieces.wording import piece_quotes_log
from correspondence.words.showing import as_html

register = template.Library()


@register.filter
def words_as_html(source: str) -> SafeString:
    """Source as it will be read; only tags of an allow-list."""
    return mark_safe(as_html(source))  # noqa: S308 - cleaned by an allow-list


@register.filter
def quotes_log(piece: Piece) -> bool:
    """Whether its words hold what colleagues have logged; reads ``piece.text``."""
    return piece_quotes_log(piece)

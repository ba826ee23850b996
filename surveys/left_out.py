"""Who was owed a survey and not asked: by wave, as numbers and reasons alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext

from surveys.models import HeldBack, Wave

Line = tuple[str, int]
"""A reason in words, and how many."""


def count(wave: Wave, reasons: Iterable[str]) -> None:
    """Add to the wave's numbers. ``reasons``: of an answer, or of a row that was held back; one for each.

    The caller holds the wave's row.
    """
    found = Counter(reasons)
    if not found:
        return
    wave.left_out = dict(Counter(wave.left_out) + found)
    wave.save(update_fields=["left_out"])


def of(waves: Iterable[Wave]) -> list[Line]:
    """Of all these waves together, in words, the most frequent reason first."""
    found: Counter[str] = Counter()
    for wave in waves:
        found.update(wave.left_out)
    return in_words(found)


def in_words(reasons: Mapping[str, int]) -> list[Line]:
    """The most frequent reason first."""
    lines = ((_said(reason), n) for reason, n in reasons.items())
    return sorted(lines, key=lambda line: (-line[1], line[0]))


def _said(reason: str) -> str:
    held = dict(HeldBack.Reason.choices)
    return str(held[reason]) if reason in held else gettext(reason)

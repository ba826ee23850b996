"""Reporting lines at one account: who reports to whom never runs in a circle (R21)."""

from __future__ import annotations

from collections.abc import Mapping


def closes_circle(boss_of: Mapping[int, int], who: int, boss: int) -> bool:
    """Whether ``who`` would stand above themself if they reported to ``boss``.

    ``boss_of`` holds the lines as they are; the present line of ``who`` does not count.
    """
    above, seen = boss, {who}
    while above not in seen:
        seen.add(above)
        if above not in boss_of:
            return False
        above = boss_of[above]
    return True

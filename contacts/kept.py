"""How promises are kept, in words and a number. Pure: no database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class KeptRate:
    """Our promises of 12 months. ``late``: kept after their day; ``overdue``: open after it."""

    kept: int = 0
    late: int = 0
    broken: int = 0
    overdue: int = 0

    @classmethod
    def of(cls, row: dict[str, Any]) -> KeptRate:
        return cls(**{name: row.get(name) or 0 for name in ("kept", "late", "broken", "overdue")})

    @property
    def total(self) -> int:
        """What has come due: overdue ones count, or leaving them open would look better than an answer."""
        return self.kept + self.late + self.broken + self.overdue

    @property
    def percent(self) -> int | None:
        """Kept on time, of 100, rounded down; None where nothing has come due."""
        return 100 * self.kept // self.total if self.total else None

    @property
    def tone(self) -> str:
        """The colour of the number; never the only sign."""
        if self.percent is None or self.percent >= 90:
            return "kept"
        return "soon" if self.percent >= 75 else "late"

    @property
    def words(self) -> str:
        """ "kept 14 of 16, 1 late, 1 broken"."""
        if not self.total:
            return _("no promise has come due in 12 months")
        said = [_("kept %(kept)d of %(total)d") % {"kept": self.kept, "total": self.total}]
        if self.late:
            said.append(_("%(n)d late") % {"n": self.late})
        if self.broken:
            said.append(_("%(n)d broken") % {"n": self.broken})
        if self.overdue:
            said.append(_("%(n)d overdue") % {"n": self.overdue})
        return ", ".join(said)

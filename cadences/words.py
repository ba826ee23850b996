"""Short sentences about touchpoints for lists; the whole story is told by cadences.why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from cadences.models import PlanItem, Touchpoint

# Each is asked for by itself: a day has many lines, and a line needs one sentence of all these.
SPANS: dict[PlanItem.Unit, Callable[[int], str]] = {
    PlanItem.Unit.DAY: lambda n: ngettext("%(n)d day", "%(n)d days", n),
    PlanItem.Unit.WEEK: lambda n: ngettext("%(n)d week", "%(n)d weeks", n),
    PlanItem.Unit.MONTH: lambda n: ngettext("%(n)d month", "%(n)d months", n),
    PlanItem.Unit.YEAR: lambda n: ngettext("%(n)d year", "%(n)d years", n),
}
BASIS = Touchpoint.Basis
SENTENCES: dict[str, Any] = {
    BASIS.PURCHASE: lazy("%(span)s after the purchase of %(base)s"),
    BASIS.CAMPAIGN: lazy("%(span)s after the campaign began, %(base)s"),
    BASIS.OWNER: lazy("new owner since %(base)s, who introduces themself"),
    BASIS.LETTER: "",
    BASIS.CONTACT: lazy("%(span)s after the last contact, %(base)s"),
    BASIS.SKIP: lazy("%(span)s after the one skipped on %(base)s"),
    BASIS.TRACK: lazy("%(span)s after the calls that followed the purchase, %(base)s"),
    BASIS.FLOOR: lazy("first contact of the plan, spread since %(base)s"),
    BASIS.PROMOTED: lazy("moved to a higher tier on %(promoted)s"),
    BASIS.WINDOW: lazy("wanted between %(base)s and %(end)s"),
    BASIS.AGREED: lazy("agreed on %(base)s: “%(about)s”"),
    BASIS.TODO: "%(about)s",
}
CAMPAIGN_BEGAN, AGREED = lazy("the campaign began on %(base)s"), lazy("agreed on %(base)s")


def span(every: int, unit: str) -> str:
    """An interval as people say it: "2 weeks"."""
    return SPANS[PlanItem.Unit(unit)](every) % {"n": every}


def short_why(touchpoint: Touchpoint) -> str:
    """Why it is owed, in one line; no query for rows of ``with_own_interval`` with item and account."""
    sentence = SENTENCES[touchpoint.basis]
    if touchpoint.basis == BASIS.CAMPAIGN and not (touchpoint.item and touchpoint.item.every):
        sentence = CAMPAIGN_BEGAN
    elif touchpoint.basis == BASIS.AGREED and not touchpoint.about:
        sentence = AGREED
    return str(sentence) % _Words(touchpoint) + _shift(touchpoint)


class _Words(dict[str, str]):
    """What stands in a sentence, found when it is."""

    def __init__(self, touchpoint: Touchpoint) -> None:
        super().__init__()
        self.touchpoint = touchpoint

    def __missing__(self, name: str) -> str:
        row = self.touchpoint
        if name == "span":
            return _span(row)
        if name == "about":
            return row.about
        days = {"base": row.base_on, "promoted": row.account.tier_since or row.base_on}
        return _said(_window_end(row) if name == "end" else days[name])


def _span(touchpoint: Touchpoint) -> str:
    """The interval that the date was counted with: the account's own, else the plan's."""
    own = getattr(touchpoint, "own_interval", None)
    if own and touchpoint.anchor == PlanItem.Anchor.AFTER_CONTACT:
        return span(**own[0])
    item = touchpoint.item
    return span(item.every, item.unit) if item and item.every else _("some time")


def _window_end(touchpoint: Touchpoint) -> date:
    """The last day of a calendar item's window; its first where the item is gone."""
    days = touchpoint.item.window_days if touchpoint.item else 0
    return touchpoint.base_on + timedelta(days=max(days - 1, 0))


def _shift(touchpoint: Touchpoint) -> str:
    """Says so when the rule's day was no working day: "(21 Nov is a Saturday)"."""
    if touchpoint.ideal_on == touchpoint.planned_on or touchpoint.ideal_on.isoweekday() < 6:
        return ""
    return " " + _("(%(day)s is a %(weekday)s)") % {
        "day": _said(touchpoint.ideal_on),
        "weekday": formats.date_format(touchpoint.ideal_on, "l"),
    }


def _said(on: date) -> str:
    return formats.date_format(on, "j M").replace(" ", "\u00a0")

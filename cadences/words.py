"""Short sentences about touchpoints for lists; the whole story is told by cadences.why."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadences.models import PlanItem, Touchpoint

_UNITS = {
    PlanItem.Unit.DAY: lambda n: ngettext("%(n)d day", "%(n)d days", n) % {"n": n},
    PlanItem.Unit.WEEK: lambda n: ngettext("%(n)d week", "%(n)d weeks", n) % {"n": n},
    PlanItem.Unit.MONTH: lambda n: ngettext("%(n)d month", "%(n)d months", n) % {"n": n},
    PlanItem.Unit.YEAR: lambda n: ngettext("%(n)d year", "%(n)d years", n) % {"n": n},
}


def short_why(touchpoint: Touchpoint) -> str:
    """Why it is owed, in one line; no query when item and account are loaded."""
    words = {
        "base": _said(touchpoint.base_on),
        "end": _said(_window_end(touchpoint)),
        "span": _span(touchpoint),
        "about": touchpoint.about,
    }
    basis = Touchpoint.Basis
    sentences = {
        basis.PURCHASE: _("%(span)s after the purchase of %(base)s"),
        basis.CONTACT: _("%(span)s after the last contact, %(base)s"),
        basis.SKIP: _("%(span)s after the one skipped on %(base)s"),
        basis.TRACK: _("%(span)s after the calls that followed the purchase, %(base)s"),
        basis.FLOOR: _("first contact of the plan, spread since %(base)s"),
        basis.PROMOTED: _("moved to a higher tier on %(base)s"),
        basis.WINDOW: _("wanted between %(base)s and %(end)s"),
        basis.AGREED: _("agreed on %(base)s: “%(about)s”") if touchpoint.about else _("agreed on %(base)s"),
        basis.TODO: "%(about)s",
    }
    return sentences.get(basis(touchpoint.basis), "") % words + _shift(touchpoint)


def _span(touchpoint: Touchpoint) -> str:
    item = touchpoint.item
    if item is None or not item.every:
        return _("some time")
    return _UNITS[PlanItem.Unit(item.unit)](item.every)


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

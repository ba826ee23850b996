"""Short sentences about touchpoints for lists; the whole story is told by cadences.why."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadences.models import PlanItem, Touchpoint


def span(every: int, unit: str) -> str:
    """An interval as people say it: "2 weeks"."""
    words = {
        PlanItem.Unit.DAY: ngettext("%(n)d day", "%(n)d days", every),
        PlanItem.Unit.WEEK: ngettext("%(n)d week", "%(n)d weeks", every),
        PlanItem.Unit.MONTH: ngettext("%(n)d month", "%(n)d months", every),
        PlanItem.Unit.YEAR: ngettext("%(n)d year", "%(n)d years", every),
    }
    return words[PlanItem.Unit(unit)] % {"n": every}


def short_why(touchpoint: Touchpoint) -> str:
    """Why it is owed, in one line; no query for rows of ``with_own_interval`` with item and account."""
    words = {
        "base": _said(touchpoint.base_on),
        "promoted": _said(touchpoint.account.tier_since or touchpoint.base_on),
        "end": _said(_window_end(touchpoint)),
        "span": _span(touchpoint),
        "about": touchpoint.about,
    }
    basis = Touchpoint.Basis
    sentences = {
        basis.PURCHASE: _("%(span)s after the purchase of %(base)s"),
        basis.CAMPAIGN: _("%(span)s after the campaign began, %(base)s")
        if touchpoint.item and touchpoint.item.every
        else _("the campaign began on %(base)s"),
        basis.OWNER: _("new owner since %(base)s, who introduces themself"),
        basis.CONTACT: _("%(span)s after the last contact, %(base)s"),
        basis.SKIP: _("%(span)s after the one skipped on %(base)s"),
        basis.TRACK: _("%(span)s after the calls that followed the purchase, %(base)s"),
        basis.FLOOR: _("first contact of the plan, spread since %(base)s"),
        basis.PROMOTED: _("moved to a higher tier on %(promoted)s"),
        basis.WINDOW: _("wanted between %(base)s and %(end)s"),
        basis.AGREED: _("agreed on %(base)s: “%(about)s”") if touchpoint.about else _("agreed on %(base)s"),
        basis.TODO: "%(about)s",
    }
    return sentences.get(basis(touchpoint.basis), "") % words + _shift(touchpoint)


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

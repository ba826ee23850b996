"""What a plan item says, in words: for the cells of the ladder, its editor and the comparison."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadences.models import PlanItem, Slot
from cadences.plans import windows
from cadences.words import span
from contacts.models import Interaction

NO_BREAK = "\u00a0"


def rhythm(item: PlanItem) -> str:
    """How often, or when: "every 2 months", "yearly", "7 days after the purchase". Reads the item's slot."""
    if item.anchor == PlanItem.Anchor.CALENDAR:
        return calendar_rhythm(item.cycle)
    if item.anchor == PlanItem.Anchor.AFTER_EVENT:
        return after_event(item)
    if item.every == 1:
        return every_one(item.unit)
    return _("every %(span)s") % {"span": span(item.every, item.unit)}


def calendar_rhythm(cycle: str) -> str:
    """How often a calendar item comes."""
    return {
        PlanItem.Cycle.YEAR: _("yearly"),
        PlanItem.Cycle.HALF: _("half-yearly"),
        PlanItem.Cycle.QUARTER: _("quarterly"),
        PlanItem.Cycle.MONTH: _("monthly"),
    }[PlanItem.Cycle(cycle)]


def every_one(unit: str) -> str:
    return {
        PlanItem.Unit.DAY: _("daily"),
        PlanItem.Unit.WEEK: _("weekly"),
        PlanItem.Unit.MONTH: _("monthly"),
        PlanItem.Unit.YEAR: _("yearly"),
    }[PlanItem.Unit(unit)]


def after_event(item: PlanItem) -> str:
    """How long after a purchase, the start of a campaign, a new owner, or a thank-you."""
    on_the_day, after = _AFTER[Slot.Event(item.slot.event)]()
    return after % {"span": span(item.every, item.unit)} if item.every else on_the_day


_AFTER: dict[Slot.Event, Callable[[], tuple[str, str]]] = {
    Slot.Event.PURCHASE: lambda: (_("on the day of the purchase"), _("%(span)s after the purchase")),
    Slot.Event.CAMPAIGN: lambda: (
        _("on the campaign's first day"),
        _("%(span)s after the campaign's first day"),
    ),
    Slot.Event.OWNER: lambda: (
        _("on the new owner's first day"),
        _("%(span)s after the new owner's first day"),
    ),
    Slot.Event.LETTER: lambda: (
        _("on the day on which the thank-you left"),
        _("%(span)s after the thank-you left"),
    ),
}


def offset(item: PlanItem) -> str:
    """The short form in the track's row: "+14 days"."""
    if not item.every:
        return _("first day") if item.slot.is_of_event else _("same day")
    return "+" + span(item.every, item.unit).replace(" ", NO_BREAK)


def starts(item: PlanItem) -> str:
    """Which event; of purchases which: "the first purchase", "every purchase of “Pump” for 5,000 or more"."""
    if item.slot.is_of_event:
        return {
            Slot.Event.CAMPAIGN: _("the start of a servicing campaign, while it runs"),
            Slot.Event.OWNER: _("a change of owner, but not the account's first owner"),
            Slot.Event.LETTER: _("the latest thank-you for a talk, but not while a campaign asks about it"),
        }[Slot.Event(item.slot.event)]
    which = ""
    if item.product:
        which += " " + _("of “%(product)s”") % {"product": item.product}
    if item.min_amount is not None:
        amount = formats.number_format(item.min_amount.normalize(), use_l10n=True, force_grouping=True)
        which += " " + _("for %(amount)s or more") % {"amount": amount}
    return {
        PlanItem.Starts.FIRST: _("the first purchase%(which)s"),
        PlanItem.Starts.NEW: _("every purchase%(which)s, but none inside a running track"),
        PlanItem.Starts.RESTART: _("every purchase%(which)s, which restarts a running track"),
    }[PlanItem.Starts(item.starts)] % {"which": which}


def window(item: PlanItem, *, short: bool = False) -> str:
    """The days on which a calendar item may fall: "1 Feb – 27 Nov"; empty for other items.

    ``short`` says the first cycle alone where there are several.
    """
    if item.anchor != PlanItem.Anchor.CALENDAR or not item.window_days:
        return ""
    if windows.is_whole(item.cycle, item.window_from, item.window_days):
        return _("any day")
    if item.cycle == PlanItem.Cycle.MONTH:
        return _of_month(item.window_from + 1, item.window_from + item.window_days)
    found = [_from_to(*days) for days in windows.spans(item.cycle, item.window_from, item.window_days)]
    if short and len(found) > 1:
        return _("%(window)s and so on") % {"window": found[0]}
    return ", ".join(found)


def _of_month(first: int, last: int) -> str:
    words = {"first": first, "last": last}
    return _("on day %(first)d") % words if first == last else _("day %(first)d to %(last)d") % words


def _from_to(first: date, last: date) -> str:
    if first == last:
        return _said(first)
    return f"{_said(first)} – {_said(last)}"


def _said(on: date) -> str:
    return str(formats.date_format(on, "j M")).replace(" ", NO_BREAK)


def minutes(number: int) -> str:
    return _("%(n)d min") % {"n": number}


def details(item: PlanItem) -> str:
    """The second line of a cell: "Call · 15 min", "Meeting · 1 Feb – 27 Nov · 90 min"."""
    parts = [item.get_kind_display(), window(item, short=True)]
    if item.assignee != PlanItem.Assignee.OWNER:
        parts.append(assignee(item, short=True))
    if item.minutes:
        parts.append(minutes(item.minutes))
    return " · ".join(part for part in parts if part)


def cell(item: PlanItem) -> str:
    """The first line of a cell; in the track the slot's row says after what."""
    if item.is_off:
        return _("off")
    if item.anchor == PlanItem.Anchor.AFTER_EVENT:
        return offset(item)
    return rhythm(item)


def whole(item: PlanItem) -> str:
    """An item in one sentence part: "every 2 months, call"."""
    if item.is_off:
        return _("off")
    parts = [rhythm(item), item.get_kind_display().lower(), window(item)]
    return ", ".join(part for part in parts if part)


def assignee(item: PlanItem, *, short: bool = False) -> str:
    """Who does it."""
    if not short:
        return str(item.get_assignee_display())
    return {
        PlanItem.Assignee.OWNER: _("owner"),
        PlanItem.Assignee.MANAGER: _("manager"),
        PlanItem.Assignee.DEPUTY: _("deputy"),
        PlanItem.Assignee.NOBODY: _("neutral sender"),
    }[PlanItem.Assignee(item.assignee)]


def lateness(item: PlanItem) -> str:
    """How late it may be: "on time until 7 days after its date"."""
    if not item.tolerance_days:
        return _("on time only on its date")
    days = ngettext("%(n)d day", "%(n)d days", item.tolerance_days) % {"n": item.tolerance_days}
    return _("on time until %(days)s after its date") % {"days": days}


def lapse(item: PlanItem) -> str:
    """When it is given up."""
    if item.lapse_after is None or item.anchor == PlanItem.Anchor.AFTER_CONTACT:
        return _("never lapses")
    days = ngettext("%(n)d day", "%(n)d days", item.lapse_after) % {"n": item.lapse_after}
    if item.anchor == PlanItem.Anchor.CALENDAR:
        return _("lapses %(days)s after its window") % {"days": days}
    return _("lapses %(days)s after its date") % {"days": days}


def kinds(values: list[str]) -> str:
    """Kinds of interaction, by name."""
    names = dict(Interaction.Kind.choices)
    return ", ".join(str(names.get(value, value)).lower() for value in values)


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    return f"{capfirst(text)}."


def written(item: PlanItem) -> str:
    """How an e-mail, a letter or the card of a gift comes about."""
    if item.template is None:
        return _("written by hand")
    name = {"name": item.template.name}
    if item.approval:
        return _("drafted with “%(name)s” for approval") % name
    return _("written with “%(name)s” and queued at once") % name

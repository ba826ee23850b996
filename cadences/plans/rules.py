"""What a plan item may say. Asked by every door; words name the field and the cure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadences.models import PlanItem, Slot
from cadences.plans import windows
from cadences.words import span
from contacts.models import Interaction
from correspondence.models import Medium

Kind, Anchor, Assignee, Unit = PlanItem.Kind, PlanItem.Anchor, PlanItem.Assignee, PlanItem.Unit

FIELDS = (
    "kind", "anchor", "every", "unit", "starts", "min_amount", "product", "cycle", "window_from",
    "window_days", "tolerance_days", "lapse_after", "avoids_track", "assignee", "minutes", "purpose",
    "qualifying", "template", "approval",
)  # fmt: skip

LONGEST = {Unit.DAY: 3660, Unit.WEEK: 520, Unit.MONTH: 120, Unit.YEAR: 10}
"""Ten years: whoever is not in touch for longer than that has no plan."""

SHORTEST_UNIT = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 28, Unit.YEAR: 365}  # in days
MOST_TOLERANCE = 365
MOST_LAPSE = 3660
MOST_MINUTES = 600
MOST_AMOUNT = Decimal("1e15")
WRITTEN = frozenset({Kind.EMAIL, Kind.LETTER, Kind.GIFT})
"""What the night can write with a template."""

AUTOMATIC = frozenset({Kind.SURVEY, Kind.EMAIL, Kind.LETTER, Kind.TEXT})
"""What can go out from the neutral address, without a person."""

COUNTED = [value for value in Interaction.Kind.values if value != Interaction.Kind.NOTE]
TALKS = ["call", "video", "meeting", "visit", "lunch"]
QUALIFYING = {
    Kind.CALL: TALKS,
    Kind.VIDEO: TALKS,
    Kind.MEETING: ["meeting", "visit", "lunch"],
    Kind.EMAIL: ["email"],
    Kind.LETTER: ["letter"],
    Kind.GIFT: ["gift", "letter"],
    Kind.TEXT: ["text", "social"],
}
"""What counts as a contact of each kind, where nothing else is said: a meeting as a call, not the reverse."""

Problem = tuple[str, str]


def normal(values: Mapping[str, Any], slot: Slot) -> dict[str, Any]:
    """The values with what does not belong to their anchor set back, so that no cell hides a leftover."""
    found = {name: values[name] for name in FIELDS if name in values}
    if found.get("anchor") != Anchor.CALENDAR:
        found |= {"cycle": "", "window_from": 0, "window_days": 0, "avoids_track": False}
    else:
        found |= {"every": 0, "unit": Unit.DAY}
    if found.get("anchor") != Anchor.AFTER_EVENT or slot.is_of_event:
        found |= {"starts": PlanItem.Starts.FIRST, "min_amount": None, "product": ""}
    if found.get("anchor") == Anchor.AFTER_CONTACT:
        found["lapse_after"] = None
    if found.get("assignee") == Assignee.NOBODY:
        found["minutes"] = 0
    if found.get("kind") == Kind.SURVEY:
        found["qualifying"] = []
    if found.get("kind") not in WRITTEN or found.get("template") is None:
        found |= {"template": None, "approval": True}
    return found


def check(item: PlanItem) -> None:
    """Refuse what makes no sense; raises ValidationError with one entry per field."""
    problems: dict[str, list[str]] = {}
    for part in (_numbers, _anchor, _interval, _window, _lateness, _people, _counting, _purchase, _written):
        for name, words in part(item):
            problems.setdefault(name, []).append(words)
        if problems and part is _numbers:
            break  # what follows computes with them
    if problems:
        raise ValidationError(problems)


def _numbers(item: PlanItem) -> Iterator[Problem]:
    for name in ("every", "window_from", "window_days", "tolerance_days", "minutes", "lapse_after"):
        value = getattr(item, name)
        if value is not None and (not isinstance(value, int) or value < 0):
            yield name, _("Enter a whole number, 0 or more.")
    for name, choices in (("kind", Kind), ("anchor", Anchor), ("unit", Unit), ("assignee", Assignee)):
        if getattr(item, name) not in choices.values:
            yield name, _("Choose one of the list.")


def _anchor(item: PlanItem) -> Iterator[Problem]:
    if item.slot.is_track and item.anchor != Anchor.AFTER_EVENT:
        yield (
            "anchor",
            _("“%(slot)s” belongs to the 1-2-1 track: it is counted from the purchase.")
            % {"slot": item.slot.name},
        )
    if item.slot.is_of_event and item.anchor != Anchor.AFTER_EVENT:
        yield (
            "anchor",
            _("“%(slot)s” follows this event: %(event)s. It is counted from nothing else.")
            % {"slot": item.slot.name, "event": item.slot.get_event_display().lower()},
        )
    if item.kind == Kind.SURVEY and item.slot.is_of_event:
        yield "kind", _("A survey follows a purchase, or stands in the calendar. Choose another kind.")
    if item.kind == Kind.SURVEY and item.anchor == Anchor.AFTER_CONTACT:
        yield (
            "anchor",
            _("A survey is no talk to count from: put it in the calendar, or after a purchase."),
        )


def _interval(item: PlanItem) -> Iterator[Problem]:
    if item.anchor == Anchor.CALENDAR:
        return
    longest = LONGEST[Unit(item.unit)]
    if item.anchor == Anchor.AFTER_CONTACT and item.every < 1:
        yield "every", _("An interval is at least 1. To stop these contacts, switch the cell off.")
    if item.every > longest:
        yield "every", _("At most %(most)s: ten years.") % {"most": span(longest, item.unit)}


def _window(item: PlanItem) -> Iterator[Problem]:
    if item.anchor != Anchor.CALENDAR:
        return
    if item.cycle not in PlanItem.Cycle.values:
        yield "cycle", _("Choose how often: yearly, half-yearly, quarterly or monthly.")
        return
    if item.window_days < 1:
        yield "window_days", _("The last day is before the first. Choose a later last day.")
        return
    days = windows.SHORTEST[item.cycle]
    if item.window_from + item.window_days > days:
        yield "window_days", _too_long(item.cycle, days)


def _too_long(cycle: str, days: int) -> str:
    if cycle == PlanItem.Cycle.MONTH:
        return _("The window must fit every month: end it on the 28th at the latest.")
    return ngettext(
        "The window must end inside every cycle, the shortest of which has %(n)d day.",
        "The window must end inside every cycle, the shortest of which has %(n)d days.",
        days,
    ) % {"n": days}


def _lateness(item: PlanItem) -> Iterator[Problem]:
    if item.tolerance_days > MOST_TOLERANCE:
        yield "tolerance_days", _("At most %(n)d days.") % {"n": MOST_TOLERANCE}
    elif item.anchor == Anchor.AFTER_CONTACT and item.tolerance_days >= _shortest(item) > 0:
        yield (
            "tolerance_days",
            _("Shorter than the interval (%(span)s), or every contact would count twice.")
            % {"span": span(item.every, item.unit)},
        )
    if item.lapse_after is None or item.anchor == Anchor.AFTER_CONTACT:
        return
    if item.lapse_after > MOST_LAPSE:
        yield "lapse_after", _("At most %(n)d days; leave it empty for never.") % {"n": MOST_LAPSE}
    elif item.lapse_after < item.tolerance_days:
        yield (
            "lapse_after",
            _("It would lapse while it is still on time: at least %(n)d days, or empty for never.")
            % {"n": item.tolerance_days},
        )


def _shortest(item: PlanItem) -> int:
    """The least number of days that the interval can have."""
    return item.every * SHORTEST_UNIT[Unit(item.unit)]


def _people(item: PlanItem) -> Iterator[Problem]:
    if item.kind == Kind.SURVEY and item.assignee != Assignee.NOBODY:
        yield (
            "assignee",
            _("Surveys go out from the neutral address, so that people answer freely: choose nobody."),
        )
    if item.assignee == Assignee.NOBODY and item.kind not in AUTOMATIC:
        yield "assignee", _("Somebody has to do this: a machine can send, but neither call nor meet.")
    if item.assignee != Assignee.NOBODY and not 1 <= item.minutes <= MOST_MINUTES:
        yield "minutes", _("Between 1 and %(n)d minutes.") % {"n": MOST_MINUTES}


def _counting(item: PlanItem) -> Iterator[Problem]:
    if set(item.qualifying) - set(COUNTED):
        yield "qualifying", _("Choose among the kinds of contact; a note is none.")
    elif item.anchor == Anchor.AFTER_CONTACT and item.kind != Kind.SURVEY and not item.qualifying:
        yield (
            "qualifying",
            _("Choose at least one: the interval is counted from the last contact of these kinds."),
        )


def _purchase(item: PlanItem) -> Iterator[Problem]:
    if item.anchor != Anchor.AFTER_EVENT:
        return
    if item.starts not in PlanItem.Starts.values:
        yield "starts", _("Choose which purchases count.")
    if item.min_amount is not None and not 0 < item.min_amount < MOST_AMOUNT:
        yield "min_amount", _("An amount above 0, or empty for every purchase.")
    if len(item.product) > 80:
        yield "product", _("At most %(n)d characters.") % {"n": 80}


def _written(item: PlanItem) -> Iterator[Problem]:
    if item.template is None:
        return
    medium = Medium.EMAIL if item.kind == Kind.EMAIL else Medium.LETTER
    if item.template.is_retired:
        yield "template", _("“%(name)s” is retired: choose another one.") % {"name": item.template}
    elif not item.template.texts.filter(medium=medium).exists():
        words = {"name": item.template, "medium": medium.label.lower()}
        yield "template", _("“%(name)s” has no words for this yet (%(medium)s): write them first.") % words
    if item.assignee == Assignee.NOBODY:
        yield "template", _("It is written from the account's owner: choose who approves it, not nobody.")

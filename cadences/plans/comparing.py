"""The difference between two versions of the plan, in words; and what in a version looks odd."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Tier
from cadences.models import Plan, PlanItem, Slot
from cadences.plans import words
from cadences.since import effective, rank_of
from cadences.words import span
from surveys.periods import is_one_wave

Column = tuple[int, str]
"""Rank and name of a tier; rank 0 is the base plan."""

PER_YEAR = {"year": 1.0, "half": 2.0, "quarter": 4.0, "month": 12.0}
UNITS_A_YEAR = {"day": 365.25, "week": 52.18, "month": 12.0, "year": 1.0}


@dataclass(frozen=True)
class Difference:
    """What one slot gives to some tiers otherwise than before."""

    slot: Slot
    tiers: tuple[str, ...]  # empty: everybody
    act: str  # added, ended or changed
    details: tuple[str, ...]
    is_upwards: bool = False  # the tiers are all from the first one upwards

    @property
    def words(self) -> str:
        """The whole sentence."""
        return f"{self.subject}: {self.said}."

    @property
    def subject(self) -> str:
        """What it is about: "Relationship call, Large"."""
        if self.act == "changed" and self.tiers:
            return f"{self.slot.name}, {self.who}"
        return self.slot.name

    @property
    def said(self) -> str:
        """What is otherwise: "monthly instead of every 2 months"."""
        if self.act == "changed":
            return "; ".join(self.details)
        if self.act == "ended":
            return (
                _("no longer for %(who)s") % {"who": self.who} if self.tiers else _("no longer in the plan")
            )
        said = {"who": self.who, "words": "; ".join(self.details)}
        return _("new for %(who)s: %(words)s") % said if self.tiers else _("new: %(words)s") % said

    @property
    def who(self) -> str:
        if self.is_upwards and len(self.tiers) > 2:
            return _("%(tier)s and above") % {"tier": self.tiers[0]}
        return listed(self.tiers)

    def __str__(self) -> str:
        return self.words


def compare(old: Plan | None, new: Plan) -> list[Difference]:
    """What customers get otherwise with ``new`` than with ``old``: by slot and tier, in words.

    Asked is what each tier effectively gets: a cell that says again what is inherited is no difference.
    Three queries.
    """
    columns = columns_of(Tier.objects.order_by("rank"))
    before, after = (items_of(plan) if plan is not None else [] for plan in (old, new))
    slots = {item.slot_id: item.slot for item in [*before, *after]}
    found: list[Difference] = []
    for slot in sorted(slots.values(), key=lambda one: (one.rank, one.position, one.pk)):
        found += _of_slot(slot, columns, before, after)
    return found


def items_of(plan: Plan) -> list[PlanItem]:
    return list(plan.items.with_words())


def columns_of(tiers: Any) -> list[Column]:
    """The base plan and every tier above it."""
    return [(0, _("Base plan")), *((tier.rank, tier.name) for tier in tiers)]


def effective_items(plan: Plan) -> dict[int, dict[int, PlanItem]]:
    """By rank (0 = base plan) and slot id: what an account of that rank gets. Two queries."""
    items = items_of(plan)
    slots = {item.slot_id for item in items}
    ranks = [0, *Tier.objects.order_by("rank").values_list("rank", flat=True)]
    return {
        rank: {slot: found for slot in slots if (found := effective(items, slot, rank)) is not None}
        for rank in ranks
    }


def content(item: PlanItem | None) -> tuple[Any, ...] | None:
    """What a customer or a salesperson notices of an item: equal content is no difference."""
    if item is None:
        return None
    sheet = item.purpose
    return (
        item.kind, item.anchor, item.every, item.unit, item.starts, item.min_amount, item.product, item.cycle,
        item.window_from, item.window_days, item.tolerance_days, item.lapse_after, item.avoids_track,
        item.assignee, item.minutes, tuple(sorted(item.qualifying)), item.template_id, item.approval,
        (sheet.name, tuple(sheet.talking_points), str(sheet.checklist)) if sheet is not None else None,
    )  # fmt: skip


def _of_slot(
    slot: Slot, columns: list[Column], before: list[PlanItem], after: list[PlanItem]
) -> Iterator[Difference]:
    """Tiers that change alike are told of together."""
    alike: dict[Any, list[str]] = {}
    pairs: dict[Any, tuple[PlanItem | None, PlanItem | None]] = {}
    for rank, name in columns:
        old, new = effective(before, slot.pk, rank), effective(after, slot.pk, rank)
        key = content(old), content(new)
        if key[0] != key[1]:
            alike.setdefault(key, []).append(name)
            pairs[key] = old, new
    for key, names in alike.items():
        tiers = () if len(names) == len(columns) else _without_base(names, columns)
        upwards = [name for _rank, name in columns[-len(names) :]] == names
        yield replace(_told(slot, tiers, *pairs[key]), is_upwards=upwards)


def _without_base(names: list[str], columns: list[Column]) -> tuple[str, ...]:
    """Every account has a tier: the base plan is named only where no tier inherits from it."""
    base = columns[0][1]
    return tuple(name for name in names if name != base or len(names) == 1)


def _told(slot: Slot, tiers: tuple[str, ...], old: PlanItem | None, new: PlanItem | None) -> Difference:
    if new is None:
        return Difference(slot, tiers, "ended", ())
    if old is None:
        return Difference(slot, tiers, "added", (words.whole(new), *_purchases(new)))
    return Difference(slot, tiers, "changed", tuple(_changes(old, new)))


def _purchases(item: PlanItem) -> tuple[str, ...]:
    return (words.starts(item),) if item.anchor == PlanItem.Anchor.AFTER_EVENT else ()


def _changes(old: PlanItem, new: PlanItem) -> Iterator[str]:
    if old.kind != new.kind:
        yield _instead(new.get_kind_display().lower(), old.get_kind_display().lower())
    yield from _rhythm(old, new)
    for say in (words.window, words.assignee, words.lateness, words.lapse):
        if "" not in (say(old), say(new)) and say(old) != say(new):
            yield _instead(say(new), say(old))
    if old.minutes != new.minutes:
        yield _instead(words.minutes(new.minutes), words.minutes(old.minutes))
    if old.anchor == new.anchor == PlanItem.Anchor.AFTER_EVENT and words.starts(old) != words.starts(new):
        yield _instead(words.starts(new), words.starts(old))
    if old.avoids_track != new.avoids_track and new.anchor == old.anchor:
        yield _("not during the 1-2-1 track") if new.avoids_track else _("also during the 1-2-1 track")
    yield from _counted(old, new)
    if words.written(old) != words.written(new):
        yield words.written(new)
    yield from _sheets(old, new)


def _rhythm(old: PlanItem, new: PlanItem) -> Iterator[str]:
    """ "10 days instead of 14 days after the purchase": what both have in common is said once."""
    if words.rhythm(old) == words.rhythm(new):
        if old.anchor != new.anchor:
            yield _instead(new.get_anchor_display().lower(), old.get_anchor_display().lower())
        return
    if old.anchor == new.anchor == PlanItem.Anchor.AFTER_EVENT and old.every and new.every:
        values = {"new": span(new.every, new.unit), "old": span(old.every, old.unit)}
        if old.unit == new.unit:
            values["old"] = str(old.every)
        yield {
            Slot.Event.PURCHASE: _("%(new)s instead of %(old)s after the purchase"),
            Slot.Event.CAMPAIGN: _("%(new)s instead of %(old)s after the campaign's first day"),
            Slot.Event.OWNER: _("%(new)s instead of %(old)s after the new owner's first day"),
            Slot.Event.LETTER: _("%(new)s instead of %(old)s after the thank-you left"),
        }[Slot.Event(new.slot.event)] % values
        return
    yield _instead(words.rhythm(new), words.rhythm(old))


def _counted(old: PlanItem, new: PlanItem) -> Iterator[str]:
    more = [kind for kind in new.qualifying if kind not in old.qualifying]
    less = [kind for kind in old.qualifying if kind not in new.qualifying]
    if more:
        yield _("counts now: %(kinds)s") % {"kinds": words.kinds(more)}
    if less:
        yield _("counts no longer: %(kinds)s") % {"kinds": words.kinds(less)}


def _sheets(old: PlanItem, new: PlanItem) -> Iterator[str]:
    before, after = old.purpose, new.purpose
    if before is None or after is None:
        if before is not after:
            yield _("without a sheet") if after is None else _("with the sheet “%(name)s”") % {"name": after}
        return
    if before.name != after.name:
        yield _("sheet “%(new)s” instead of “%(old)s”") % {"new": after.name, "old": before.name}
    if before.talking_points != after.talking_points:
        yield _("talking points: %(words)s") % {"words": _lines(before.talking_points, after.talking_points)}
    checks = [[point["text"] for point in sheet.checklist] for sheet in (before, after)]
    if before.checklist != after.checklist:
        yield _("checklist: %(words)s") % {"words": _lines(*checks)}


def _lines(old: list[str], new: list[str]) -> str:
    more, less = len(set(new) - set(old)), len(set(old) - set(new))
    parts = []
    if more:
        parts.append(ngettext("%(n)d new line", "%(n)d new lines", more) % {"n": more})
    if less:
        parts.append(ngettext("%(n)d line left out", "%(n)d lines left out", less) % {"n": less})
    return ", ".join(parts) or _("in another order or with another condition")


def _instead(new: str, old: str) -> str:
    return _("%(new)s instead of %(old)s") % {"new": new, "old": old}


def listed(names: tuple[str, ...]) -> str:
    """Names as a sentence lists them."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


# -- What looks odd ---------------------------------------------------------------------------------------


def oddities(plan: Plan) -> list[str]:
    """What an admin should look at before activating; none of it is refused. Three queries."""
    columns = columns_of(Tier.objects.order_by("rank"))
    items = items_of(plan)
    checks: tuple[Callable[[list[Column], list[PlanItem]], Iterator[str]], ...] = (
        _nothing_at_all,
        _fewer_higher_up,
        _without_sheet,
        _cut_surveys,
    )
    return [capfirst(said) for check in checks for said in check(columns, items)]


def _nothing_at_all(columns: list[Column], items: list[PlanItem]) -> Iterator[str]:
    slots = {item.slot_id for item in items if not item.slot.group}
    for rank, name in columns[1:] or columns:
        if not any(effective(items, slot, rank) for slot in slots):
            yield _("%(tier)s: nothing is owed but what follows a purchase.") % {"tier": name}


def _fewer_higher_up(columns: list[Column], items: list[PlanItem]) -> Iterator[str]:
    """R29: a higher tier gets at least what the lower ones get."""
    slots = {item.slot_id: item.slot for item in items}
    for slot in slots.values():
        for (low, lower), (high, higher) in pairwise(columns):
            old, new = effective(items, slot.pk, low), effective(items, slot.pk, high)
            if old is not None and _a_year(new) < _a_year(old):
                values = {
                    "slot": slot.name, "higher": higher, "lower": lower,
                    "new": words.rhythm(new) if new else _("off"), "old": words.rhythm(old),
                }  # fmt: skip
                yield _("%(slot)s: %(higher)s gets fewer than %(lower)s (%(new)s, %(old)s).") % values


def _a_year(item: PlanItem | None) -> float:
    if item is None:
        return 0
    if item.anchor == PlanItem.Anchor.CALENDAR:
        return PER_YEAR[item.cycle]
    if item.anchor == PlanItem.Anchor.AFTER_CONTACT:
        return UNITS_A_YEAR[item.unit] / item.every
    return 1


def _without_sheet(_columns: list[Column], items: list[PlanItem]) -> Iterator[str]:
    without: dict[str, list[str]] = {}
    for item in sorted(items, key=lambda one: (one.slot.position, rank_of(one))):
        by_a_person = item.assignee != PlanItem.Assignee.NOBODY
        if not item.is_off and by_a_person and item.purpose is None:
            name = item.tier.name if item.tier else _("Base plan")
            without.setdefault(item.slot.name, []).append(name)
    for slot, tiers in without.items():
        words = {"slot": slot, "tiers": listed(tuple(tiers))}
        yield _("%(slot)s, %(tiers)s: no sheet, so nobody is told what to talk about.") % words


def _cut_surveys(_columns: list[Column], items: list[PlanItem]) -> Iterator[str]:
    """A yearly survey is one wave, or it compares quarters in which different customers were asked."""
    for item in items:
        is_survey = item.kind == PlanItem.Kind.SURVEY and item.cycle == PlanItem.Cycle.YEAR
        if is_survey and not item.is_off and not is_one_wave(item.window_days):
            values = {"slot": item.slot.name, "window": words.window(item)}
            text = _(
                "%(slot)s: %(window)s is cut into waves of a quarter; in two weeks all are asked at once."
            )
            yield text % values

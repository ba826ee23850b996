"""Why a touchpoint is owed on its day: the rule, the fact it counts from, every shift, and what moves it.

Explaining a list costs the same few queries as explaining one row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import formats
from django.utils.translation import gettext as _
from django_countries import countries

from accounts.models import Account
from cadences.models import Override, PlanItem, Slot, Touchpoint
from cadences.why_facts import Facts, gather, plus
from cadences.words import span
from contacts.models import Interaction

if TYPE_CHECKING:
    from cadences.preview import Owed
    from users.models import Absence, User

LIVE_KINDS = frozenset({Touchpoint.Kind.CALL, Touchpoint.Kind.MEETING, Touchpoint.Kind.VIDEO})
DAY = timedelta(days=1)
MOST_CAUSES = 14


def explain(touchpoint: Touchpoint, for_user: User | None = None) -> list[str]:
    """The sentences for one row; ``for_user`` reads "you" where they are meant."""
    return _explained([touchpoint], for_user)[0]


def explain_all(touchpoints: Sequence[Touchpoint], for_user: User | None = None) -> dict[int, list[str]]:
    """The sentences of many rows by their id; at most seven queries, however many rows."""
    told = _explained(touchpoints, for_user)
    return {row.pk: sentences for row, sentences in zip(touchpoints, told, strict=True)}


def explain_owed(rows: Sequence[Owed], for_user: User | None = None) -> list[list[str]]:
    """The same for the rows of a preview, in their order; three queries more."""
    accounts = Account.objects.in_bulk({row.account_id for row in rows})
    slots = Slot.objects.in_bulk({row.slot_id for row in rows})
    items = PlanItem.objects.in_bulk({row.item_id for row in rows})
    touchpoints = []
    for row in rows:
        values = row._asdict()
        pk, is_projected = values.pop("touchpoint_id"), values.pop("is_projected")
        touchpoint = Touchpoint(pk=pk, **values)
        touchpoint.account, touchpoint.slot = accounts[row.account_id], slots[row.slot_id]
        touchpoint.item = items[row.item_id]
        touchpoint.is_projected = is_projected
        touchpoint.is_touched = row.due_on != row.planned_on
        touchpoints.append(touchpoint)
    return _explained(touchpoints, for_user)


def _explained(rows: Sequence[Touchpoint], for_user: User | None) -> list[list[str]]:
    facts = gather(rows)
    return [list(_sentences(row, facts, for_user)) for row in rows]


def _sentences(row: Touchpoint, facts: Facts, for_user: User | None) -> Iterable[str]:
    yield _rule(row, facts)
    if row.is_from_plan:
        yield from _condition(row)
        yield from _exception(row, facts)
        yield from _pause(row, facts)
        yield from _shift(row, facts)
    yield from _person(row, facts, for_user)
    if row.snoozed_on and row.due_on != row.planned_on:
        words = {"due": said(row.due_on), "on": said(row.snoozed_on), "reason": row.reason}
        if row.reason and row.state == Touchpoint.State.OPEN:
            yield _("Put off to %(due)s on %(on)s: %(reason)s.") % words
        else:
            yield _("Put off to %(due)s on %(on)s.") % words
    yield _end(row) if row.state != Touchpoint.State.OPEN else _mover(row)


# -- the rule --------------------------------------------------------------------------------------


def _rule(row: Touchpoint, facts: Facts) -> str:
    every, unit = _interval(row, facts)
    words = {
        "slot": row.slot.name,
        "span": span(every, unit),
        "base": said(row.base_on),
        "about": row.about,
        "ideal": said(_rule_date(row, facts) or row.ideal_on),
        "window_end": said(row.base_on + timedelta(days=max(0, row.item.window_days - 1) if row.item else 0)),
    }
    sentence = _RULES[Touchpoint.Basis(row.basis)]()
    if row.basis == Touchpoint.Basis.CAMPAIGN and not every:
        sentence = _("%(slot)s: on the first day of the servicing campaign, %(ideal)s")
    if row.is_projected:
        sentence = _("%(slot)s: %(span)s after the one before, if that is kept on %(base)s, is %(ideal)s")
    sentence %= words
    if row.plan_version:
        sentence += " " + _("(plan %(version)d)") % {"version": row.plan_version}
    return sentence + "."


_RULES: dict[Touchpoint.Basis, Any] = {
    Touchpoint.Basis.PURCHASE: lambda: _("%(slot)s: %(span)s after the purchase of %(base)s is %(ideal)s"),
    Touchpoint.Basis.CAMPAIGN: lambda: _(
        "%(slot)s: %(span)s after the servicing campaign began on %(base)s is %(ideal)s"
    ),
    Touchpoint.Basis.OWNER: lambda: _(
        "%(slot)s: a new owner since %(base)s introduces themself by a call; wanted from %(ideal)s on"
    ),
    Touchpoint.Basis.LETTER: lambda: _(
        "%(slot)s: %(span)s after the thank-you left on %(base)s is %(ideal)s"
    ),
    Touchpoint.Basis.CONTACT: lambda: _("%(slot)s: %(span)s after the last contact on %(base)s is %(ideal)s"),
    Touchpoint.Basis.SKIP: lambda: _("%(slot)s: %(span)s after it was skipped on %(base)s is %(ideal)s"),
    Touchpoint.Basis.TRACK: lambda: _(
        "%(slot)s: %(span)s after the last date of the 1-2-1 track, %(base)s, is %(ideal)s"
    ),
    Touchpoint.Basis.FLOOR: lambda: _(
        "%(slot)s: every %(span)s; first dates are spread from %(base)s on, here to %(ideal)s"
    ),
    Touchpoint.Basis.PROMOTED: lambda: _(
        "%(slot)s: every %(span)s since the promotion to a higher tier; counted from %(base)s, "
        "spread: %(ideal)s"
    ),
    Touchpoint.Basis.WINDOW: lambda: _(
        "%(slot)s: wanted between %(base)s and %(window_end)s; spread over these days, here on %(ideal)s"
    ),
    Touchpoint.Basis.AGREED: lambda: _("Agreed with the customer on %(base)s for %(ideal)s"),
    Touchpoint.Basis.TODO: lambda: _("Noted on %(base)s: %(about)s"),
}


def _interval(row: Touchpoint, facts: Facts) -> tuple[int, str]:
    """The account's own interval for a rolling item, else the plan's."""
    exception = facts.exception(row)
    if exception is not None and exception.every and row.anchor == PlanItem.Anchor.AFTER_CONTACT:
        return exception.every, exception.unit
    return (row.item.every, row.item.unit) if row.item is not None else (0, PlanItem.Unit.DAY)


def _condition(row: Touchpoint) -> Iterable[str]:
    """Which purchases the item speaks of, where not of all."""
    item = row.item
    if item is None or row.basis != Touchpoint.Basis.PURCHASE:
        return
    words = {"product": item.product}
    if item.min_amount is not None:
        words["amount"] = formats.number_format(item.min_amount.normalize(), force_grouping=True)
    if item.min_amount is not None and item.product:
        yield _("Counted are purchases that reach %(amount)s in a day, with “%(product)s” in them.") % words
    elif item.min_amount is not None:
        yield _("Counted are purchases that reach %(amount)s in a day.") % words
    elif item.product:
        yield _("Counted are purchases with “%(product)s” in them.") % words


def _exception(row: Touchpoint, facts: Facts) -> Iterable[str]:
    exception = facts.exception(row)
    if exception is None:
        return
    words = {"reason": exception.reason}
    if exception.as_tier is not None:
        words["tier"] = exception.as_tier.name
        yield _until(exception, _("Here this account is served like the tier %(tier)s"), words)
    if exception.every and row.anchor == PlanItem.Anchor.AFTER_CONTACT:
        yield _until(exception, _("The interval is this account's own"), words)


def _until(exception: Override, sentence: str, words: dict[str, str]) -> str:
    """An exception with its reason, and its last day if it has one."""
    said_so = sentence % words
    if exception.until is None:
        return f"{said_so}: {exception.reason}."
    return _("%(exception)s until %(until)s: %(reason)s.") % {
        "exception": said_so,
        "until": said(exception.until),
        "reason": exception.reason,
    }


# -- shifts ----------------------------------------------------------------------------------------


def _rule_date(row: Touchpoint, facts: Facts) -> date | None:
    """The date before a pause moved it; None where no pause did."""
    account = row.account
    counted = {Touchpoint.Basis.CONTACT, Touchpoint.Basis.SKIP, Touchpoint.Basis.TRACK}
    if account.paused_from is None or account.paused_until is None or row.basis not in counted:
        return None
    if row.anchor != PlanItem.Anchor.AFTER_CONTACT or row.ideal_on <= account.paused_until:
        return None
    wanted = plus(row.base_on, *_interval(row, facts))
    return wanted if account.paused_from <= wanted <= account.paused_until else None


def _pause(row: Touchpoint, facts: Facts) -> Iterable[str]:
    account = row.account
    if account.paused_until is None:
        return
    words = {"until": said(account.paused_until), "ideal": said(row.ideal_on)}
    if _rule_date(row, facts) is not None:
        sentence = _("That lies in the pause until %(until)s: spread from the next day on, here to %(ideal)s")
    elif row.basis == Touchpoint.Basis.FLOOR and row.base_on == account.paused_until + DAY:
        sentence = _("The account was paused until %(until)s")
    else:
        return
    yield sentence % words + (f" ({account.pause_reason})." if account.pause_reason else ".")


def _shift(row: Touchpoint, facts: Facts) -> Iterable[str]:
    """Each day passed over with its cause, and where the date came to rest."""
    if row.ideal_on == row.planned_on:
        return
    is_forward = row.planned_on > row.ideal_on
    causes: list[str] = []
    day = row.ideal_on
    while (day < row.planned_on if is_forward else day > row.planned_on) and len(causes) < MOST_CAUSES:
        cause = _day_off(row, day, facts)
        away = None if cause else _away(row, day, facts)
        if away is not None:
            causes.append(_absence(away, facts))
            day = away.ends_on if is_forward else away.starts_on
        elif cause:
            causes.append(cause)
        day += DAY if is_forward else -DAY
    words = {"causes": "; ".join(causes), "day": _("%(weekday)s, %(date)s") % _named(row.planned_on)}
    if not is_forward:
        yield _("%(causes)s, and later would be outside the window: moved back to %(day)s.") % words
    elif causes:
        yield _("%(causes)s: moved to %(day)s.") % words
    else:
        yield _("Moved to %(day)s.") % words


def _day_off(row: Touchpoint, day: date, facts: Facts) -> str:
    """Why nobody works on this item that day by the calendar; empty on a working day."""
    calendar = facts.calendar_of(facts.assignee(row))
    words = _named(day)
    if day.isoweekday() not in (calendar.weekdays if calendar else [1, 2, 3, 4, 5]):
        return _("%(date)s is a %(weekday)s") % words
    if calendar:
        for holiday in facts.holidays.get((calendar.country, day), []):
            if holiday.subdivision in ("", calendar.subdivision):
                return _("%(date)s is %(name)s") % {**words, "name": holiday.name}
        if (calendar.pk, day) in facts.closures:
            return _("%(date)s is %(name)s") % {**words, "name": facts.closures[(calendar.pk, day)]}
    for holiday in facts.holidays.get((str(row.account.country), day), []) if row.kind in LIVE_KINDS else []:
        if not holiday.subdivision:
            land = countries.name(holiday.country)
            return _("%(date)s is %(name)s in %(land)s") % {**words, "name": holiday.name, "land": land}
    return ""


def _away(row: Touchpoint, day: date, facts: Facts) -> Absence | None:
    """The absence that day of whoever does it, or of whom the plan gives it to."""
    people = (facts.assignee(row), facts.serving(row))
    return next((away for person in people if (away := facts.absence(person, day))), None)


def _absence(away: Absence, facts: Facts) -> str:
    words = {"who": facts.people[away.user_id].display_name, "first": said(away.starts_on)}
    if away.starts_on == away.ends_on:
        return _("%(who)s is away on %(first)s") % words
    words["last"] = said(away.ends_on)
    if away.waits:
        return _("%(who)s is away from %(first)s to %(last)s, and it waits for the return") % words
    return _("%(who)s is away from %(first)s to %(last)s") % words


# -- who does it -----------------------------------------------------------------------------------


def _person(row: Touchpoint, facts: Facts, for_user: User | None) -> Iterable[str]:
    owner, serving, assignee = facts.owner(row), facts.serving(row), facts.assignee(row)
    if row.kind == Touchpoint.Kind.TODO or owner is None or serving is None or assignee is None:
        return
    if serving != owner:
        words = {"owner": owner.display_name, "who": serving.display_name}
        is_manager = row.item is not None and row.item.assignee == PlanItem.Assignee.MANAGER
        yield (
            _("The plan gives it to the manager of %(owner)s's team, %(who)s.")
            if is_manager
            else _("The plan gives it to the deputy of %(owner)s, %(who)s.")
        ) % words
    if assignee == serving:
        return
    words = {"owner": serving.display_name, "who": assignee.display_name}
    away = facts.absence(serving, row.planned_on) or facts.absence(serving, row.ideal_on)
    if away is None:
        yield _("%(who)s does it for %(owner)s.") % words
        return
    words["until"] = said(away.ends_on)
    yield (
        _("%(owner)s is away until %(until)s: you stand in.")
        if for_user is not None and for_user.pk == assignee.pk
        else _("%(owner)s is away until %(until)s: %(who)s stands in.")
    ) % words


# -- the end, or what would move it ----------------------------------------------------------------


def _end(row: Touchpoint) -> str:
    """What became of a row that is no longer open."""
    words = {"on": said(row.closed_on or row.due_on), "reason": _(row.reason) if row.reason else ""}
    said_so = {
        Touchpoint.State.DONE: _("Done on %(on)s"),
        Touchpoint.State.SKIPPED: _("Skipped on %(on)s"),
        Touchpoint.State.LAPSED: _("Lapsed on %(on)s"),
        Touchpoint.State.CANCELLED: _("Cancelled on %(on)s"),
    }[Touchpoint.State(row.state)] % words
    return f"{said_so}: {words['reason']}." if words["reason"] else f"{said_so}."


def _mover(row: Touchpoint) -> str:
    """The last sentence: what would move the date, apart from tiers, plans and days off."""
    if row.kind == Touchpoint.Kind.TODO:
        return _("Nothing but another date by hand moves it.")
    if not row.is_from_plan:
        return _("It keeps its day until you agree on another one.")
    if row.anchor == PlanItem.Anchor.AFTER_CONTACT:
        return _after_contact(row)
    return _after_event(row) if row.anchor == PlanItem.Anchor.AFTER_EVENT else _in_calendar(row)


def _after_event(row: Touchpoint) -> str:
    if row.basis == Touchpoint.Basis.CAMPAIGN:
        return _("No contact moves it; it ends with the campaign.")
    if row.basis == Touchpoint.Basis.OWNER:
        return _("No contact moves it; another new owner begins anew.")
    if row.basis == Touchpoint.Basis.LETTER:
        return _("No contact moves it; another thank-you begins anew.")
    if row.item is not None and row.item.starts == PlanItem.Starts.RESTART:
        return _("Nothing but another purchase date moves it; a later purchase begins anew.")
    return _("Nothing but another purchase date moves it.")


def _in_calendar(row: Touchpoint) -> str:
    if row.is_touched:
        return _("No contact moves it, and no change of the plan: you have dated it by hand.")
    if row.item is not None and row.item.avoids_track:
        return _("No contact moves it; it is left out if its day falls into a 1-2-1 track.")
    return _("No contact moves it: its window stays where it is.")


def _after_contact(row: Touchpoint) -> str:
    kinds = [str(Interaction.Kind(kind).label).lower() for kind in row.item.qualifying] if row.item else []
    if not kinds:
        return _("Nothing moves it but closing the one before.")
    words = {"kinds": kinds[0]}
    if len(kinds) > 1:
        words = {"kinds": _("%(first)s or %(last)s") % {"first": ", ".join(kinds[:-1]), "last": kinds[-1]}}
    if row.is_touched:
        return _("You have dated it by hand: only a logged contact (%(kinds)s) moves it.") % words
    return _("A logged contact moves it: %(kinds)s.") % words


def said(day: date) -> str:
    return formats.date_format(day, "j F Y")


def _named(day: date) -> dict[str, str]:
    return {"date": said(day), "weekday": formats.date_format(day, "l")}

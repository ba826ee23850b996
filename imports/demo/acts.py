"""What people did yesterday and today: agreed on a time, noted a to-do, put something off."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Account
from cadences import engine
from cadences.models import SLOT_AGREED, SLOT_TODO, Slot, Touchpoint
from contacts.models import Interaction
from imports.demo import phrases
from imports.demo.days import DAY, WorkingDays
from imports.demo.history import number_of
from imports.demo.nights import Year
from imports.demo.people import SELLERS
from imports.demo.world import World, office_of
from users.models import User

TIMES = (time(14, 0), time(9, 30), time(11, 15))


def of_everybody(world: World, year: Year) -> None:
    """Agreed times (one today or on the next working day), to-dos and a snooze for every salesperson."""
    changed: list[int] = []
    for seller in SELLERS:
        user = year.users[seller.key]
        work = WorkingDays.of(office_of(seller.key), around=world.today)
        first = work.on_or_after(world.today)
        days = [first, work.on_or_after(first + DAY), work.on_or_after(first + timedelta(days=4))]
        free = _quiet_accounts(user, world.today)
        for account, on, at in zip(free, days, TIMES, strict=False):
            changed.append(_agreed(year, user, account, datetime.combine(on, at, ZoneInfo(user.time_zone))))
        for account, on in zip(free[4:], (first, days[2]), strict=False):
            changed.append(_todo(year, user, account, on))
        changed += _snoozed(year, user, world.today, days[1])
    engine.reconcile(changed, world.today)


def _quiet_accounts(user: User, today: date) -> list[Account]:
    """Customers of the user from whom nothing is due this week: their calls may be agreed on."""
    busy = (
        Touchpoint.objects.open().for_people().filter(due_on__lte=today + timedelta(days=7)).values("account")
    )
    return list(
        Account.objects.filter(owner=user, status="customer", paused_from=None)
        .exclude(pk__in=busy)
        .order_by("pk")[:7]
    )


def _agreed(year: Year, user: User, account: Account, at: datetime) -> int:
    """They asked to be rung at a time; the call of the plan gives way to it."""
    row = _note(year, user, account, "call_back", at.date())
    _dated(row, SLOT_AGREED, user, at.date(), kind="call", basis="agreed", due_at=at, about=row.summary)
    return account.pk


def _todo(year: Year, user: User, account: Account, on: date) -> int:
    row = _note(year, user, account, "noted", on)
    _dated(row, SLOT_TODO, user, on, kind="todo", basis="todo", due_at=None, about=row.summary)
    return account.pk


def _note(year: Year, user: User, account: Account, outcome: str, on: date) -> Interaction:
    """The log of the last working day that the date came from."""
    number = number_of(account)
    story = year.stories[number]
    said = story.setting.work.on_or_before(story.setting.today - DAY)
    when = f"{on:%A}" if on - said < timedelta(days=7) else f"on the {on.day}."
    text = story.pick(phrases.CALL_BACK if outcome == "call_back" else phrases.TODOS)
    summary = text.format(when=when, first=story.setting.people[0].first)
    return Interaction.objects.create(
        account=account,
        contact=year.customers.contacts[number][0],
        kind="call" if outcome == "call_back" else "note",
        outcome=outcome,
        reached=False,
        by_owner_side=True,
        happened_on=said,
        happened_at=datetime.combine(said, time(15, 20), ZoneInfo(user.time_zone)),
        user=user,
        summary=summary,
    )


def _dated(row: Interaction, slot: str, user: User, on: date, **columns: object) -> None:
    Touchpoint.objects.create(
        account=row.account,
        slot=Slot.objects.get(key=slot),
        cycle=f"I{row.pk}",
        anchor="agreed",
        base_on=row.happened_on,
        ideal_on=on,
        planned_on=on,
        due_on=on,
        contact=row.contact,
        assignee=user,
        is_touched=True,
        made_by=row,
        **columns,
    )


def _snoozed(year: Year, user: User, today: date, until: date) -> list[int]:
    """The oldest e-mail due is put off to the day after tomorrow or so."""
    row = (
        Touchpoint.objects.open()
        .filter(assignee=user, kind="email", due_on__lte=today, is_touched=False)
        .select_related("item")
        .order_by("due_on", "id")
        .first()
    )
    if row is None:
        return []
    row.redate(until, on=today)
    row.reason = year.rng.choice(phrases.SNOOZED)
    row.save()
    return [row.account_id]

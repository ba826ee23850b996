"""Servicing campaigns of the demo: one in its second week, one that began yesterday, one that ended well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Account
from cadences import engine
from cadences.campaigns.querysets import last_day
from cadences.models import Campaign, Touchpoint
from contacts.models import Contact, Interaction
from imports.demo.days import DAY
from users.models import User

SELLERS = ("elin", "mads")
SAID = (
    "Introduced myself; they buy from two others and are content with one of them.",
    "The letter has arrived. E-mail in the morning is best, please no text messages.",
    "Sent the case study of a firm of their size; they want to see it working.",
    "Talked through what a trial would take: two days and one of their technicians.",
    "They asked for references and got two names.",
)


def of_some_prospects(users: dict[str, User], today: date) -> None:
    """With prospects who are known by name; calls that fell due meanwhile were made, one was missed."""
    first, second, third = _prospects(users)
    _run(first, today - timedelta(days=9), today)
    _run(second, today - DAY, today)
    ended = _run(third, today - timedelta(days=40), today - timedelta(days=23))
    ended.ended_on, ended.ended_by = today - timedelta(days=22), third.owner
    ended.result = Campaign.Result.APPOINTMENT
    ended.words = "They come to see the machine run; the purchasing manager decides."
    ended.save()
    engine.reconcile([third.pk], today)


def _prospects(users: dict[str, User]) -> Iterator[Account]:
    """Two of the first seller, one of the second."""
    for key, count in zip(SELLERS, (2, 1), strict=True):
        known = Contact.objects.filter(left_on=None).values("account")
        rows = Account.objects.filter(owner=users[key], status=Account.Status.PROSPECT, pk__in=known)
        yield from rows.select_related("owner").order_by("pk")[:count]


def _run(account: Account, started_on: date, until: date) -> Campaign:
    """Day by day, as nights and a salesperson would have it; the third contact was missed."""
    campaign: Campaign = Campaign.objects.create(
        account=account,
        started_on=started_on,
        started_by=account.owner,
        weeks=4,
        ends_on=last_day(started_on, 4),
        reason="Their size and purchases are asked for in the first call",
    )
    made = 0
    for ahead in range((until - started_on).days + 1):
        day = started_on + timedelta(days=ahead)
        engine.reconcile([account.pk], day)
        for row in Touchpoint.objects.open().filter(account=account, cycle=campaign.key, due_on=day):
            made += 1
            if day < until and made != 4:
                _made(row, day, SAID[min(made // 3, len(SAID) - 1)])
    return campaign


def _made(row: Touchpoint, day: date, summary: str) -> None:
    """The contact took place on the day it was due."""
    user = row.assignee
    talk = Interaction.objects.create(
        account_id=row.account_id,
        contact=Contact.objects.filter(account=row.account_id, left_on=None).order_by("pk").first(),
        kind=row.kind,
        outcome="talked" if row.kind in {"call", "meeting"} else "sent",
        reached=row.kind in {"call", "meeting"},
        by_owner_side=True,
        happened_on=day,
        happened_at=datetime.combine(day, time(10, 5), ZoneInfo(user.time_zone)) if user else None,
        user=user,
        summary=summary if row.kind in {"call", "meeting"} else "",
        sentiment=4 if row.kind in {"call", "meeting"} else None,
    )
    row.state, row.closed_on, row.closed_by, row.interaction = Touchpoint.State.DONE, day, user, talk
    row.save()

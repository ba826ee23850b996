"""Which accounts silence.sql has to judge, and which are at risk whatever it would find.

The engine's query over all accounts costs seconds where there are 200,000; few of them are at risk. Whoever
is left out here cannot be listed there: they have an active owner who is present, a date or a calendar that
brings one, no exception of their own, and were spoken to within the interval by which silence.sql measures
them. The engine's last contact is that talk or a later one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, Value, When

from accounts.models import Account, Tier
from cadences.chain import chain, question
from cadences.models import Override, Touchpoint
from cadences.upcoming import NOT_A_CONTACT
from contacts.models import Interaction
from users.models import Absence, User

AHEAD_DAYS = 400
"""How far the plan is asked for a calendar item that will bring a date."""


class Rhythm(NamedTuple):
    """What an account of this rank is measured by; ``since`` None: by no interval."""

    rank: int
    qualifying: list[str] | None
    since: date | None
    is_foreseen: bool


@dataclass(frozen=True)
class Suspects:
    """``certain``: nobody's, or their owner is not here; spoken to in time; in the order of the list."""

    measured: set[int]
    certain: list[int]


def suspects(accounts: QuerySet[Account], reason: str, today: date) -> Suspects:
    """What a chosen reason does not ask for is not looked at. A handful of queries, whatever their number."""
    asked = question([], today, horizon_days=AHEAD_DAYS)
    accounts = accounts.filter(status=Account.Status.CUSTOMER, became_customer_on__lte=today).order_by()
    rhythms, tiers = _rhythms(asked.parameters()), _tiers()
    measured: set[int] = set()
    if reason in ("", "silent"):
        for unheard in _unheard(accounts, rhythms, tiers, asked.parameters()["talks_until"]):
            measured.update(_few(unheard))
    if reason in ("", "no_date"):
        measured.update(_undated(accounts, rhythms, tiers))
    if reason in ("", "silent", "no_date"):
        measured.update(_ids(accounts.filter(pk__in=_exceptions(today).values("account"))))
    alone = _ids(_left_alone(accounts, reason, today)) if reason in ("", "nobody", "left", "away") else ()
    if reason not in ("", "silent"):  # only the list of all weighs their silence too
        return Suspects(measured | set(alone), [])
    return Suspects(measured, [one for one in alone if one not in measured])


def _ids(accounts: QuerySet[Account]) -> Iterable[int]:
    return accounts.values_list("pk", flat=True)


def _few(accounts: QuerySet[Account]) -> Iterable[int]:
    """The planner takes them for half of all, too many to be handed over by a second processor."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('parallel_tuple_cost', '0.001', true)")
        return list(_ids(accounts))


def _rhythms(values: dict[str, Any]) -> list[Rhythm]:
    text = _text().replace("@chain", chain(("10_plan",), for_all=False))
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return [Rhythm(*row) for row in cursor.fetchall()]


@lru_cache(maxsize=1)
def _text() -> str:
    return (Path(__file__).parent / "rhythms.sql").read_text(encoding="utf-8")


def _unheard(
    accounts: QuerySet[Account], rhythms: list[Rhythm], tiers: dict[int, Q], until: date
) -> Iterable[QuerySet[Account]]:
    """Those without a talk in time, for each set of kinds that count: mostly one."""
    for kinds in {tuple(each.qualifying or ()) for each in rhythms if each.since}:
        counted = [each for each in rhythms if each.since and tuple(each.qualifying or ()) == kinds]
        since = {each.rank: each.since for each in counted if each.since}
        talks = Interaction.objects.filter(
            account=OuterRef("pk"), kind__in=kinds, reached=True, by_owner_side=True, withdrawn_at=None,
            happened_on__gte=OuterRef("heard_since"), happened_on__range=(min(since.values()), until),
        )  # fmt: skip
        found = accounts if since.keys() >= tiers.keys() else accounts.filter(_at(since, tiers))
        yield found.annotate(heard_since=_by_rank(since, tiers)).filter(~Exists(talks))


def _tiers() -> dict[int, Q]:
    """Rank -> which accounts stand there; those without a tier on the lowest."""
    tiers = dict(Tier.objects.values_list("rank", "pk"))
    found = {rank: Q(tier=pk) for rank, pk in tiers.items()}
    lowest = min(tiers, default=0)
    return found | {lowest: found.get(lowest, Q()) | Q(tier=None)}


def _at(ranks: Iterable[int], tiers: dict[int, Q]) -> Q:
    """Accounts of these ranks."""
    found = Q(pk__in=[])
    for rank in ranks:
        found |= tiers.get(rank, Q(pk__in=[]))
    return found


def _by_rank(days: dict[int, date], tiers: dict[int, Q]) -> Case:
    whens = [When(tiers[rank], then=Value(day)) for rank, day in days.items() if rank in tiers]
    return Case(*whens, output_field=DateField())


def _undated(accounts: QuerySet[Account], rhythms: list[Rhythm], tiers: dict[int, Q]) -> Iterable[int]:
    """Without an open date, where no calendar item brings one."""
    ranks = [each.rank for each in rhythms if not each.is_foreseen]
    if not ranks:
        return ()
    dates = Touchpoint.objects.open().filter(account=OuterRef("pk")).exclude(kind__in=NOT_A_CONTACT)
    return _ids(accounts.filter(_at(ranks, tiers)).filter(~Exists(dates)))


def _exceptions(today: date) -> QuerySet[Override]:
    return Override.objects.filter(Q(since=None) | Q(since__lte=today), Q(until=None) | Q(until__gte=today))


def _left_alone(accounts: QuerySet[Account], reason: str, today: date) -> QuerySet[Account]:
    """Of nobody, of somebody who has left, or away today; not paused; in the order of the list."""
    away = Absence.objects.filter(starts_on__lte=today, ends_on__gte=today).values("user")
    owners = {
        "left": User.objects.filter(is_active=False),
        "away": User.objects.filter(is_active=True, pk__in=away),
    }
    # their ids first: the planner would read every account for what a handful of owners have
    wanted = Q(owner=None) if reason in ("", "nobody") else Q(pk__in=[])
    for why, people in owners.items():
        if reason in ("", why):
            wanted |= Q(owner__in=list(people.order_by().values_list("pk", flat=True)))
    paused = Q(paused_until__isnull=False, paused_from__lte=today, paused_until__gte=today)
    # whose owner is away counts less than nobody's, and those of whoever has left
    is_away = Case(When(owner__is_active=True, then=1), default=0)
    return accounts.filter(wanted).exclude(paused).order_by(is_away, F("name_folded"), "pk")

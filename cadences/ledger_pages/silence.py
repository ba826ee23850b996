"""Accounts at risk of silence (R19): seen by the manager before the customer calls."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from accounts.models import Account, Tier
from cadences.chain import MEASURED, chain, expand, question, tune
from cadences.ledger_pages.choice import NOBODY
from cadences.ledger_pages.scope import accounts_looked_after_by
from cadences.ledger_pages.suspects import AHEAD_DAYS, suspects
from cadences.models import Touchpoint
from cadences.upcoming import NOT_A_CONTACT
from cadences.why import said
from core.pagination import PAGE_SIZE, Page
from core.text import whole_number
from users.clock import company_today
from users.models import User

REASONS: dict[str, Any] = {
    "silent": lazy("Silent for longer than the plan"),
    "no_date": lazy("No next date"),
    "nobody": lazy("Nobody assigned"),
    "left": lazy("Owner deactivated"),
    "away": lazy("Owner away today"),
}
WEIGHT, AWAY_WEIGHT = 90, 10
"""No owner, and no next date, count like so many more days of silence; an owner's absence like a few."""


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; nonsense asks for nothing."""

    team: int | None = None
    owner: str = ""
    tier: int | None = None
    reason: str = ""

    @classmethod
    def read(cls, params: QueryDict) -> Wanted:
        owner, reason = params.get("owner", ""), params.get("reason", "")
        return cls(
            team=whole_number(params.get("team", "")),
            owner=owner if owner == NOBODY or whole_number(owner) is not None else "",
            tier=whole_number(params.get("tier", "")),
            reason=reason if reason in REASONS else "",
        )

    @property
    def is_filtered(self) -> bool:
        return self != Wanted()


class Found(NamedTuple):
    """One row of the query; ``total`` is that of all pages."""

    account_id: int
    owner_id: int | None
    tier_id: int | None
    contact_on: date | None
    silent_from: date | None
    plan_days: int | None
    over_days: int | None
    next_on: date | None
    no_date: bool
    nobody: bool
    has_left: bool
    away_until: date | None
    total: int


@dataclass(frozen=True)
class Risk:
    """One account as the page shows it: the reasons in words, the worst first."""

    account: Account
    found: Found
    words: list[str]
    next_by: User | None


def at_risk(user: User, wanted: Wanted, number: int) -> Page:
    """One page, worst first: who is suspected, the engine's query over those, two small ones."""
    today, offset = company_today(), (number - 1) * PAGE_SIZE
    suspected = suspects(_accounts(user, wanted), wanted.reason, today)
    # nobody's accounts stand in an order that is known: only those that may be on this page are measured
    some = suspected.certain[: offset + PAGE_SIZE + 1]
    found = _ask([*suspected.measured, *some], wanted, today, offset)
    if not found and number > 1:
        return at_risk(user, wanted, 1)
    rows = found[:PAGE_SIZE]
    total = found[0].total + len(suspected.certain) - len(some) if found else 0
    return Page(
        _shown(rows, today), number, PAGE_SIZE, total, more_than=False, has_next=len(found) > PAGE_SIZE
    )


def own_silence(owner: User, today: date, most: int) -> list[Risk]:
    """The owner's customers that have been silent for longer than the plan wants, the worst first."""
    wanted = Wanted(reason="silent")
    suspected = suspects(Account.objects.filter(owner=owner), wanted.reason, today)
    return _shown(_ask(suspected.measured, wanted, today, 0)[:most], today)


def _accounts(user: User, wanted: Wanted) -> QuerySet[Account]:
    """The accounts to ask about."""
    accounts = accounts_looked_after_by(user)
    if wanted.team:
        accounts = accounts.filter(owner__team=wanted.team)
    if wanted.owner:
        accounts = accounts.filter(owner=None if wanted.owner == NOBODY else int(wanted.owner))
    return accounts.filter(tier=wanted.tier) if wanted.tier is not None else accounts


def _ask(account_ids: Collection[int], wanted: Wanted, today: date, offset: int) -> list[Found]:
    if not account_ids:
        return []
    asked = question(account_ids, today, horizon_days=AHEAD_DAYS)
    values = {
        **asked.parameters(),
        "reason": wanted.reason,
        "weight": WEIGHT,
        "away_weight": AWAY_WEIGHT,
        "limit": PAGE_SIZE + 1,
        "offset": offset,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        tune(cursor, asked)
        cursor.execute(_statement(), values)
        return [Found(*row) for row in cursor.fetchall()]


def _statement() -> str:
    """The ids stand in the query once: weighing them wherever they are used takes the planner longer than
    answering."""
    text = expand(_text(), for_all=False).replace("@chain", chain(MEASURED, for_all=False))
    ids = "%(ids)s::bigint[]"
    text = text.replace(ids, "(SELECT ids FROM given)::bigint[]")
    return text.replace("WITH ", f"WITH given AS MATERIALIZED (SELECT {ids} AS ids),\n", 1)


@lru_cache(maxsize=1)
def _text() -> str:
    return (Path(__file__).parent / "silence.sql").read_text(encoding="utf-8")


def _shown(rows: list[Found], today: date) -> list[Risk]:
    ids = [row.account_id for row in rows]
    accounts = Account.objects.select_related("owner", "tier").in_bulk(ids)
    by = _next_by(ids)
    return [
        Risk(account, row, list(_words(account, row, by.get(row.account_id), today)), by.get(row.account_id))
        for row in rows
        if (account := accounts.get(row.account_id)) is not None
    ]


def _next_by(account_ids: list[int]) -> dict[int, User]:
    """Who has to keep each account's next date: the engine has found a stand-in for whoever is away."""
    rows = Touchpoint.objects.open().filter(account__in=account_ids).exclude(kind__in=NOT_A_CONTACT)
    found: dict[int, User] = {}
    for row in rows.select_related("assignee").order_by("account", "due_on", "id").distinct("account"):
        if row.assignee is not None:
            found[row.account_id] = row.assignee
    return found


def _words(account: Account, row: Found, by: User | None, today: date) -> Any:
    """ "Silent 94 days, plan 60", "no next date", "Kari Holm left on 3 May"."""
    if row.over_days and row.silent_from:
        days = (today - row.silent_from).days
        words = {"n": days, "plan": row.plan_days}
        if row.contact_on:
            yield (
                ngettext("silent %(n)d day, plan %(plan)d", "silent %(n)d days, plan %(plan)d", days) % words
            )
        else:
            yield (
                ngettext(
                    "never spoken to, for %(n)d day, plan %(plan)d",
                    "never spoken to, for %(n)d days, plan %(plan)d",
                    days,
                )
                % words
            )
    if row.no_date:
        yield _("no next date")
    if row.nobody:
        yield _("nobody assigned")
    if account.owner is not None:
        yield from _owner_words(account.owner, row, by)


def _owner_words(owner: User, row: Found, by: User | None) -> Any:
    words = {"owner": owner.display_name, "by": by.display_name if by else ""}
    if row.has_left and owner.deactivated_at:
        yield _("%(owner)s left on %(on)s") % {**words, "on": said(timezone.localdate(owner.deactivated_at))}
    elif row.has_left:
        yield _("%(owner)s has left") % words
    if row.away_until:
        words["until"] = said(row.away_until)
        if by is not None and by.pk != owner.pk:
            yield _("%(owner)s is away until %(until)s, %(by)s stands in") % words
        else:
            yield _("%(owner)s is away until %(until)s") % words


def tiers_to_choose(user: User) -> Any:
    return Tier.objects.visible_to(user).order_by("-rank")

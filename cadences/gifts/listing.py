"""The list of a year: whom a slot's gift or greeting is owed to, whether it can arrive, and what it costs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from cadences.models import GiftBudget, Plan, Slot, Touchpoint
from cadences.plan_querysets import SlotQuerySet
from cadences.planned.rows import mains_of, recipients
from cadences.preview import preview
from contacts.models import Contact
from correspondence.letters.making import address_gaps
from correspondence.models import Use
from users.models import User

MOST_ASKED = 500
"""So many accounts are asked what comes later in the year; a page of more would let people wait."""

MONEY: DecimalField[Any, Any] = DecimalField(max_digits=14, decimal_places=2)
HEADER = (
    _("Account"), _("Owner"), _("Contact"), _("Street"), _("Postal code"), _("City"), _("Country"), _("Day"),
    _("What"), _("Cost"), _("State"), _("Sent"), _("Thanks"),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One gift that is owed, was sent, or comes later in the year (``touchpoint`` None)."""

    account: Account
    contact: Contact | None
    due_on: date
    what: str
    cost: Decimal
    touchpoint: Touchpoint | None = None
    may_tick: bool = False

    @property
    def gaps(self) -> tuple[str, ...]:
        """Parts of the address that are missing."""
        return address_gaps(self.account)

    @property
    def state(self) -> str:
        """open, done, skipped, lapsed or later."""
        return self.touchpoint.state if self.touchpoint is not None else "later"

    @property
    def thanked_on(self) -> date | None:
        gift = getattr(self.touchpoint, "gift", None)
        return gift.thanked_on if gift is not None else None


@dataclass(frozen=True)
class Sums:
    """Of one owner, or of all: how many and how much. ``share``: of the budget, by how many are owed."""

    name: str
    rows: int
    sent: int
    spent: Decimal
    planned: Decimal
    share: Decimal

    @property
    def left(self) -> Decimal:
        return self.share - self.spent - self.planned

    @property
    def over(self) -> Decimal:
        """By how much it is more than was meant."""
        return max(Decimal(0), -self.left)


def slots() -> SlotQuerySet:
    """What is given or sent as a greeting: by the running plan, or by an earlier one to somebody."""
    given = Q(items__kind="gift") | Q(items__template__use__in=[Use.GIFT, Use.GREETING])
    running = Q(items__plan__state=Plan.State.RUNNING, items__is_off=False)
    was_owed = Exists(Touchpoint.objects.filter(slot=OuterRef("pk")).exclude(state="cancelled"))
    mine = Slot.objects.of_plans().filter(given & (running | was_owed))
    return mine.distinct().order_by("position", "pk")


def of_year(year: int, slot: Slot, accounts: Any = None) -> QuerySet[Touchpoint]:
    """What is or was owed in that year; what nobody owes any more is left out."""
    rows = Touchpoint.objects.filter(slot=slot, planned_on__year=year).exclude(state="cancelled")
    rows = rows if accounts is None else rows.filter(account__in=accounts)
    return rows.select_related("account__owner", "contact", "gift").order_by(
        "due_on", "account__name_folded", "pk"
    )


def rows_of(
    touchpoints: Sequence[Touchpoint], budget: GiftBudget | None, user: User | None = None
) -> list[Row]:
    """As the page shows them; two queries."""
    people = recipients(touchpoints)
    ids = [row.pk for row in touchpoints]
    mine = (
        Touchpoint.objects.editable_by(user).filter(pk__in=ids)
        if user is not None
        else Touchpoint.objects.none()
    )
    editable = set(mine.values_list("pk", flat=True))
    found = []
    for row in touchpoints:
        gift = getattr(row, "gift", None)
        found.append(
            Row(
                row.account,
                people.get(row.pk),
                row.due_on,
                (gift.what if gift else "") or (budget.what if budget else ""),
                gift.cost if gift and gift.cost is not None else budget.each if budget else Decimal(0),
                row,
                row.pk in editable,
            )
        )
    return found


def later(year: int, slot: Slot, ids: Collection[int], budget: GiftBudget | None, today: date) -> list[Row]:
    """What the plan will owe until the year ends, so that addresses can be mended in time; four queries."""
    last = date(year, 12, 31)
    if not ids or last < today:
        return []
    stored = set(of_year(year, slot, ids).order_by().values_list("account", "cycle"))
    owed = [
        one
        for one in preview(ids, today, (last - today).days)
        if one.slot_id == slot.pk
        and one.planned_on.year == year
        and (one.account_id, one.cycle) not in stored
        and not one.is_projected
    ]
    accounts = Account.objects.select_related("owner").in_bulk({one.account_id for one in owed})
    mains = mains_of(accounts)
    what, each = (budget.what, budget.each) if budget else ("", Decimal(0))
    rows = [Row(accounts[one.account_id], mains.get(one.account_id), one.due_on, what, each) for one in owed]
    return sorted(rows, key=lambda row: (row.due_on, row.account.name))


def sums(year: int, slot: Slot, budget: GiftBudget | None) -> list[Sums]:
    """What was spent and is planned, by owner; the whole company in front; one query."""
    cost = Coalesce(F("gift__cost"), Value(budget.each if budget else Decimal(0), output_field=MONEY))
    rows = list(
        of_year(year, slot)
        .order_by()
        .values("account__owner", "account__owner__display_name")
        .annotate(
            n=Count("pk"),
            sent=Count("pk", filter=Q(state="done")),
            spent=Coalesce(Sum(cost, filter=Q(state="done")), Decimal(0), output_field=MONEY),
            planned=Coalesce(Sum(cost, filter=Q(state="open")), Decimal(0), output_field=MONEY),
        )
        .order_by("account__owner__display_name")
    )
    amount, total = (budget.amount if budget else Decimal(0)), sum(row["n"] for row in rows)
    each = [
        Sums(
            row["account__owner__display_name"] or "",
            row["n"],
            row["sent"],
            row["spent"],
            row["planned"],
            (amount * row["n"] / total).quantize(Decimal("0.01")),
        )
        for row in rows
    ]
    spent, planned = (sum((getattr(one, name) for one in each), Decimal(0)) for name in ("spent", "planned"))
    return [Sums("", total, sum(one.sent for one in each), spent, planned, amount), *each]


def file_rows(year: int, slot: Slot, accounts: Any, budget: GiftBudget | None) -> Iterator[tuple[Any, ...]]:
    """The list as a file, for whoever packs: a thousand at a time."""
    rows = of_year(year, slot, accounts)
    for start in range(0, rows.count(), 1_000):
        for row in rows_of(list(rows[start : start + 1_000]), budget):
            account, touchpoint = row.account, row.touchpoint
            sent = touchpoint.closed_on if touchpoint and touchpoint.state == "done" else None
            yield (
                account.name, account.owner.display_name if account.owner else "",
                row.contact.name if row.contact else "", account.street, account.postal_code, account.city,
                str(account.country or ""), row.due_on, row.what, row.cost, row.state, sent, row.thanked_on,
            )  # fmt: skip

"""How we stand with an account: the facts of its page, in as few queries as the page needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import JSONObject
from django.utils import formats, timezone

from accounts.models import Account, BookEntry
from cadences.account_pages.rows import a_year_before, last_sale
from cadences.models import Touchpoint
from cadences.words import short_why
from contacts.models import Ask, Commitment, Concern, Contact, Interaction
from core.places import zone_of
from sales.models import Purchase
from users.clock import zone
from users.models import User

RECENT_PURCHASES = 10


def for_page(user: User) -> QuerySet[Account]:
    """Accounts with what the page says in its first lines; one query for one account."""
    return (
        Account.objects.visible_to(user)
        .select_related("owner", "tier", "tier_before")
        .annotate(
            is_editable=Exists(Account.objects.editable_by(user).filter(pk=OuterRef("pk"))),
            last_sale_on=last_sale(),
            is_in_book=Exists(BookEntry.objects.filter(user=user, account=OuterRef("pk"))),
            last_contact=ArraySubquery(
                Interaction.objects.standing()
                .filter(account=OuterRef("pk"), reached=True)
                .latest_first()
                .values(
                    json=JSONObject(
                        on="happened_on", kind="kind", by="user__display_name", sentiment="sentiment",
                        first="contact__first_name", last="contact__last_name",
                    )
                )[:1]
            ),
            moods=ArraySubquery(
                Interaction.objects.standing()
                .filter(account=OuterRef("pk"), sentiment__isnull=False)
                .latest_first()
                .values("sentiment")[:5]
            ),
        )
    )  # fmt: skip


@dataclass(frozen=True)
class Money:
    """Net sales of one currency: 12 months up to today, and the 12 months before."""

    currency: str
    now: Decimal
    before: Decimal

    @property
    def trend(self) -> str:
        """up, down or same; within 5 % counts as same."""
        if abs(self.now - self.before) * 20 <= max(abs(self.now), abs(self.before)):
            return "same"
        return "up" if self.now > self.before else "down"


@dataclass(frozen=True)
class Owed:
    """An open touchpoint with its lateness today and the line that says why it is owed."""

    touchpoint: Touchpoint
    late_days: int
    is_due: bool
    why: str


def money_of(account: Account, today: date) -> list[Money]:
    """Sales by currency, the currency of most money first."""
    start, before = a_year_before(today), a_year_before(a_year_before(today))
    sums = (
        Purchase.objects.filter(
            account=account, voided_at=None, purchased_on__gt=before, purchased_on__lte=today
        )
        .order_by()
        .values("currency")
        .annotate(
            now=Sum("amount", filter=Q(purchased_on__gt=start), default=Decimal(0)),
            before=Sum("amount", filter=Q(purchased_on__lte=start), default=Decimal(0)),
        )
    )
    found = [Money(row["currency"], row["now"], row["before"]) for row in sums]
    return sorted(found, key=lambda one: -(abs(one.now) + abs(one.before)))


def purchases_of(account: Account) -> QuerySet[Purchase]:
    """The latest purchases and one more, which tells whether there are more; voided ones included."""
    latest = Purchase.objects.filter(account=account).order_by("-purchased_on", "-id")
    return latest.select_related("sold_by").annotate(line_count=Count("lines"))[: RECENT_PURCHASES + 1]


def owed_to(account: Account, user: User, today: date) -> list[Owed]:
    """What is owed next, first due first, each with its why."""
    rows = (
        Touchpoint.objects.open()
        .visible_to(user)
        .filter(account=account)
        .select_related("slot", "item", "assignee", "contact")
        .order_by("due_on", "due_at", "id")
    )
    return [_owed(row, account, today) for row in rows]


def _owed(row: Touchpoint, account: Account, today: date) -> Owed:
    row.account = account  # known already: spares a query per line
    late = (today - row.planned_on).days - row.tolerance_days
    return Owed(row, late_days=max(0, late), is_due=row.due_on <= today, why=short_why(row))


def people_of(account: Account) -> list[Contact]:
    """Everybody at the account, who works there first, whom we call in front."""
    rows = Contact.objects.filter(account=account).order_by("-is_main", "name_folded", "id")
    return sorted(rows, key=lambda contact: contact.left_on is not None)


def concerns_of(account: Account, user: User) -> QuerySet[Concern]:
    """Open concerns, worst first, each with whether this user may resolve it."""
    editable = Concern.objects.editable_by(user).filter(pk=OuterRef("pk"))
    rows = Concern.objects.open().filter(account=account).worst_first()
    return rows.select_related("owner", "raised_by", "contact").annotate(is_editable=Exists(editable))


def commitments_of(account: Account, user: User) -> QuerySet[Commitment]:
    """Open promises, ours and theirs, first due first."""
    editable = Commitment.objects.editable_by(user).filter(pk=OuterRef("pk"))
    rows = Commitment.objects.open().filter(account=account).order_by("due_on", "id")
    return rows.select_related("user", "contact").annotate(is_editable=Exists(editable))


def asks_of(account: Account) -> QuerySet[Ask]:
    """The latest asks for referrals and testimonials."""
    rows = Ask.objects.filter(account=account).order_by("-asked_on", "-id")
    return rows.select_related("asked_by", "contact")[:10]


def clock_there(account: Account) -> str:
    """What the clock on the account's wall says; empty where its zone is not known."""
    name = account.time_zone or zone_of(str(account.country or ""))
    return str(formats.time_format(timezone.now().astimezone(zone(name)), "H:i")) if name else ""


def _quiet_since(account: Any, today: date) -> date | None:
    """The last sale, where it is half a year ago or more (R8)."""
    last: date | None = account.last_sale_on
    return last if last and last < today - timedelta(days=182) else None


def page_facts(account: Any, user: User, today: date) -> dict[str, Any]:
    """All facts of the page but the timeline. Queries: seven, for two rows of each and for twenty."""
    concerns = list(concerns_of(account, user))
    owed = owed_to(account, user, today)
    purchases = list(purchases_of(account))
    return {
        "account": account,
        "money": money_of(account, today),
        "quiet_since": _quiet_since(account, today),
        "last": account.last_contact[0] if account.last_contact else None,
        "moods": account.moods,
        "owed": owed,
        "next": next((one for one in owed if one.touchpoint.kind != Touchpoint.Kind.SURVEY), None),
        "people": people_of(account),
        "concerns": concerns,
        "commitments": list(commitments_of(account, user)),
        "asks": list(asks_of(account)),
        "purchases": purchases[:RECENT_PURCHASES],
        "more_purchases": len(purchases) > RECENT_PURCHASES,
        "there": clock_there(account),
        "today": today,
    }

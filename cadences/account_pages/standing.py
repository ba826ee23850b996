"""How we stand with an account: the facts of its page, in as few queries as the page needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, QuerySet
from django.utils import formats, timezone

from accounts.models import Account, Tag
from accounts.services import may_edit
from cadences.account_pages.rows import a_year_before
from cadences.models import PlanItem, Touchpoint
from cadences.words import short_why
from contacts.models import Ask, Commitment, Concern, Contact
from contacts.querysets import marked_own
from core.places import zone_of
from sales.models import Purchase
from users.clock import zone
from users.models import User

RECENT_PURCHASES = 10


def for_page(user: User) -> QuerySet[Account]:
    """Accounts with the rows their page names."""
    tags = Tag.objects.filter(accounts=OuterRef("pk")).order_by("name").values("name")
    rows = Account.objects.visible_to(user).select_related("owner", "tier", "tier_before")
    return rows.annotate(tag_names=ArraySubquery(tags))


# Written by hand because the page is opened all day: building the same with the ORM costs more than
# the database needs to answer it.
STANDING = """
SELECT (SELECT max(purchased_on) FROM sales_purchase p
        WHERE p.account_id = %(account)s AND voided_at IS NULL AND amount > 0),
       (SELECT jsonb_build_object('on', i.happened_on, 'kind', i.kind, 'by', u.display_name,
                                  'sentiment', i.sentiment,
                                  'person', trim(c.first_name || ' ' || c.last_name))
        FROM contacts_interaction i
        LEFT JOIN users_user u ON u.id = i.user_id
        LEFT JOIN contacts_contact c ON c.id = i.contact_id
        WHERE i.account_id = %(account)s AND i.withdrawn_at IS NULL AND i.reached
        ORDER BY i.happened_on DESC, i.id DESC LIMIT 1),
       ARRAY(SELECT i.sentiment FROM contacts_interaction i
             WHERE i.account_id = %(account)s AND i.withdrawn_at IS NULL AND i.sentiment IS NOT NULL
             ORDER BY i.happened_on DESC, i.id DESC LIMIT 5),
       EXISTS (SELECT 1 FROM accounts_bookentry b WHERE b.account_id = %(account)s AND b.user_id = %(user)s),
       (SELECT jsonb_agg(jsonb_build_array(currency, now::text, before::text))
        FROM (SELECT currency,
                     coalesce(sum(amount) FILTER (WHERE purchased_on > %(start)s), 0) AS now,
                     coalesce(sum(amount) FILTER (WHERE purchased_on <= %(start)s), 0) AS before
              FROM sales_purchase p
              WHERE p.account_id = %(account)s AND voided_at IS NULL
                AND purchased_on > %(before)s AND purchased_on <= %(today)s
              GROUP BY currency) sums),
       EXISTS (SELECT 1 FROM contacts_concern o WHERE o.account_id = %(account)s AND o.confirmed_on IS NULL),
       EXISTS (SELECT 1 FROM contacts_commitment o WHERE o.account_id = %(account)s AND o.state = 'open'),
       EXISTS (SELECT 1 FROM contacts_ask o WHERE o.account_id = %(account)s)
"""


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
    """An open touchpoint with its lateness today and the line that says why it is owed.

    What the system sends (``is_system``) is never late to the reader: nobody here can do it. What of it
    lies in the past (``is_unsent``) says so.
    """

    touchpoint: Touchpoint
    late_days: int
    is_due: bool
    is_system: bool
    why: str
    is_unsent: bool = False


@dataclass(frozen=True)
class Standing:
    """The first lines of the page. ``last``: the latest contact in which the customer was reached.

    ``has_…``: whether such a list has any rows; most accounts have none, and their page does not ask.
    """

    last_sale_on: date | None
    last: dict[str, Any] | None
    moods: list[int]
    is_in_book: bool
    money: list[Money]
    has_concerns: bool
    has_commitments: bool
    has_asks: bool

    def quiet_since(self, today: date) -> date | None:
        """The last sale, where it is half a year ago or more (R8)."""
        last = self.last_sale_on
        return last if last and last < today - timedelta(days=182) else None


def standing_of(account: Account, user: User, today: date) -> Standing:
    """Last sale and contact, moods, sales of 12 months by currency: one query."""
    start = a_year_before(today)
    days = {"start": start, "before": a_year_before(start), "today": today}
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"account": account.pk, "user": user.pk, **days})
        last_sale_on, last, moods, is_in_book, sums, *has = cursor.fetchone()
    money = [Money(currency, Decimal(now), Decimal(before)) for currency, now, before in _json(sums) or []]
    money.sort(key=lambda one: -(abs(one.now) + abs(one.before)))
    return Standing(last_sale_on, _json(last), moods, is_in_book, money, *has)


def _json(value: Any) -> Any:
    """Psycopg hands out jsonb as text where Django has not asked for it."""
    return json.loads(value) if isinstance(value, str) else value


def purchases_of(account: Account) -> QuerySet[Purchase]:
    """The latest purchases and one more, which tells whether there are more; voided ones included."""
    latest = Purchase.objects.filter(account=account).order_by("-purchased_on", "-id")
    return latest.select_related("sold_by")[: RECENT_PURCHASES + 1]


def owed_to(account: Account, user: User, today: date) -> list[Owed]:
    """What is owed next, first due first, each with its why."""
    rows = (
        Touchpoint.objects.open()
        .visible_to(user)
        .filter(account=account)
        .with_own_interval(today)
        .select_related("slot", "item", "assignee", "contact")
        .order_by("due_on", "due_at", "id")
    )
    return [_owed(row, account, today) for row in rows]


def _owed(row: Touchpoint, account: Account, today: date) -> Owed:
    row.account = account  # known already: spares a query per line
    is_system = row.item is not None and row.item.assignee == PlanItem.Assignee.NOBODY
    late = 0 if is_system else (today - row.planned_on).days - row.tolerance_days
    is_due = row.due_on <= today and not is_system
    return Owed(
        row,
        late_days=max(0, late),
        is_due=is_due,
        is_system=is_system,
        why=short_why(row),
        is_unsent=is_system and row.due_on < today,
    )


def people_of(account: Account) -> list[Contact]:
    """Everybody at the account, who works there first, whom we call in front."""
    rows = Contact.objects.filter(account=account).order_by("-is_main", "name_folded", "id")
    return sorted(rows, key=lambda contact: contact.left_on is not None)


def concerns_of(account: Account, today: date) -> QuerySet[Concern]:
    """Open concerns, worst first; then lately solved ones that the customer has not confirmed."""
    rows = Concern.objects.on_the_table(today).filter(account=account).by_urgency()
    return rows.select_related("owner", "raised_by", "contact")


def commitments_of(account: Account) -> QuerySet[Commitment]:
    """Open promises, ours and theirs, first due first."""
    rows = Commitment.objects.open().filter(account=account).order_by("due_on", "id")
    return rows.select_related("user", "contact")


def asks_of(account: Account) -> QuerySet[Ask]:
    """The latest asks for referrals and testimonials."""
    rows = Ask.objects.filter(account=account).order_by("-asked_on", "-id")
    return rows.select_related("asked_by", "contact")[:10]


def clock_there(account: Account) -> str:
    """What the clock on the account's wall says; empty where its zone is not known."""
    name = account.time_zone or zone_of(str(account.country or ""))
    return str(formats.time_format(timezone.now().astimezone(zone(name)), "H:i")) if name else ""


def page_facts(account: Account, user: User, today: date) -> dict[str, Any]:
    """All facts of the page but the timeline. Eight queries at most, however many rows."""
    editable = may_edit(user, account)
    standing = standing_of(account, user, today)
    owed = owed_to(account, user, today)
    purchases = list(purchases_of(account))
    return {
        "account": account,
        "is_editable": editable,
        "may_reassign": editable and (user.is_manager or user.is_admin),
        "standing": standing,
        "quiet_since": standing.quiet_since(today),
        "owed": owed,
        "next": next(
            (one for one in owed if not one.is_system and one.touchpoint.kind != Touchpoint.Kind.TODO), None
        ),
        "people": people_of(account),
        "concerns": marked_own(
            concerns_of(account, today) if standing.has_concerns else (), user, editable=editable
        ),
        "commitments": marked_own(
            commitments_of(account) if standing.has_commitments else (), user, editable=editable
        ),
        "asks": marked_own(asks_of(account) if standing.has_asks else (), user, editable=editable),
        "purchases": purchases[:RECENT_PURCHASES],
        "more_purchases": len(purchases) > RECENT_PURCHASES,
        "there": clock_there(account),
        "today": today,
    }

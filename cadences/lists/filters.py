"""What the account list can be filtered by: one function per filter, joined by *and*."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from accounts.models import Account, BookEntry
from cadences.lists import facts
from cadences.models import Touchpoint
from contacts.models import Concern, Interaction
from users.models import Company, User

if TYPE_CHECKING:
    from cadences.lists.choice import Choice

Rows = QuerySet[Account]


def matching(user: User, choice: Choice, today: date) -> Rows:
    """The accounts that the filters leave, in no order."""
    rows: Rows = Account.objects.visible_to(user).search(choice.q).of_owner(choice.owner, user)
    for wanted, narrow in _FILTERS:
        if getattr(choice, wanted):
            rows = narrow(rows, choice, user, today)
    return rows


def _tier(rows: Rows, choice: Choice, _user: User, _today: date) -> Rows:
    return rows.filter(tier_id__in=choice.tiers)


def _status(rows: Rows, choice: Choice, _user: User, _today: date) -> Rows:
    return rows.filter(status__in=choice.statuses)


def _country(rows: Rows, choice: Choice, _user: User, _today: date) -> Rows:
    return rows.filter(country__in=choice.countries)


def _tag(rows: Rows, choice: Choice, _user: User, _today: date) -> Rows:
    """One of the tags."""
    hung = Account.tags.through.objects.filter(account=OuterRef("pk"), tag_id__in=choice.tags)
    return rows.filter(Exists(hung))


def _book(rows: Rows, choice: Choice, user: User, _today: date) -> Rows:
    mine = Exists(BookEntry.objects.filter(account=OuterRef("pk"), user=user))
    return rows.filter(mine if choice.book == "in" else ~mine)


def _silent(rows: Rows, choice: Choice, _user: User, today: date) -> Rows:
    """Nobody was reached for longer than so many days; never counts as longer."""
    since = today - timedelta(days=choice.silent or 0)
    spoke = Interaction.objects.standing().filter(
        account=OuterRef("pk"), reached=True, happened_on__gte=since
    )
    return rows.filter(~Exists(spoke))


def _sold_before(rows: Rows, choice: Choice, _user: User, _today: date) -> Rows:
    """They have bought, but nothing since that day."""
    sales = facts.sales()
    return rows.filter(Exists(sales), ~Exists(sales.filter(purchased_on__gte=choice.sold_before)))


def _sold_since(rows: Rows, choice: Choice, _user: User, _today: date) -> Rows:
    """Their last sale was on that day or later."""
    return rows.filter(Exists(facts.sales().filter(purchased_on__gte=choice.sold_since)))


def _employees(rows: Rows, choice: Choice, _user: User, _today: date) -> Rows:
    return rows.filter(employees__gte=choice.employees)


def _sales(rows: Rows, choice: Choice, _user: User, today: date) -> Rows:
    """Net sales of 12 months, in the company's currency as the rules of tiers count them."""
    bought = facts.all_purchases_12m(today).filter(currency=Company.get().currency).order_by()
    sums = bought.values("account").annotate(total=Sum("amount")).filter(total__gte=choice.sales)
    return rows.filter(pk__in=sums.values("account"))


def _concern(rows: Rows, _choice: Choice, _user: User, _today: date) -> Rows:
    return rows.filter(Exists(Concern.objects.open().filter(account=OuterRef("pk"))))


def _paused(rows: Rows, choice: Choice, _user: User, today: date) -> Rows:
    return rows.filter(paused_on(today) if choice.paused == "yes" else ~paused_on(today))


def _no_next(rows: Rows, _choice: Choice, _user: User, today: date) -> Rows:
    return without_next_date(rows, today)


_FILTERS: tuple[tuple[str, Callable[[Rows, Choice, User, date], Rows]], ...] = (
    ("tiers", _tier),
    ("statuses", _status),
    ("countries", _country),
    ("tags", _tag),
    ("book", _book),
    ("silent", _silent),
    ("sold_before", _sold_before),
    ("sold_since", _sold_since),
    ("employees", _employees),
    ("sales", _sales),
    ("concern", _concern),
    ("paused", _paused),
    ("no_next", _no_next),
)


def paused_on(day: date) -> Q:
    """Nothing is owed to the account on that day; never null, so that it can be negated."""
    return Q(paused_from__isnull=False, paused_from__lte=day, paused_until__gte=day)


def without_next_date(rows: Rows, today: date) -> Rows:
    """Customers who are not paused and for whom nobody has a next contact to make.

    What the system sends by itself (surveys) is no next contact: no person makes it.
    """
    owed = Touchpoint.objects.open().for_people().filter(account=OuterRef("pk"), assignee__is_active=True)
    return rows.filter(~paused_on(today), ~Exists(owed), status=Account.Status.CUSTOMER)

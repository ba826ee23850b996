"""The account list: whose accounts, how they stand, when we last spoke and when we speak next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.expressions import OrderBy
from django.db.models.functions import JSONObject
from django.http import QueryDict

from accounts.models import Account, Tier
from accounts.querysets import known_owner
from cadences.models import Touchpoint
from contacts.models import Concern, Interaction
from core.pagination import Page, paginate
from core.text import whole_number
from sales.models import Purchase
from users.models import User

SORTS = ("name", "tier", "owner", "last_sale", "sales", "last_contact", "next_contact")
DEFAULT_SORT = "name"


@dataclass(frozen=True)
class Choice:
    """What the address of the list asks for; nonsense falls back to the default."""

    q: str = ""
    owner: str = "all"
    tier: str = ""
    status: str = ""
    book: bool = False
    sort: str = DEFAULT_SORT
    filtered: bool = field(default=False, compare=False)

    @classmethod
    def read(cls, params: QueryDict, user: User) -> Choice:
        """Salespeople start with their own accounts, managers with their team's, others with all."""
        owner = params.get("owner") or default_owner(user)
        sort = params.get("sort", DEFAULT_SORT)
        status = params.get("status", "")
        tier = params.get("tier", "")
        return cls(
            q=params.get("q", "").replace("\x00", "").strip()[:100],
            owner=known_owner(owner),
            tier=tier if whole_number(tier) is not None else "",
            status=status if status in Account.Status.values else "",
            book=params.get("book") == "1",
            sort=sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT,
            filtered=any(params.get(name) for name in ("q", "tier", "status", "book")),
        )


def default_owner(user: User) -> str:
    if user.has_role(User.Role.SALESPERSON):
        return "me"
    return "team" if user.is_manager else "all"


def account_page(user: User, choice: Choice, number: int, today: date) -> Page:
    """One page of the list: a bounded count, and one query for the rows of this page.

    The inner query decides which ids stand on the page and computes only what it sorts by; the facts
    of the columns are looked up for those rows alone, however deep the page.
    """
    found = matching(user, choice)
    ordered = in_order(found, choice.sort, today)
    return paginate(_Facts(found, ordered, choice.sort, today), number)


def matching(user: User, choice: Choice) -> QuerySet[Account]:
    """The accounts that the filters leave."""
    rows = Account.objects.visible_to(user).search(choice.q).of_owner(choice.owner, user)
    if choice.book:
        rows = rows.in_book_of(user)
    if choice.tier:
        rows = rows.filter(tier_id=int(choice.tier))
    if choice.status:
        rows = rows.filter(status=choice.status)
    return rows


def in_order(rows: QuerySet[Account], sort: str, today: date) -> QuerySet[Account]:
    """Sorted by a column; whoever has no value there comes last in both directions."""
    key = sort.removeprefix("-")
    columns = {"name": "name_folded", "tier": "tier__rank", "owner": "owner__display_name"}
    if key not in columns:
        rows = rows.annotate(sort_key=_sort_keys(today)[key])
    column = F(columns.get(key, "sort_key"))
    first: OrderBy = column.desc(nulls_last=True) if sort.startswith("-") else column.asc(nulls_last=True)
    if key == "name":
        direction = "-" if sort.startswith("-") else ""
        return rows.order_by(f"{direction}name_folded", f"{direction}id")
    return rows.order_by(first, "name_folded", "id")


class _Facts:
    """Slices like a queryset: the ids of the slice in a subquery, the facts for them around it."""

    def __init__(self, found: QuerySet[Account], ordered: QuerySet[Account], sort: str, today: date) -> None:
        self.found, self.ordered, self.sort, self.today = found, ordered, sort, today

    def order_by(self) -> QuerySet[Account]:
        return self.found.order_by()

    def __getitem__(self, part: slice) -> QuerySet[Account]:
        ids = self.ordered.values("pk")[part]
        rows = with_facts(Account.objects.filter(pk__in=ids).select_related("owner", "tier"), self.today)
        return in_order(rows, self.sort, self.today)


def with_facts(rows: QuerySet[Account], today: date) -> QuerySet[Account]:
    """The columns of the list that other apps know."""
    return rows.annotate(
        last_sale_on=last_sale(),
        sales_12m=ArraySubquery(_sums(a_year_before(today), today)),
        last_contact=Subquery(
            _contacts().values(json=JSONObject(on="happened_on", kind="kind", by="user__display_name"))[:1]
        ),
        next_contact=Subquery(
            _owed().values(
                json=JSONObject(on="due_on", planned="planned_on", tolerance="tolerance_days", kind="kind")
            )[:1]
        ),
        worst_concern=Subquery(
            Concern.objects.open()
            .filter(account=OuterRef("pk"))
            .order_by()
            .values("account")
            .annotate(worst=Max("severity"))
            .values("worst")
        ),
    )


def _sort_keys(today: date) -> dict[str, Subquery]:
    start = a_year_before(today)
    return {
        "last_sale": last_sale(),
        # amounts of different currencies cannot be ranked fairly; they are added as they are
        "sales": Subquery(
            _purchases(start, today)
            .order_by()
            .values("account")
            .annotate(total=Sum("amount"))
            .values("total")
        ),
        "last_contact": Subquery(_contacts().values("happened_on")[:1]),
        "next_contact": Subquery(_owed().values("due_on")[:1]),
    }


def last_sale() -> Subquery:
    """The day of the latest sale to the row's account."""
    return Subquery(_sales().order_by("-purchased_on").values("purchased_on")[:1])


def _sales() -> QuerySet[Purchase]:
    """Sales of the row's account that count: neither voided nor credit notes."""
    return Purchase.objects.filter(account=OuterRef("pk"), voided_at=None, amount__gt=0)


def _purchases(start: date, end: date) -> QuerySet[Purchase]:
    return Purchase.objects.filter(
        account=OuterRef("pk"), voided_at=None, purchased_on__gt=start, purchased_on__lte=end
    )


def _sums(start: date, end: date) -> Any:
    """Net sales between two days (first excluded) by currency, as {"currency", "total"}."""
    sums = _purchases(start, end).order_by().values("currency").annotate(total=Sum("amount"))
    return sums.values(json=JSONObject(currency="currency", total="total"))


def _contacts() -> QuerySet[Interaction]:
    """Contacts of the row's account in which the customer was reached, latest first."""
    return Interaction.objects.standing().filter(account=OuterRef("pk"), reached=True).latest_first()


def _owed() -> QuerySet[Touchpoint]:
    """What somebody owes the row's account, first due first. What the system sends has no assignee."""
    return (
        Touchpoint.objects.open()
        .filter(account=OuterRef("pk"))
        .exclude(kind=Touchpoint.Kind.SURVEY)
        .order_by("due_on", "id")
    )


def a_year_before(day: date) -> date:
    """The same day a year earlier; 28 February for a leap day."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def owner_choices(user: User) -> list[User]:
    """Active colleagues who may own accounts, for the filter."""
    return list(User.objects.visible_to(user).who_may_own_accounts().by_name())


def tier_choices() -> list[Tier]:
    return list(Tier.objects.order_by("-rank"))

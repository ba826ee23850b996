"""The list of people: who they are, where, how to reach them, when we last did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.http import QueryDict

from accounts.querysets import known_owner
from contacts.models import Contact, Interaction
from core.pagination import Page, paginate
from users.models import User

SORTS = ("name", "account", "last_contact")


@dataclass(frozen=True)
class Choice:
    """What the address of the list asks for; nonsense falls back to the default."""

    q: str = ""
    owner: str = "all"
    left: bool = False
    sort: str = "name"
    filtered: bool = field(default=False, compare=False)

    @classmethod
    def read(cls, params: QueryDict, user: User) -> Choice:
        owner = params.get("owner") or ("me" if user.has_role(User.Role.SALESPERSON) else "all")
        sort = params.get("sort", "name")
        return cls(
            q=params.get("q", "").replace("\x00", "").strip()[:100],
            owner=known_owner(owner),
            left=params.get("left") == "1",
            sort=sort if sort.removeprefix("-") in SORTS else "name",
            filtered=bool(params.get("q") or params.get("left")),
        )


def contact_page(user: User, choice: Choice, number: int) -> Page:
    """One page of people: a bounded count, and one query for the rows of this page."""
    found = Contact.objects.visible_to(user).search(choice.q).of_owner(choice.owner, user)
    if not choice.left:
        found = found.filter(left_on=None)
    return paginate(_Facts(found, choice.sort), number)


class _Facts:
    """Slices like a queryset: the ids of the slice in a subquery, the facts for them around it."""

    def __init__(self, found: QuerySet[Contact], sort: str) -> None:
        self.found, self.sort = found, sort

    def order_by(self) -> QuerySet[Contact]:
        return self.found.order_by()

    def __getitem__(self, part: slice) -> QuerySet[Contact]:
        ids = _ordered(self.found, self.sort).values("pk")[part]
        rows = Contact.objects.filter(pk__in=ids).select_related("account__owner")
        return _ordered(rows.annotate(last_contact_on=_last_contact()), self.sort)


def _last_contact() -> Greatest:
    talks = Interaction.objects.standing().filter(contact=OuterRef("pk"), reached=True).latest_first()
    beside = Interaction.objects.standing().filter(others=OuterRef("pk"), reached=True).latest_first()
    return Greatest(Subquery(talks.values("happened_on")[:1]), Subquery(beside.values("happened_on")[:1]))


def _ordered(rows: QuerySet[Contact], sort: str) -> Any:
    key, down = sort.removeprefix("-"), sort.startswith("-")
    if key == "name":
        sign = "-" if down else ""
        return rows.order_by(f"{sign}name_folded", f"{sign}id")
    if key == "last_contact" and "last_contact_on" not in rows.query.annotations:
        rows = rows.annotate(last_contact_on=_last_contact())
    column = F("account__name_folded" if key == "account" else "last_contact_on")
    first = column.desc(nulls_last=True) if down else column.asc(nulls_last=True)
    return rows.order_by(first, "name_folded", "id")

"""The filters of the list in words, each with the address that takes it away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_countries import countries

from accounts.models import Account, Tag, Tier
from cadences.lists.choice import Choice
from core.templatetags.ui import said_day
from core.text import whole_number
from users.models import Company, User
from users.querysets import UserQuerySet


@dataclass(frozen=True)
class Chip:
    """``without``: the address of the list without this filter; empty for whose accounts they are."""

    words: str
    without: str


@dataclass(frozen=True)
class Known:
    """Names of what the filters choose among."""

    owners: list[tuple[int, str]]
    tiers: list[tuple[int, str]]
    tags: list[tuple[int, str]]
    currency: str = ""

    @classmethod
    def all(cls, user: User) -> Known:
        """For the form of filters; four queries."""
        return cls(
            list(owners(user).values_list("pk", "display_name")),
            list(Tier.objects.order_by("-rank").values_list("pk", "name")),
            list(Tag.objects.order_by("name").values_list("pk", "name")),
            Company.get().currency,
        )

    @classmethod
    def used(cls, choice: Choice) -> Known:
        """For the chips: what the list is filtered by; a query for each of the three that is."""
        owner = whole_number(choice.owner)
        people = User.objects.filter(pk=owner).values_list("pk", "display_name") if owner else ()
        tiers = Tier.objects.filter(pk__in=choice.tiers).values_list("pk", "name") if choice.tiers else ()
        tags = Tag.objects.filter(pk__in=choice.tags).values_list("pk", "name") if choice.tags else ()
        return cls(list(people), list(tiers), list(tags))


def owners(user: User) -> UserQuerySet:
    """Active colleagues who may own accounts."""
    return User.objects.visible_to(user).who_may_own_accounts().by_name()


def chips(choice: Choice, known: Known) -> list[Chip]:
    return [Chip(words, choice.address(**without)) for words, without in _each(choice, known)]


def in_words(choice: Choice) -> str:
    """All filters in one line."""
    return " · ".join(words for words, _without in _each(choice, Known.used(choice))) or _("All accounts")


def _each(choice: Choice, known: Known) -> Iterator[tuple[str, dict[str, Any]]]:
    """Words of a filter, and the fields of the choice that take it away."""
    if choice.q:
        yield _("“%(words)s”") % {"words": choice.q}, {"q": ""}
    if choice.owner != "all":
        yield _owner(choice, known), {"owner": "all"}
    for name, label, words in (
        ("tiers", _("Tier"), dict(known.tiers)),
        ("statuses", _("Status"), dict(Account.Status.choices)),
        ("countries", _("Country"), dict(countries)),
        ("tags", _("Tag"), dict(known.tags)),
    ):
        values = getattr(choice, name)
        for value in values:
            rest = tuple(one for one in values if one != value)
            yield f"{label}: {words.get(value, value)}", {name: rest}
    yield from _states(choice)


def _owner(choice: Choice, known: Known) -> str:
    words = {"me": _("Mine"), "team": _("My team's"), "nobody": _("Nobody's")}
    names = {str(pk): name for pk, name in known.owners}
    return words.get(choice.owner) or _("Owner: %(name)s") % {"name": names.get(choice.owner, choice.owner)}


def _states(choice: Choice) -> Iterator[tuple[str, dict[str, Any]]]:
    if choice.book:
        yield (_("In my book") if choice.book == "in" else _("Not in my book")), {"book": ""}
    if choice.silent:
        days = ngettext("No contact for %(n)d day", "No contact for %(n)d days", choice.silent)
        yield days % {"n": choice.silent}, {"silent": None}
    if choice.sold_before:
        day = said_day(choice.sold_before)
        yield _("Last sale before %(day)s") % {"day": day}, {"sold_before": None}
    if choice.sold_since:
        day = said_day(choice.sold_since)
        yield _("Last sale since %(day)s") % {"day": day}, {"sold_since": None}
    if choice.employees:
        yield _("%(n)s employees or more") % {"n": intcomma(choice.employees)}, {"employees": None}
    if choice.sales:
        sum_ = {"n": intcomma(choice.sales), "currency": Company.get().currency}
        yield _("12 months: %(n)s %(currency)s or more") % sum_, {"sales": None}
    if choice.concern:
        yield _("Open concern"), {"concern": False}
    if choice.paused:
        yield (_("Paused") if choice.paused == "yes" else _("Not paused")), {"paused": ""}
    if choice.no_next:
        yield _("No next date"), {"no_next": False}

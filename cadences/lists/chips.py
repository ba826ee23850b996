"""The filters of the list in words, each with the address that takes it away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_countries import countries

from accounts.models import Account, Tag, Tier
from cadences.lists.choice import Choice, default_owner
from core.templatetags.ui import said_day
from users.models import User


@dataclass(frozen=True)
class Chip:
    """``without``: the address of the list without this filter; empty for whose accounts they are."""

    words: str
    without: str


@dataclass(frozen=True)
class Known:
    """What the filters choose among; fetched once for the form and the chips."""

    owners: list[User]
    tiers: list[Tier]
    tags: list[Tag]

    @classmethod
    def fetch(cls, user: User) -> Known:
        owners = User.objects.visible_to(user).who_may_own_accounts().by_name()
        return cls(list(owners), list(Tier.objects.order_by("-rank")), list(Tag.objects.order_by("name")))


def chips(choice: Choice, user: User, known: Known) -> list[Chip]:
    return [Chip(words, choice.address(**without)) for words, without in _each(choice, user, known)]


def in_words(choice: Choice, user: User, known: Known) -> str:
    """All filters in one line."""
    return " · ".join(words for words, _without in _each(choice, user, known)) or _("All accounts")


def _each(choice: Choice, user: User, known: Known) -> Iterator[tuple[str, dict[str, Any]]]:
    """Words of a filter, and the fields of the choice that take it away."""
    if choice.q:
        yield _("“%(words)s”") % {"words": choice.q}, {"q": ""}
    if choice.owner != "all":
        yield _owner(choice, user, known), {"owner": "all"}
    for name, label, words in (
        ("tiers", _("Tier"), {tier.pk: tier.name for tier in known.tiers}),
        ("statuses", _("Status"), dict(Account.Status.choices)),
        ("countries", _("Country"), dict(countries)),
        ("tags", _("Tag"), {tag.pk: tag.name for tag in known.tags}),
    ):
        values = getattr(choice, name)
        for value in values:
            rest = tuple(one for one in values if one != value)
            yield f"{label}: {words.get(value, value)}", {name: rest}
    yield from _states(choice)


def _owner(choice: Choice, user: User, known: Known) -> str:
    words = {"me": _("Mine"), "team": _("My team's"), "nobody": _("Nobody's")}
    names = {str(one.pk): one.display_name for one in known.owners}
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
    if choice.concern:
        yield _("Open concern"), {"concern": False}
    if choice.paused:
        yield (_("Paused") if choice.paused == "yes" else _("Not paused")), {"paused": ""}
    if choice.no_next:
        yield _("No next date"), {"no_next": False}


def is_as_it_comes(choice: Choice, user: User) -> bool:
    """Whether this is the list that opens without a view."""
    return choice.query() == Choice(owner=default_owner(user)).query()

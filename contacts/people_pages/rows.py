"""What the people page of an account shows: the table, the warnings, and the map with its words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Account
from contacts import chart
from contacts.models import Contact, DecisionRole, Influence
from contacts.watch import Warned, warnings_of
from core.pagination import Page, paginate
from users.models import User

SORTS = ("name", "role", "influence", "attitude", "last", "placed")
DEFAULT_SORT = "role"
PAGE_SIZE = 100
MOST_DRAWN = 60
"""A map of more people is a wall paper; who plays a part is drawn before who plays none."""


@dataclass(frozen=True)
class Drawn:
    """One box of the map: where it stands, who it is, and what the map says about them in words."""

    spot: chart.Spot
    person: Contact
    part: str
    lines: str

    @property
    def words(self) -> str:
        """Everything: what stands in the box, and what the lines say."""
        return " ".join(part for part in (self.part, self.lines) if part)


@dataclass(frozen=True)
class Map:
    """``hidden``: how many people who work there are in the table only."""

    chart: chart.Chart
    boxes: list[Drawn]
    hidden: int


def chosen_sort(said: str | None) -> str:
    """The sort that the address asks for; nonsense falls back to the default."""
    sort = said or DEFAULT_SORT
    return sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT


def table_of(user: User, account: Account, sort: str, number: int) -> Page:
    """A page of everybody at the account, who left at the bottom."""
    rows = Contact.objects.visible_to(user).filter(account=account).for_people_page(sort)
    return paginate(rows, number, PAGE_SIZE)


def map_and_warnings(user: User, account: Account, today: date) -> tuple[Map, list[Warned]]:
    """Two queries, however many people and lines."""
    everybody = list(Contact.objects.visible_to(user).filter(account=account).for_panel())
    links = Influence.objects.visible_to(user).filter(account=account).among_employed()
    return map_of(everybody, list(links)), warnings_of(everybody, today)


def map_of(everybody: Iterable[Contact], links: Sequence[Influence]) -> Map:
    """Who works there, as boxes and lines."""
    there = [person for person in everybody if person.left_on is None]
    linked = {key for link in links for key in (link.who_id, link.whom_id)}
    linked |= {key for one in there if one.reports_to_id for key in (one.pk, one.reports_to_id)}
    first = sorted(there, key=lambda one: not (one.pk in linked or one.decision_roles))
    drawn = {person.pk: person for person in first[:MOST_DRAWN]}
    shown = [person for person in there if person.pk in drawn]
    boss_of = {person.pk: person.reports_to_id for person in shown if person.reports_to_id}
    plan = chart.draw([one.pk for one in shown], boss_of, [(link.who_id, link.whom_id) for link in links])
    boxes = [
        Drawn(spot, drawn[spot.key], _part(drawn[spot.key]), _lines(drawn[spot.key], drawn, links))
        for spot in plan.spots
    ]
    return Map(plan, boxes, len(there) - len(drawn))


def _part(person: Contact) -> str:
    roles = [str(role.label) for role in DecisionRole if role.value in person.decision_roles]
    attitude = person.get_attitude_display() if person.attitude else ""
    return ", ".join(said for said in (person.name, person.job_title, *roles, attitude) if said) + "."


def _lines(person: Contact, drawn: dict[int, Contact], links: Sequence[Influence]) -> str:
    said = []
    boss = drawn.get(person.reports_to_id or 0)
    if boss is not None:
        said.append(_("Reports to %(name)s.") % {"name": boss.name})
    moved = [_whom(link, drawn) for link in links if link.who_id == person.pk and link.whom_id in drawn]
    if moved:
        said.append(_("Influences %(names)s.") % {"names": ", ".join(moved)})
    return " ".join(said)


def _whom(link: Influence, drawn: dict[int, Contact]) -> str:
    name = drawn[link.whom_id].name
    return f"{name} ({link.note})" if link.note else name


def page_facts(user: User, account: Account, sort: str, number: int, today: date) -> dict[str, Any]:
    """Everything but who may edit."""
    drawing, warnings = map_and_warnings(user, account, today)
    return {
        "account": account,
        "page": table_of(user, account, sort, number),
        "sort": sort,
        "map": drawing,
        "warnings": warnings,
        "today": today,
    }

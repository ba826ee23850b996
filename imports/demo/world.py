"""One demo world: every draft of one seed and one day, put together. Pure; `load` writes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random

from imports.demo import aim, places
from imports.demo.companies import Company, make_company
from imports.demo.days import WorkingDays
from imports.demo.people import SELLERS, STAFF, TEAMS, Person, make_contacts
from imports.demo.purchases import Sale, make_sales

ACCOUNTS, CONTACTS, PURCHASES = 400, 900, 2000
KEEPERS = (  # (who owns them, customers, prospects, former)
    *((seller.key, 76, 14, 2) for seller in SELLERS),
    ("birgit", 8, 0, 0),
    ("ralf", 8, 0, 0),
    ("", 4, 12, 0),
)


@dataclass
class World:
    """Everything that does not depend on tiers: companies, people, purchases, who is new."""

    today: date
    rng: Random
    companies: list[Company]
    contacts: list[Person]
    sales: list[Sale] = field(default_factory=list)
    rhythms: dict[int, str] = field(default_factory=dict)
    starts: dict[int, aim.Start] = field(default_factory=dict)
    owners: dict[int, str] = field(default_factory=dict)

    def working_days(self, company: Company) -> WorkingDays:
        """Days on which the owner works and the account's country has no holiday."""
        return WorkingDays.of(office_of(self.owners[company.number]), company.country.code, around=self.today)

    def kept_by(self, owner: str) -> list[Company]:
        return [company for company in self.companies if self.owners[company.number] == owner]


def office_of(key: str) -> str:
    """Country of the calendar a colleague works by; the company's for nobody."""
    team = next((person.team for person in STAFF if person.key == key), "")
    return TEAMS[team][1] if team else "DE"


def _countries(owner: str) -> tuple[places.Country, ...]:
    if not owner:
        return places.COUNTRIES
    return places.NORTH if office_of(owner) == "DK" else places.CENTRAL


def build(seed: int, today: date) -> World:
    """The same world for the same seed and day."""
    rng = Random(seed)  # noqa: S311 - stories, not secrets
    roster = [
        (owner, standing)
        for owner, *counts in KEEPERS
        for standing, count in zip(("customer", "prospect", "former"), counts, strict=True)
        for _ in range(count)
    ]
    rng.shuffle(roster)
    taken: set[str] = set()
    companies, owners = [], {}
    for number, (owner, standing) in enumerate(roster, start=10001):
        company = make_company(rng, number, _countries(owner), taken)
        company.standing = standing
        companies.append(company)
        owners[number] = owner
    world = World(today, rng, companies, make_contacts(rng, companies, CONTACTS), owners=owners)
    _new_customers(world)
    first_days = {number: start.purchased_on for number, start in world.starts.items()}
    buyers = [company for company in companies if company.standing != "prospect"]
    world.sales, world.rhythms = make_sales(rng, buyers, first_days, PURCHASES, today)
    return world


def _new_customers(world: World) -> None:
    """Each salesperson's newest customers, whose 1-2-1 track runs today."""
    for seller in SELLERS:
        mine = [c for c in world.kept_by(seller.key) if c.standing == "customer" and c.size != "large"]
        for position, company in enumerate(world.rng.sample(mine, 5)):
            world.starts[company.number] = aim.new_customers(world.working_days(company), world.today)[
                position
            ]

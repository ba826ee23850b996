"""The staff of the demo company, and the people at its customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from imports.demo import names, places
from imports.demo.companies import Company, slug

COMPANY = "Hollerbeck Pumps & Dosing"
DOMAIN = "hollerbeck.example"
PASSWORD = "keep-in-touch-25"  # noqa: S105 - printed at every load, refused in production


@dataclass(frozen=True)
class Colleague:
    """A user to be. ``deputy`` is the key of another colleague."""

    key: str
    name: str
    role: str
    title: str
    team: str
    department: str = "Sales"
    deputy: str = ""

    @property
    def email(self) -> str:
        return f"{slug(self.name).replace('-', '.')}@{DOMAIN}"


STAFF = (
    Colleague("mads", "Mads Thorup", "salesperson", "Account manager", "North", deputy="elin"),
    Colleague("elin", "Elin Sandell", "salesperson", "Account manager", "North", deputy="mads"),
    Colleague("jonas", "Jonas Wendt", "salesperson", "Account manager", "Central", deputy="carla"),
    Colleague("carla", "Carla Ostermann", "salesperson", "Account manager", "Central", deputy="jonas"),
    Colleague("birgit", "Birgit Kjær", "manager", "Head of sales North", "North"),
    Colleague("ralf", "Ralf Petersen", "manager", "Head of sales Central", "Central"),
    Colleague("nadia", "Nadia Keller", "admin", "Sales operations", "", department="Operations"),
    Colleague("tom", "Tom Adeyemi", "reader", "Service desk", "", department="Service desk"),
)
SELLERS = tuple(person for person in STAFF if person.role == "salesperson")
TEAMS = {  # name: (manager, calendar country, calendar name, time zone)
    "North": ("birgit", "DK", "Aarhus office", "Europe/Copenhagen"),
    "Central": ("ralf", "DE", "Hamburg office", "Europe/Berlin"),
}


@dataclass
class Person:
    """A contact to be. ``left`` says that they work there no more."""

    company: int  # its number
    first: str
    last: str
    title: str
    department: str
    email: str
    phone: str
    mobile: str
    main: bool
    language: str
    preferred: str = ""
    refused: str = ""
    left: bool = False
    roles: list[str] = field(default_factory=list)
    influence: int | None = None
    attitude: int | None = None
    placed: int | None = None
    boss: int | None = None  # position among the people of the company
    influences: list[int] = field(default_factory=list)  # positions


def _person(rng: Random, company: Company, role: tuple[str, str, int], *, main: bool) -> Person:
    speech = company.country.speech
    first = rng.choice(names.FIRST[speech].split())
    last = rng.choice(names.words(names.LAST[speech]))
    mobile = places.telephone(rng, company.country.mobile) if rng.random() < 0.6 else ""
    return Person(
        company=company.number,
        first=first,
        last=last,
        title=role[0],
        department=role[1],
        email=f"{slug(first)}.{slug(last)}@{company.domain}" if rng.random() < 0.9 else "",
        phone=places.telephone(rng, company.country.landline) if rng.random() < 0.8 or not mobile else "",
        mobile=mobile,
        main=main,
        language=company.country.language,
        preferred=rng.choice(("", "", "", "call", "email", "video")),
        refused=rng.choice(("", "", "", "", "", "", "letter", "text", "social")),
    )


def make_contacts(rng: Random, companies: list[Company], total: int) -> list[Person]:
    """One main contact for every company, the rest where companies are large; some have left."""
    counts = {company.number: 1 for company in companies}
    weights = [{"small": 1, "medium": 3, "large": 7}[company.size] for company in companies]
    spare = total - len(companies)
    while spare > 0:
        chosen = rng.choices(companies, weights)[0].number
        if counts[chosen] < 9:
            counts[chosen] += 1
            spare -= 1
    found: list[Person] = []
    for company in companies:
        roles = _different_roles(rng, counts[company.number])
        for position, role in enumerate(roles):
            person = _person(rng, company, role, main=position == 0)
            person.left = position > 0 and rng.random() < 0.06
            found.append(person)
        give_parts(Random(company.number), found[-len(roles) :])  # noqa: S311 - stories, not secrets
    return found


HEADS = ("Owner", "Managing director", "Technical director", "Plant manager", "Operations manager")
"""From the top down: the first of them at a company is the one to whom the others report."""

PAYS = frozenset({"Accounts payable", "Head of purchasing", "Purchaser"})
USES = frozenset(
    {"Process engineer", "Shift supervisor", "Maintenance manager", "Laboratory manager", "Stores manager"}
)


def give_parts(rng: Random, people: list[Person]) -> None:
    """Who decides, pays, uses and champions us at one company, and who reports to whom.

    A random generator of its own: the rest of the world stays the same whatever is told here. At one
    company in six nobody knows who decides.
    """
    there = [position for position, person in enumerate(people) if not person.left]
    if not there:
        return
    top = min(there, key=lambda position: _rank(people[position]))
    decider = rng.choice((True, True, True, True, True, False))
    for position in there:
        person = people[position]
        if rng.random() < 0.15:
            continue  # not everybody has been asked about
        person.roles = [role for role, titles in (("pays", PAYS), ("uses", USES)) if person.title in titles]
        person.influence = 3 if position == top else rng.choice((1, 2, 2, 3))
        person.attitude = rng.choice((1, 2, 3, 3, 4, 4, 4, 5, 5))
        person.placed = rng.choice((2, 3, 3, 4, 5)) if person.main else rng.choice((1, 2, 2, 3, 3, 4))
        if person.attitude == 5 and rng.random() < 0.6:
            person.roles.append("champions")
        if person.attitude == 1:
            person.roles.append("blocks")
    if decider:
        people[top].roles.append("decides")
    _draw_lines(rng, people, there, top)


def _rank(person: Person) -> int:
    return HEADS.index(person.title) if person.title in HEADS else len(HEADS)


def _leads(person: Person) -> bool:
    return _rank(person) < len(HEADS) or any(word in person.title.lower() for word in ("manager", "head"))


def _draw_lines(rng: Random, people: list[Person], there: list[int], top: int) -> None:
    """Two levels below the top: heads and managers report to it, everybody else to one of these."""
    rest = [position for position in there if position != top]
    middle = [position for position in rest if _leads(people[position])]
    for position in rest:
        lines = [one for one in middle if one != position]
        is_middle = position in middle
        people[position].boss = top if is_middle or not lines else rng.choice(lines)
    if len(there) > 2 and rng.random() < 0.7:
        who, whom = rng.sample(there, 2)
        people[who].influences.append(whom)
        if "decides" in people[whom].roles and "influences" not in people[who].roles:
            people[who].roles.append("influences")


def _different_roles(rng: Random, count: int) -> list[tuple[str, str, int]]:
    pool, chosen = list(names.ROLES), []
    for _ in range(count):
        role = rng.choices(pool, [weight for _, _, weight in pool])[0]
        pool.remove(role)
        chosen.append(role)
    return chosen

"""Invented customers: names, addresses, size, network value. Pure: a random generator in, rows out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from imports.demo import names, places, trades

# size, share of the accounts in percent, employees from … to
SIZES = (("small", 62, (4, 45)), ("medium", 28, (40, 260)), ("large", 10, (230, 2400)))
NETWORK = (0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 5)
TAGS = (
    "family-owned",
    "frame contract",
    "ATEX zone",
    "24-hour operation",
    "new plant",
    "price-sensitive",
    "exports",
)


@dataclass
class Company:
    """One account to be. ``size`` steers how much it buys and how often."""

    number: int
    name: str
    country: places.Country
    city: str
    postal_code: str
    street: str
    industry: str
    size: str
    employees: int
    revenue: Decimal
    network: int
    phone: str
    domain: str
    standing: str = "customer"  # or prospect, former
    tags: list[str] = field(default_factory=list)

    @property
    def external_id(self) -> str:
        return f"C{self.number:05d}"


SPELLED = str.maketrans(
    {"æ": "ae", "ø": "o", "å": "a", "ß": "ss", "ł": "l", "ı": "i", "Ø": "O", "Æ": "Ae", "Ł": "L"}
)


def slug(text: str) -> str:
    """Letters, digits and dashes only, for domains and addresses."""
    plain = unicodedata.normalize("NFKD", text.translate(SPELLED)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _root(rng: Random, speech: str) -> str:
    first, second = (rng.choice(half.split()) for half in names.ROOTS[speech])
    return f"{first}{second}"


def _name(rng: Random, country: places.Country, industry: str) -> str:
    """One of the ways in which companies are called in that country."""
    by_speech = trades.TRADES[industry]
    trade = by_speech.get(country.speech, by_speech["en"])
    root, other = _root(rng, country.speech), rng.choice(names.words(names.LAST[country.speech]))
    pattern = rng.choice(
        (
            "{root} {trade}",
            "{root} {trade}",
            "{root} {trade}",
            "{root} & {other}",
            "{trade} {root}",
            "{other} & {root}",
        )
    )
    if country.speech == "de" and rng.random() < 0.25:
        pattern = "{root}-{trade}"
    form = rng.choice(country.forms)
    return f"{pattern.format(root=root, other=other, trade=trade)} {form}".strip()


def make_company(rng: Random, number: int, among: tuple[places.Country, ...], taken: set[str]) -> Company:
    country = places.pick_country(rng, among)
    postal_code, city = rng.choice(country.cities)
    industry = rng.choice(list(trades.TRADES))
    name = _name(rng, country, industry)
    while name in taken:
        industry = rng.choice(list(trades.TRADES))
        name = _name(rng, country, industry)
    taken.add(name)
    size, _, (least, most) = rng.choices(SIZES, [weight for _, weight, _ in SIZES])[0]
    employees = rng.randrange(least, most)
    return Company(
        number=number,
        name=name,
        country=country,
        city=city,
        postal_code=postal_code,
        street=places.street(rng, country),
        industry=industry,
        size=size,
        employees=employees,
        revenue=Decimal(employees * rng.randrange(90, 260) * 1000),
        network=rng.choice(NETWORK),
        phone=places.telephone(rng, country.landline),
        domain=f"{slug(name)[:40].strip('-')}.example",
        tags=rng.sample(TAGS, rng.choice((0, 0, 0, 1, 1, 2))),
    )

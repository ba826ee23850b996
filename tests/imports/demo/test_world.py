"""The demo's drafts: the same for the same seed and day, plausible, and nobody's real telephone."""

from collections import Counter
from datetime import date

import phonenumbers
import pytest

from contacts.reporting import closes_circle
from imports.demo import aim, places
from imports.demo.days import WorkingDays, add, add_months
from imports.demo.people import SELLERS
from imports.demo.world import build

TUESDAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def world():
    return build(25, TUESDAY)


def test_the_same_seed_and_day_make_the_same_company(world):
    again = build(25, TUESDAY)

    assert again.companies == world.companies
    assert again.contacts == world.contacts
    assert again.sales == world.sales


def test_another_seed_makes_another_company(world):
    assert build(26, TUESDAY).companies[0].name != world.companies[0].name


def test_the_numbers_that_the_demo_promises(world):
    assert (len(world.companies), len(world.contacts), len(world.sales)) == (400, 900, 2000)
    assert len({company.name for company in world.companies}) == 400
    mains = Counter(person.company for person in world.contacts if person.main)
    assert set(mains.values()) == {1}
    assert len(mains) == 400


def test_everybody_can_be_rung(world):
    assert all(person.phone or person.mobile for person in world.contacts)


@pytest.mark.parametrize("country", places.COUNTRIES, ids=lambda country: country.code)
def test_numbers_are_valid_in_their_country(world, country):
    written = [company.phone for company in world.companies if company.country == country]
    numbers = {company.number for company in world.companies if company.country == country}
    written += [
        number for p in world.contacts if p.company in numbers for number in (p.phone, p.mobile) if number
    ]

    assert written
    for number in written:
        parsed = phonenumbers.parse(number, country.code)
        assert phonenumbers.is_valid_number_for_region(parsed, country.code), number


def test_nothing_happens_after_the_day(world):
    assert max(sale.on for sale in world.sales) < TUESDAY


def test_every_salesperson_has_new_customers(world):
    for seller in SELLERS:
        new = [world.starts[c.number] for c in world.kept_by(seller.key) if c.number in world.starts]
        assert len(new) == 5
        assert all(0 < (TUESDAY - start.purchased_on).days <= 32 for start in new)


@pytest.mark.parametrize("months", [1, 2, 6])
@pytest.mark.parametrize(
    "today", [date(2028, 2, 29), date(2027, 3, 31), date(2026, 12, 31), TUESDAY, date(2026, 11, 28)], ids=str
)
def test_a_last_contact_is_found_that_makes_a_call_due_today(today, months):
    rhythm = aim.Rhythm(months, "month", 7)
    work = WorkingDays.of("DE", "DK", around=today)

    base = aim.due_today(rhythm, work, today)

    assert base is not None
    due = work.on_or_after(add(base, months, "month"))
    assert due <= today <= due + (date(2026, 1, 8) - date(2026, 1, 1))


def test_months_clamp_and_are_not_chained():
    assert add_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert add_months(date(2027, 12, 31), -10) == date(2027, 2, 28)


def test_people_play_parts_and_report_to_somebody_who_is_there(world):
    people = {}
    for person in world.contacts:
        people.setdefault(person.company, []).append(person)
    lines, deciders = 0, 0
    for there in people.values():
        boss_of = {who: person.boss for who, person in enumerate(there) if person.boss is not None}
        assert not any(closes_circle(boss_of, who, boss) for who, boss in boss_of.items())
        assert not any(there[boss].left or there[who].left for who, boss in boss_of.items())
        assert sum("decides" in person.roles for person in there) <= 1
        lines += len(boss_of)
        deciders += any("decides" in person.roles for person in there)
    assert lines > 300
    assert 280 < deciders < 390
    known = {"decides", "champions", "influences", "blocks", "pays", "uses"}
    assert {role for person in world.contacts for role in person.roles} == known

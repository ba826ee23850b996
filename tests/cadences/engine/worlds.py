"""Small random worlds, dense in edge cases. The same seed gives the same world on every machine.

A world has a few people, calendars and plans in common and many accounts; every account draws from a
generator of its own, so that one account can be told again alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from .facts import Absence, Account, Campaign, Override, Person, Piece, Purchase, Talk, WorkCalendar, World
from .plans import make_plan

COUNTRIES = ["", "NO", "SE", "DE"]
#: Days around which calendars go wrong: leap days, month ends, the turn of a year, Easter weeks.
AWKWARD = [
    (2024, 2, 26), (2024, 1, 30), (2023, 1, 29), (2024, 12, 27), (2027, 3, 25), (2025, 10, 30), (2026, 4, 29),
    (2028, 2, 28), (2022, 6, 1), (2023, 8, 30),
]  # fmt: skip
TALK_KINDS = ["call", "call", "call", "meeting", "visit", "email", "letter", "note"]
PRODUCTS = ["Pump X200", "pump oil", "Filter", "Øl PUMPE 50%"]
OVERRIDABLE = [
    "call", "call", "visit", "visit", "survey", "week", "greeting", "greeting", "campaign call 1", "hello",
]  # fmt: skip
FIRST_PERSON = 9_000_001


def make_world(seed: int, accounts: Iterable[int]) -> tuple[World, date]:
    """The world of a seed with these accounts (numbers), and the day of its first run."""
    rng = Random(f"world {seed}")
    start = date(*rng.choice(AWKWARD)) + timedelta(days=rng.randrange(6))
    world = World(plan=make_plan(rng, start), horizon=rng.choice([35, 35, 20, 60]))
    add_calendars(rng, world, start)
    add_people(rng, world)
    for _ in range(rng.randrange(8)):
        add_absence(rng, world, start)
    world.accounts = [make_account(seed, number, world, start) for number in accounts]
    return world, start


# -- people and calendars --------------------------------------------------------------------------


def add_calendars(rng: Random, world: World, start: date) -> None:
    weeks = [(1, 2, 3, 4, 5), (1, 2, 3, 4, 5), (7, 1, 2, 3, 4), (1, 2, 3, 4, 5, 6), (2, 4)]
    for n, country in enumerate(["NO", "SE", "DE", ""]):
        region = "BY" if country == "DE" and rng.random() < 0.5 else ""
        number = FIRST_PERSON + n
        world.calendars[number] = WorkCalendar(number, country, region, rng.choice(weeks))
    world.company_calendar = rng.choice([*world.calendars, None])
    for _ in range(40):
        add_day_off(rng, world, start)


def add_day_off(rng: Random, world: World, around: date) -> None:
    """A holiday of a country or region, or a closure; often several in a row."""
    day = around + timedelta(days=rng.randrange(-60, 150))
    days = [day + timedelta(days=n) for n in range(rng.choice([1, 1, 1, 2, 4, 9]))]
    if rng.random() < 0.3:
        rng.choice(list(world.calendars.values())).closures.update(days)
        return
    country = rng.choice(["NO", "SE", "DE"])
    region = rng.choice(["", "BY", "BE"]) if country == "DE" else ""
    world.holidays |= {(country, region, day) for day in days}


def add_people(rng: Random, world: World) -> None:
    """Six people in two teams; standing deputies, at times nobody, at times each other."""
    ids = [FIRST_PERSON + n for n in range(6)]
    teams = [FIRST_PERSON, FIRST_PERSON + 1]
    for person in ids:
        world.people[person] = Person(
            person,
            rng.choice([*world.calendars, None]),
            rng.choice([*teams, None]),
            active=rng.random() < 0.9,
        )
    for team in teams:
        world.managers[team] = rng.choice([*ids, None])
    for person in ids:
        change_deputy(rng, world, person)


def change_deputy(rng: Random, world: World, person: int) -> None:
    others = [other for other in world.people if other != person]
    world.people[person].deputy = rng.choice([*others, None, None])


def add_absence(rng: Random, world: World, around: date) -> None:
    """One person away; now and then with the deputy and the whole team."""
    person = rng.choice(list(world.people.values()))
    first = around + timedelta(days=rng.randrange(-10, 60))
    last = first + timedelta(days=rng.choice([0, 1, 4, 10, 20, 45]))
    others = [other for other in world.people if other != person.id]
    away = [(person.id, rng.choice([*others, None, None]))]
    if rng.random() < 0.3:
        manager = world.managers.get(person.team) if person.team else None
        away += [(other, None) for other in {person.deputy, manager} if other and other != person.id]
    for who, deputy in away:
        number = max((absence.id for absence in world.absences), default=FIRST_PERSON) + 1
        waits = deputy is None and rng.random() < 0.3
        world.absences.append(Absence(number, who, first, last, deputy, waits))


# -- accounts --------------------------------------------------------------------------------------


def rng_of(seed: int, number: int, purpose: str) -> Random:
    return Random(f"account {seed} {number} {purpose}")


def account_id(seed: int, number: int) -> int:
    return seed * 10_000 + number + 1


def make_account(seed: int, number: int, world: World, start: date) -> Account:
    rng = rng_of(seed, number, "facts")
    account = Account(
        id=account_id(seed, number),
        owner=rng.choice([*world.people, *world.people, None]),
        country=rng.choice(COUNTRIES),
    )
    add_purchases(rng, account, start)
    add_talks(rng, account, start)
    set_standing(rng, account, start)
    set_tier(rng, account, start)
    if rng.random() < 0.15:
        set_pause(rng, account, start)
    for _ in range(rng.choice([0, 0, 0, 0, 1, 1, 2, 3])):
        set_override(rng, account, start)
    set_owner_before(rng, world, account, start)
    if rng.random() < 0.15:
        add_campaign(rng, account, start - timedelta(days=rng.choice([0, 1, 5, 20, 40, 410])))
    add_thanks(rng_of(seed, number, "thanks"), account, start)
    return account


def add_thanks(rng: Random, account: Account, start: date) -> None:
    """Some have been thanked for a talk before the first run, once or twice; some only a while ago."""
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2])):
        write_thanks(rng, account, start - timedelta(days=rng.choice([0, 1, 3, 5, 8, 20, 60, 410])))


def write_thanks(rng: Random, account: Account, day: date) -> list[Piece]:
    """An e-mail and a letter, or one of them: gone, taken back, or waiting."""
    number = max((piece.id for piece in account.pieces), default=account.id * 100) + 1
    talks = [talk.id for talk in account.talks]
    about = rng.choice(talks) if talks and rng.random() < 0.9 else None
    media = rng.choice(
        [("email", "letter"), ("email", "letter"), ("letter", "email"), ("letter",), ("email",)]
    )
    is_thanks = rng.random() < 0.9
    pieces = [
        Piece(number + n, medium, twin=number if n else None, talk=about, thanks=is_thanks)
        for n, medium in enumerate(media)
    ]
    for piece in pieces:
        come_true(rng, piece, day)
    account.pieces += pieces
    return pieces


def come_true(rng: Random, piece: Piece, day: date) -> None:
    """It leaves that day or a few later, is taken back, or waits on."""
    drawn = rng.random()
    if drawn < 0.7:
        piece.left = day + timedelta(days=rng.choice([0, 0, 1, 3]))
    elif drawn < 0.8:
        piece.cancelled = True


def set_owner_before(rng: Random, world: World, account: Account, start: date) -> None:
    """Most accounts have their first owner; some were taken over, some taken back."""
    account.owner_since = (
        start - timedelta(days=rng.choice([0, 2, 9, 30, 100, 401])) if account.owner else None
    )
    if rng.random() < 0.3:
        account.owner_before = rng.choice([*world.people])


def add_campaign(rng: Random, account: Account, day: date) -> Campaign:
    number = max((campaign.id for campaign in account.campaigns), default=account.id * 100) + 1
    campaign = Campaign(number, day, day + timedelta(days=7 * rng.choice([1, 2, 4, 4, 6]) - 1))
    account.campaigns.append(campaign)
    return campaign


def add_purchases(rng: Random, account: Account, start: date) -> None:
    """Old ones, recent ones, several on a day, credit notes, void ones."""
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3, 4])):
        before = rng.choice([rng.randrange(3), rng.randrange(45), rng.randrange(45), rng.randrange(600)])
        add_purchase(rng, account, start - timedelta(days=before))
    if account.purchases and rng.random() < 0.25:
        add_purchase(rng, account, rng.choice(account.purchases).day)


def add_purchase(rng: Random, account: Account, day: date) -> Purchase:
    number = max((purchase.id for purchase in account.purchases), default=account.id * 100) + 1
    amount = rng.choice([100, 100, 100, 50, 0, -100, -30])
    purchase = Purchase(
        number,
        day,
        amount,
        rng.random() < 0.08,
        currency=rng.choice([*["EUR"] * 6, "NOK"]),
        products=tuple(rng.sample(PRODUCTS, rng.choice([0, 1, 1, 2]))),
    )
    account.purchases.append(purchase)
    return purchase


def add_talks(rng: Random, account: Account, start: date) -> None:
    for _ in range(rng.choice([0, 0, 1, 2, 3, 6])):
        before = rng.choice([rng.randrange(40), rng.randrange(120), rng.randrange(400)])
        add_talk(rng, account, start - timedelta(days=before))


def add_talk(rng: Random, account: Account, day: date, **known: object) -> Talk:
    number = max((talk.id for talk in account.talks), default=account.id * 1000) + 1
    drawn = {
        "kind": rng.choice(TALK_KINDS),
        "reached": rng.random() < 0.8,
        "ours": rng.random() < 0.85,
        "withdrawn": rng.random() < 0.03,
    }
    talk = Talk(number, day=day, **(drawn | known))
    account.talks.append(talk)
    return talk


def first_net_purchase(account: Account) -> date | None:
    live = [purchase for purchase in account.purchases if not purchase.void]
    sums = {p.day: sum(other.amount for other in live if other.day == p.day) for p in live}
    return min((day for day, amount in sums.items() if amount > 0), default=None)


def set_standing(rng: Random, account: Account, start: date) -> None:
    """Customer since the first purchase, mostly; some since another day, some no more, some not yet."""
    first = first_net_purchase(account)
    account.became_customer = first or start - timedelta(days=rng.randrange(200))
    account.status = rng.choice(["customer"] * 12 + ["former"])
    if first is None and rng.random() < 0.6:
        account.status, account.became_customer = "prospect", None
    if rng.random() < 0.4:
        account.facts_from = start - timedelta(days=rng.choice([0, 0, 1, 30, 200]))


def set_tier(rng: Random, account: Account, on: date) -> None:
    account.rank = rng.choice([1, 1, 2, 2, 3, 3, None])
    if rng.random() < 0.4:
        account.rank_before = rng.choice([1, 2, 3])
        account.tier_since = on - timedelta(days=rng.choice([0, 0, 3, 20, 90, 250]))


def set_pause(rng: Random, account: Account, on: date) -> None:
    account.paused_from = on + timedelta(days=rng.choice([0, -1, -20, 5, 20, -90]))
    account.paused_until = account.paused_from + timedelta(days=rng.choice([0, 10, 30, 60]))


def set_override(rng: Random, account: Account, on: date) -> None:
    slot = rng.choice(OVERRIDABLE)
    until = rng.choice([None, on + timedelta(days=rng.choice([0, 1, 10, 40]))])
    since = rng.choice([None, None, on - timedelta(days=rng.choice([0, 3, 60])), on + timedelta(days=5)])
    if since is not None and until is not None:
        until = max(since, until)
    account.overrides[slot] = override = Override(until=until, since=since)
    chosen = rng.choice(["off", "interval", "tier", "tier", "tier", "both"])
    override.is_off = chosen == "off"
    if chosen in {"interval", "both"}:
        override.every, override.unit = rng.choice([(1, "week"), (3, "month"), (45, "day")])
    if chosen in {"tier", "both"}:
        override.as_rank = rng.choice([1, 2, 3, 3])
